"""`tasador backup`: one archive of what cannot be derived."""

from pathlib import Path

import click

from crawler.home import Home


@click.command()
@click.argument("target", type=click.Path(path_type=Path), required=False)
@click.option("--landing", is_flag=True, help="Add the landing files and kept pages: everything could be loaded anew.")
@click.pass_obj
def backup(home: Home, target: Path | None, landing: bool) -> None:
    """Back up the data folder.

    Warehouse, snapshots, models, reports, import profiles and tasador.toml become one archive with the sha256 of each
    file. TARGET is a new file or a folder.  [default: backups/ in the data folder]

    Example: tasador backup /mnt/elsewhere
    """
    from flows.progress import step
    from flows.steps.backup import back_up
    from flows.summaries.care import tell_backup

    with step("Backing up"):
        done = back_up(home, target, with_landing=landing)
    tell_backup(done)
