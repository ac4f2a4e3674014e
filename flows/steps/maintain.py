"""Maintain: what piles up in a data folder goes, once it is backed up."""

from pathlib import Path

from crawler.home import Home

BACKUPS = "tasador-*.tar.zst"


def remove_old_backups(home: Home, kept: int) -> list[Path]:
    """Remove all but the ``kept`` newest archives of the data folder's ``backups``, and return what was removed."""
    oldest_first = sorted((home.root / "backups").glob(BACKUPS))  # their names are their times
    removed = oldest_first[:-kept]
    for path in removed:
        path.unlink()
    return removed
