"""Maintain: what piles up in a data folder goes, once it is backed up, and free space is given back."""

from pathlib import Path

from crawler.home import Home
from flows.steps.recorded import recorded
from warehouse.compaction import Compaction
from warehouse.compaction import compact as compact_warehouse
from warehouse.connection import connect
from warehouse.ops_runs import forget_ops_runs

BACKUPS = "tasador-*.tar.zst"


def remove_old_backups(home: Home, kept: int) -> list[Path]:
    """Remove all but the ``kept`` newest archives of the data folder's ``backups``, and return what was removed."""
    oldest_first = sorted((home.root / "backups").glob(BACKUPS))  # their names are their times
    removed = oldest_first[:-kept]
    for path in removed:
        path.unlink()
    return removed


def compact(home: Home) -> Compaction:
    """Delete what ran long ago, and give back what the warehouse takes for what was deleted or replaced.

    Raises:
        TasadorError: the warehouse is in use, or the disk has no room for the copy.
    """
    with recorded(home, "compact"):
        with connect(home) as connection:
            forget_ops_runs(connection)
        return compact_warehouse(home)
