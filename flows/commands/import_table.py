"""`tasador import`: a table becomes listings."""

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from crawler.errors import UsageError
from crawler.home import Home


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--site", required=True, help="Whose cars these are: a site of tasador.toml, or a new name.")
@click.option("--map", "mapping", multiple=True, metavar="FIELD=COLUMN", help="Name a column, as --map price=Price.")
@click.option("--currency", help="ISO 4217, where the site is not in tasador.toml.")
@click.option("--distance-unit", type=click.Choice(["mi", "km"]), help="Unit of bare distances, likewise.")
@click.option("--scraped-at", type=click.DateTime(), help="When the rows were collected, UTC. [default: now]")
@click.option("--complete", is_flag=True, help="The file holds all of the site's listings: others are gone.")
@click.pass_obj
def import_table(
    home: Home,
    file: Path,
    site: str,
    mapping: tuple[str, ...],
    currency: str | None,
    distance_unit: Any,
    scraped_at: datetime | None,
    complete: bool,
) -> None:
    """Import a table of listings.

    CSV, Parquet, JSON Lines or Excel; columns are recognised by name.

    Example: tasador import listings.csv --site cars.com --map price=Price
    """
    from datetime import UTC

    from flows.progress import step
    from flows.steps.import_table import import_table as import_step
    from flows.steps.import_table import site_of_import
    from flows.summaries.landed import tell_import

    whose = site_of_import(site, currency, distance_unit)
    collected = scraped_at.replace(tzinfo=UTC) if scraped_at else None
    with step(f"Importing {file}"):
        imported = import_step(home, file, whose, _pairs(mapping), scraped_at=collected, is_complete=complete)
    tell_import(home, imported)


def _pairs(mapping: tuple[str, ...]) -> dict[str, str]:
    wrong = [entry for entry in mapping if "=" not in entry]
    if wrong:
        raise UsageError(f"--map must be FIELD=COLUMN, got {wrong[0]!r}")
    return dict(entry.split("=", 1) for entry in mapping)
