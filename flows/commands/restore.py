"""`tasador restore`: a backup becomes a data folder again."""

from pathlib import Path

import click

from crawler.home import Home


@click.command()
@click.argument("archive", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Move what stands in its way to a folder replaced-<time>.")
@click.pass_obj
def restore(home: Home, archive: Path, replace: bool) -> None:
    """Bring back a backup.

    Every file is verified before any takes its place. What has landed since is loaded, and market.duckdb published.

    Example: tasador restore /mnt/elsewhere/tasador-20261122T080000Z.tar.zst
    """
    from flows.progress import step
    from flows.steps.restore import restore as restore_step
    from flows.summaries.care import tell_restored

    with step(f"Restoring {archive}"):
        restored = restore_step(home, archive, replace=replace)
    tell_restored(home, restored)
