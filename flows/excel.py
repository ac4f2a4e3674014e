"""Writes what a query finds as an Excel file, row by row in little memory: text stays text, never a formula or a link.

Knows only the relation and the file.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from math import isfinite
from pathlib import Path
from types import MappingProxyType
from typing import Any

import duckdb
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from crawler.errors import UsageError

# Excel's own limits: rows below the header, characters in a cell, and digits that a number keeps.
MOST_ROWS = 1_048_575
MOST_CHARACTERS = 32_767
EXACT_BELOW = 10**15
FIRST_YEAR = 1900

ROWS_AT_ONCE = 10_000
CUT = " … (cut)"


def write_excel(
    relation: duckdb.DuckDBPyRelation, path: Path, number_formats: Mapping[str, str] = MappingProxyType({})
) -> None:
    """Write a relation without lists and structs: header frozen, dates and times in UTC as Excel has them.

    ``number_formats`` are Excel's, by column, for numbers that are to be shown otherwise than as they are.

    A number that Excel would round and a date before it begins are written as text; a text that is too long for a
    cell is cut and says so.

    Raises:
        UsageError: there are more rows than a sheet holds.
    """
    (rows,) = relation.aggregate("count(*)").fetchone() or (0,)
    if rows > MOST_ROWS:
        raise UsageError(f"Excel holds {MOST_ROWS:,} rows, and these are {rows:,}: write .csv or .parquet")
    with Workbook(path, {"constant_memory": True}) as workbook:
        _write(relation, workbook, number_formats)


def _write(relation: duckdb.DuckDBPyRelation, workbook: Workbook, number_formats: Mapping[str, str]) -> None:
    sheet = workbook.add_worksheet()
    sheet.freeze_panes(1, 0)
    formats: dict[type, Any] = {
        date: workbook.add_format({"num_format": "yyyy-mm-dd"}),
        datetime: workbook.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
    }
    for column, name in enumerate(relation.columns):
        shown = workbook.add_format({"num_format": number_formats[name]}) if name in number_formats else None
        sheet.set_column(column, column, max(10, min(len(name) + 2, 40)), shown)
        sheet.write_string(0, column, name)
    for number, row in enumerate(_rows(relation), start=1):
        for column, value in enumerate(row):
            _put(sheet, number, column, value, formats)


def _rows(relation: duckdb.DuckDBPyRelation) -> Iterator[tuple[Any, ...]]:
    while rows := relation.fetchmany(ROWS_AT_ONCE):
        yield from rows


def _put(sheet: Worksheet, row: int, column: int, value: Any, formats: dict[type, Any]) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, int | float | Decimal) and isfinite(value) and abs(float(value)) < EXACT_BELOW:
        sheet.write_number(row, column, value)
    elif isinstance(value, date) and value.year >= FIRST_YEAR:
        naive = value.replace(tzinfo=None) if isinstance(value, datetime) else value
        sheet.write_datetime(row, column, naive, formats[type(naive)])
    else:
        sheet.write_string(row, column, _fitting(str(value)))


def _fitting(text: str) -> str:
    """Cut a text to what a cell holds; Excel counts UTF-16 units."""
    units = text.encode("utf-16-le", "surrogatepass")
    if len(units) <= 2 * MOST_CHARACTERS:
        return text
    return units[: 2 * (MOST_CHARACTERS - len(CUT))].decode("utf-16-le", "ignore") + CUT
