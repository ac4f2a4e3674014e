"""The `tasador` command: its commands, its data folder, and how errors are shown. Imports nothing heavy."""

import sys
from pathlib import Path

import click

from crawler.errors import TasadorError
from crawler.home import home
from flows import PACKAGES
from flows.commands import COMMANDS


class InOrder(click.Group):
    """A group that lists its commands in the order in which they were added: the order of the work."""

    def list_commands(self, context: click.Context) -> list[str]:
        """Return the names of the commands."""
        return list(self.commands)


@click.group(cls=InOrder, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option("--home", "root", type=click.Path(file_okay=False, path_type=Path), help="Data folder. [default: ./data]")
@click.version_option(package_name="tasador")
@click.pass_context
def cli(context: click.Context, root: Path | None) -> None:
    """Crawl used-car listings, learn their asking prices, query the appraisals with SQL.

    Start with `tasador demo`. What is predicted is the asking price, not the price of a sale.
    """
    context.obj = home(root)


for command in COMMANDS:
    cli.add_command(command)


def main() -> None:
    """Run the command line: exit code 0, 1 (it failed) or 2 (it was asked for wrongly)."""
    try:
        sys.exit(cli(standalone_mode=False))
    except TasadorError as error:
        click.echo(f"tasador: {error}", err=True)
        sys.exit(error.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] in PACKAGES:
            raise  # any other belongs to an extra that this machine was not given
        click.echo(f"tasador: {error.name} is not installed: run pip install 'tasador[all]'", err=True)
        sys.exit(1)
    except Exception as error:  # of what lies beside the warehouse: landing files, snapshots, models, reports
        if not (words := _words(error)):
            raise
        click.echo(f"tasador: {words}", err=True)
        sys.exit(1)
    except (click.Abort, KeyboardInterrupt):
        click.echo("tasador: stopped", err=True)
        sys.exit(130)


def _words(error: Exception) -> str | None:
    """Say what machine or store refused, where that is no defect of ours: no room left, no permission, no answer."""
    from crawler.files import store_told
    from warehouse.full_disk import FULL_DISK, is_full_disk

    if is_full_disk(error):
        return FULL_DISK
    if isinstance(error, PermissionError) and error.filename:
        return f"{error.filename} must be yours to read and write, or give another --home: {error.strerror}"
    return store_told(error)


if __name__ == "__main__":
    main()
