"""`tasador import`: a table becomes listings."""

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from crawler.errors import UsageError
from crawler.home import Home


def _list_profiles(context: click.Context, _parameter: click.Parameter, asked: bool) -> None:
    if asked and not context.resilient_parsing:
        from crawler.profiles import read_profiles
        from flows.summaries.landed import tell_profiles

        tell_profiles(read_profiles(context.obj.profiles))
        context.exit()


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--site", help="Whose cars these are: a site of tasador.toml, or a new name. [default: the profile's]")
@click.option("--profile", help="How the table is read. [default: the one whose columns it has, else by their names]")
@click.option("--profiles", is_flag=True, is_eager=True, expose_value=False, callback=_list_profiles,
              help="List the source profiles and exit.")  # fmt: skip
@click.option("--map", "mapping", multiple=True, metavar="FIELD=COLUMN", help="Name a column, as --map price=Price.")
@click.option("--currency", help="ISO 4217, where neither tasador.toml nor the profile says it.")
@click.option("--distance-unit", type=click.Choice(["mi", "km"]), help="Unit of bare distances, likewise.")
@click.option("--scraped-at", type=click.DateTime(), help="When the rows were collected, UTC. [default: now]")
@click.option("--date-column", metavar="COLUMN", help="When each row was collected: each day becomes a crawl.")
@click.option("--complete", is_flag=True, help="The file, or each of its days, holds all of the site's listings.")
@click.option("--dry-run", is_flag=True, help="Show how the table is understood, and land nothing.")
@click.option("--save-profile", metavar="NAME", help="Keep how the table was read, for the next one of its kind.")
@click.pass_obj
def import_table(
    home: Home,
    /,
    file: Path,
    mapping: tuple[str, ...],
    scraped_at: datetime | None,
    complete: bool,
    dry_run: bool,
    save_profile: str | None,
    **reading: Any,
) -> None:
    """Import a table of listings.

    CSV, Parquet, JSON Lines or Excel; its columns are known by a source profile, or recognised by name.

    Example: tasador import listings.csv --site cars.com --map price=Price
    """
    from datetime import UTC

    from flows.progress import step
    from flows.steps import import_table as steps
    from flows.steps.preview_import import preview
    from flows.summaries.landed import tell_import
    from flows.summaries.preview import tell_preview

    if scraped_at and reading["date_column"]:
        raise UsageError("--scraped-at and --date-column exclude each other: give one")
    collected = scraped_at.replace(tzinfo=UTC) if scraped_at else None
    with step(f"{'Reading' if dry_run else 'Importing'} {file}"):
        source = steps.open_source(home, file, mapping=pairs(mapping), **reading)
        if dry_run:
            previewed = preview(source, scraped_at=collected)
        else:
            imported = steps.import_table(home, source, scraped_at=collected, is_complete=complete)
    if dry_run:
        tell_preview(previewed)
    else:
        tell_import(home, imported)
    if save_profile:
        path = steps.save_profile(home, save_profile, source, is_complete=complete)
        click.echo(f"Profile {save_profile} is kept in {path}.")


def pairs(mapping: tuple[str, ...]) -> dict[str, str]:
    """Return what --map says: listing field to column. Raises UsageError for an entry without a column."""
    wrong = [entry for entry in mapping if "=" not in entry]
    if wrong:
        raise UsageError(f"--map must be FIELD=COLUMN, got {wrong[0]!r}")
    return dict(entry.split("=", 1) for entry in mapping)
