"""`tasador appraise`: cars of anybody get a predicted asking price and a range."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from crawler.errors import UsageError
from crawler.home import Home
from crawler.items import CAR_FIELDS, Listing


def _car_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add an option for each field of a listing that says something about the car, in the order of the fields."""
    for name in reversed(CAR_FIELDS):
        described = Listing.__dataclass_fields__[name].metadata["description"].split(";")[0]
        command = click.option(f"--{name.replace('_', '-')}", metavar="WORDS", help=f"{described.capitalize()}.")(
            command
        )
    return command


@click.command()
@click.option("--input", "table", metavar="FILE", type=click.Path(path_type=Path),
              help="A table of cars, as people have them: CSV, Parquet, JSON Lines, Excel.")  # fmt: skip
@click.option("--output", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
              help="Its rows with their prices: .csv, .parquet, .jsonl or .xlsx.")  # fmt: skip
@click.option("--market", help="Whose prices. [default: the site's market, or the only one that has a champion]")
@click.option("--site", help="Whose cars these are, so that those of the training are known without a VIN.")
@click.option("--profile", help="How the table is read. [default: the one whose columns it has, else by their names]")
@click.option("--map", "mapping", multiple=True, metavar="FIELD=COLUMN", help="Name a column, as --map mileage=Odo.")
@click.option(
    "--distance-unit", type=click.Choice(["mi", "km"]), help="Unit of bare distances. [default: the market's]"
)
@click.option(
    "--date-column", metavar="COLUMN", help="When each row was collected. [default: its name says it, or now]"
)
@_car_options
@click.pass_obj
def appraise(
    home: Home,
    /,
    table: Path | None,
    output: Path | None,
    market: str | None,
    site: str | None,
    profile: str | None,
    mapping: tuple[str, ...],
    distance_unit: Any,
    date_column: str | None,
    **car: str | None,
) -> None:
    """Price the cars of a table, or one car.

    A table's columns are recognised as `tasador import` does; its rows come back in order, with all their columns and
    predicted_price, lower, upper, coverage, lower_95, upper_95 and reason. One car is said in words: --mileage
    "41,000 mi". What is predicted is the asking price. Works while a refresh runs, and writes nothing but FILE.

    Example: tasador appraise --make Honda --model Civic --model-year 2020 --mileage 41000
    """
    from flows.commands.import_table import pairs
    from flows.progress import step
    from flows.steps import appraise as steps
    from flows.summaries.appraised import tell_appraised, tell_appraised_car
    from flows.summaries.comparables import tell_comparables

    said = {field: words for field, words in car.items() if words}
    if (table is None) == (not said):
        raise UsageError("say which cars: either a table by --input, or one car by --make, --model and so on")
    if table is None:
        if output or site or profile or mapping or date_column:
            raise UsageError("--output, --site, --profile, --map and --date-column go with --input")
        appraised_car = steps.appraise_car(home, said, market=market, distance_unit=distance_unit)
        tell_appraised_car(appraised_car)
        tell_comparables(appraised_car.comparables)
        return
    if output is None:
        raise UsageError("--input needs --output FILE: where to write the prices")
    steps.check_output(output)
    with step(f"Appraising {table}"):
        appraised = steps.appraise_table(
            home,
            table,
            market=market,
            site=site,
            profile=profile,
            mapping=pairs(mapping),
            distance_unit=distance_unit,
            date_column=date_column,
        )
        steps.write_appraised(appraised, output)
    tell_appraised(appraised, output)
