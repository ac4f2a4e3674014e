"""`tasador sql`: queries against the published tables."""

import os
import shutil
import sys
from pathlib import Path

import click

from crawler.errors import UsageError
from crawler.home import Home

# As flows.formats has them, which costs an import of DuckDB.
FORMATS = ("table", "csv", "json", "jsonl", "parquet", "xlsx", "markdown")


@click.command()
@click.argument("query", required=False)
@click.option("--format", "how", type=click.Choice(FORMATS), help="How. [default: as FILE's name ends, else table]")
@click.option("--output", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file.")
@click.pass_obj
def sql(home: Home, query: str | None, how: str | None, output: Path | None) -> None:
    """Query the published tables.

    Answers from market.duckdb, also while a refresh is running. Without a QUERY: a prompt, or the statements that
    come in from another program. `.tables` lists the tables, `.describe listings` says what a column means.

    Example: tasador sql "select make, model, asking_price, predicted_price from predicted_prices limit 5"
    """
    from flows.formats import format_of
    from flows.steps.predict_in_sql import add_predictions
    from flows.steps.query import answer, answer_to_file
    from warehouse.market import Market

    width = shutil.get_terminal_size((120, 24)).columns
    with Market(home) as market:
        add_predictions(market, home)
        if query is None and output is None and how is None and sys.stdin.isatty():
            from flows.prompt import prompt

            prompt(market)
        elif output:
            answer_to_file(market, _text(query), how or format_of(output), output, width=width)
        elif how in ("parquet", "xlsx") and sys.stdout.isatty():
            raise UsageError(f"{how} is not for reading on a terminal: give --output FILE")
        else:
            answer(market, _text(query), how or "table", sys.stdout.buffer, width=width)


def _text(query: str | None) -> str:
    """Return the statements, which are UTF-8 whatever the locale says."""
    try:
        return (sys.stdin.buffer.read() if query is None else os.fsencode(query)).decode()
    except UnicodeDecodeError as error:
        raise UsageError(f"statements must be UTF-8, got {error.object[error.start : error.end]!r}") from error
