"""How tables are printed: for people, on standard output, at most WIDTH columns wide."""

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from crawler.home import Home
from warehouse.market import open_market

WIDTH = 110

# How a figure is written, by the name of its column; numbers of other columns get thousands separators.
FORMATS = {
    **{"r2": "{:.4f}", "log_rmse": "{:.4f}", "mdape": "{:.2%}", "coverage": "{:.1%}", "seconds": "{:.1f}"},
    **{"train": "{:.4f}", "test": "{:.4f}", "overfitting": "{:+.4f}", "cpu_seconds": "{:.1f}"},
}
PLAIN = {"year", "model_year"}


def published(home: Home, query: str, values: Mapping[str, Any] | None = None) -> pl.DataFrame:
    """Return what a query finds in the published tables.

    Raises:
        TasadorError: nothing is published yet.
    """
    with open_market(home) as connection:
        frame: pl.DataFrame = connection.execute(query, values).pl()
    return frame


def print_table(frame: pl.DataFrame, title: str) -> None:
    """Print a frame, its column names as headings."""
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for name, dtype in frame.schema.items():
        table.add_column(name.replace("_", " "), justify="right" if dtype.is_numeric() else "left", overflow="fold")
    for row in frame.iter_rows(named=True):
        table.add_row(*(_written(name, value) for name, value in row.items()))
    _print(table)


def print_lines(lines: Iterable[str]) -> None:
    """Print lines of text as they are."""
    for line in lines:
        print(line)


def print_marked(rows: Iterable[tuple[str, str, str, str]]) -> None:
    """Print what is so, each thing with a mark before it and, in a line of its own, what to do about it."""
    table = Table(box=None, show_header=False, pad_edge=False)
    for _ in range(3):
        table.add_column(overflow="fold")
    for mark, subject, words, remedy in rows:
        table.add_row(mark, subject, Text(words + (f"\n→ {remedy}" if remedy else "")))
    _print(table)


def size(count: int) -> str:
    """Return a number of bytes as people say it."""
    unit, divisor = ("GB", 1e9) if count >= 1e9 else ("MB", 1e6) if count >= 1e5 else ("kB", 1e3)
    return f"{count / divisor:,.1f} {unit}"


def _print(table: Table) -> None:
    """Print a table without the blanks that end its lines."""
    console = Console(width=WIDTH, highlight=False)
    with console.capture() as captured:
        console.print(table)
    print_lines(line.rstrip() for line in captured.get().splitlines())


def _written(name: str, value: Any) -> str:
    if value is None:
        return ""
    if name in FORMATS:
        return FORMATS[name].format(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or name in PLAIN:
        return str(value)
    return f"{value:,.0f}"
