"""`tasador sql`: queries against the published tables."""

import shutil
import sys
from pathlib import Path

import click

from crawler.errors import UsageError
from crawler.home import Home

# As flows.formats has them, which costs an import of DuckDB.
FORMATS = ("table", "csv", "json", "jsonl", "parquet", "markdown")


@click.command()
@click.argument("query", required=False)
@click.option("--format", "how", type=click.Choice(FORMATS), default="table", help="How to write it. [default: table]")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file.")
@click.pass_obj
def sql(home: Home, query: str | None, how: str, output: Path | None) -> None:
    """Query the published tables.

    Answers from market.duckdb, also while a refresh is running. Without a QUERY: a prompt, or the statements that
    come in from another program. `.tables` lists the tables, `.describe listings` says what a column means.

    Example: tasador sql "select make, model, asking_price, predicted_price from predicted_prices limit 5"
    """
    from flows.steps.query import answer, answer_to_file
    from warehouse.market import Market

    width = shutil.get_terminal_size((120, 24)).columns
    with Market(home) as market:
        if query is None and output is None and how == "table" and sys.stdin.isatty():
            from flows.prompt import prompt

            prompt(market)
            return
        text = sys.stdin.read() if query is None else query
        if output:
            answer_to_file(market, text, how, output, width=width)
        elif how == "parquet" and sys.stdout.isatty():
            raise UsageError("Parquet is not for reading on a terminal: give --output FILE")
        else:
            answer(market, text, how, sys.stdout.buffer, width=width)
