"""How what a query finds is written: a table for people, or CSV, JSON, Parquet and Markdown for other programs."""

import shutil
import tempfile
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import IO

import duckdb

FORMATS = ("table", "csv", "json", "jsonl", "parquet", "markdown")

# What DuckDB writes, and how it calls it.
COPIED = {
    "csv": "format csv, header",
    "json": "format json, array true",
    "jsonl": "format json",
    "parquet": "format parquet",
}
MOST_ROWS = 1_000


def write(relation: duckdb.DuckDBPyRelation, how: str, stream: IO[bytes], *, width: int, rows: int = MOST_ROWS) -> None:
    """Write what a query finds, in one of FORMATS; as a table at most ``rows`` rows, ``width`` columns wide."""
    if how in COPIED:
        _copy(relation, COPIED[how], stream)
    elif how == "markdown":
        stream.write(_markdown(relation).encode())
    else:
        stream.write(_table(relation, width, rows).encode())


def _copy(relation: duckdb.DuckDBPyRelation, options: str, stream: IO[bytes]) -> None:
    """Let DuckDB write a file, however many rows there are, and pass that on."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "found"
        quoted = str(path).replace("'", "''")
        relation.query("found_", f"copy (from found_) to '{quoted}' ({options})")
        with path.open("rb") as found:
            shutil.copyfileobj(found, stream)


def _markdown(relation: duckdb.DuckDBPyRelation) -> str:
    rows = [relation.columns, ["---"] * len(relation.columns), *relation.fetchall()]
    return "".join(f"| {' | '.join(map(_cell, row))} |\n" for row in rows)


def _cell(value: object) -> str:
    return "" if value is None else str(value).replace("|", "\\|").replace("\n", " ")


def _table(relation: duckdb.DuckDBPyRelation, width: int, rows: int) -> str:
    with redirect_stdout(StringIO()) as text:
        relation.show(max_width=width, max_rows=rows)
    return text.getvalue()
