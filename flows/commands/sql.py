"""`tasador sql`: a query against the published tables."""

import shutil

import click

from crawler.home import Home


@click.command()
@click.argument("query")
@click.option("--csv", "as_csv", is_flag=True, help="Print comma-separated values, for another program.")
@click.pass_obj
def sql(home: Home, query: str, as_csv: bool) -> None:
    """Query the published tables.

    Answers from market.duckdb, also while a refresh is running.

    Example: tasador sql "select make, model, asking_price, predicted_price from predicted_prices limit 5"
    """
    from flows.steps.query import answer

    width = shutil.get_terminal_size((120, 24)).columns
    click.echo(answer(home, query, as_csv=as_csv, width=width), nl=False)
