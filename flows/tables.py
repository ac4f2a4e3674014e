"""Frames as files for other programs and for spreadsheets: CSV, JSON lines, Parquet, Excel. Knows no query."""

from collections.abc import Callable, Mapping
from pathlib import Path

import duckdb
import polars as pl

from crawler.errors import UsageError
from crawler.table_files import nested_as_json
from flows.excel import write_excel

# What a spreadsheet would take for the beginning of a formula.
FORMULA_STARTS = r"^[=+\-@\t\r]"
PLAIN_NUMBER = r"^[+-][\d.,]+$"


def write_csv(table: pl.DataFrame, path: Path) -> None:
    """Write a table as CSV; text that a spreadsheet would run as a formula gets an apostrophe in front."""
    text = pl.col(pl.String)
    is_formula = text.str.contains(FORMULA_STARTS) & ~text.str.contains(PLAIN_NUMBER)
    harmless = pl.when(is_formula).then("'" + text).otherwise(text)
    path.parent.mkdir(parents=True, exist_ok=True)
    table.with_columns(harmless.name.keep()).write_csv(path)


def write_sheet(table: pl.DataFrame, path: Path, number_formats: Mapping[str, str] | None = None) -> None:
    """Write a table as Excel, text always as text; ``number_formats`` are Excel's, by column.

    Raises:
        UsageError: there are more rows than a sheet holds.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    write_excel(duckdb.from_arrow(nested_as_json(table)), path, number_formats or {})


# How a table is written, by the ending of the file's name.
WRITERS: dict[str, Callable[[pl.DataFrame, Path], None]] = {
    ".csv": lambda table, path: write_csv(nested_as_json(table), path),
    ".parquet": lambda table, path: table.write_parquet(path),
    ".jsonl": lambda table, path: table.write_ndjson(path),
    ".xlsx": write_sheet,
}


def write_table(table: pl.DataFrame, path: Path) -> None:
    """Write a table as the name of the file asks, one of WRITERS; the file is there only when it is whole.

    Raises:
        UsageError: Excel cannot hold so many rows, or the file cannot be written.
    """
    building = path.with_name(f".{path.name}.writing")
    try:
        WRITERS[path.suffix.lower()](table, building)
        building.replace(path)
    except PermissionError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error
    finally:
        building.unlink(missing_ok=True)
