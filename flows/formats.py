"""How what a query finds is written: a table for people; CSV, JSON, Parquet, Excel, Markdown for other programs."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import IO

import duckdb
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from crawler.errors import UsageError
from warehouse.quoting import identifier, quoted

FORMATS = ("table", "csv", "json", "jsonl", "parquet", "xlsx", "markdown")
# One file holds one answer.
SINGLE = ("parquet", "xlsx")
SUFFIXES = {f".{name}": name for name in FORMATS} | {".md": "markdown", ".ndjson": "jsonl", ".txt": "table"}

# What DuckDB writes, and how it calls it.
COPIED = {
    "csv": "format csv, header",
    "json": "format json, array true",
    "jsonl": "format json",
    "parquet": "format parquet",
}
# DuckDB's types that a spreadsheet has not.
NESTED = ("list", "array", "struct", "map", "union")
MOST_ROWS = 1_000
# Larger answers are written piece by piece.
ROWS_AT_ONCE = 10_000


def format_of(path: Path) -> str:
    """Return the format that a file's name asks for.

    Raises:
        UsageError: it ends with none of SUFFIXES.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise UsageError(f"the name of --output must end with one of {', '.join(SUFFIXES)}, or --format say how")
    return SUFFIXES[path.suffix.lower()]


def write(
    connection: duckdb.DuckDBPyConnection,
    relation: duckdb.DuckDBPyRelation,
    how: str,
    stream: IO[bytes],
    *,
    width: int,
    rows: int = MOST_ROWS,
) -> None:
    """Write what a query finds, in one of FORMATS; as a table at most ``rows`` rows, ``width`` columns wide."""
    if how in COPIED:
        copied = _flat(relation) if how == "csv" else relation
        _through_file(lambda path: _copy(connection, copied, COPIED[how], path), stream)
    elif how == "xlsx":
        from flows.excel import write_excel

        _through_file(lambda path: write_excel(_flat(relation), path), stream)
    elif how == "markdown":
        stream.writelines(line.encode() for line in _markdown(relation))
    else:
        stream.write(_table(relation, width, rows).encode())


def write_meanings(relation: duckdb.DuckDBPyRelation, stream: IO[bytes], *, width: int) -> None:
    """Write a table whose last column is a text for people, which goes on in the next line where it is wide."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    *names, last = relation.columns
    for name, dtype in zip(names, relation.types, strict=False):
        table.add_column(name, justify="right" if dtype == "BIGINT" else "left", no_wrap=True)
    table.add_column(last)
    for row in relation.fetchall():
        table.add_row(*(Text(str(cell)) for cell in row))
    text = StringIO()
    Console(file=text, width=width).print(table)
    stream.write("".join(f"{line.rstrip()}\n" for line in text.getvalue().splitlines()).encode())


def _flat(relation: duckdb.DuckDBPyRelation) -> duckdb.DuckDBPyRelation:
    """Return a relation whose lists, structs and maps are JSON, for files that have none of them."""
    columns = list(zip(map(identifier, relation.columns), relation.types, strict=True))
    if not any(dtype.id in NESTED for _, dtype in columns):
        return relation
    return relation.project(
        ", ".join(f"to_json({name})::varchar as {name}" if dtype.id in NESTED else name for name, dtype in columns)
    )


def _through_file(write_file: Callable[[Path], None], stream: IO[bytes]) -> None:
    """Let a file be written, however many rows there are, and pass that on."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "found"
        write_file(path)
        with path.open("rb") as found:
            shutil.copyfileobj(found, stream)


def _copy(connection: duckdb.DuckDBPyConnection, relation: duckdb.DuckDBPyRelation, options: str, path: Path) -> None:
    copy = f"copy (from found_) to {quoted(path)} ({options})"
    _interruptibly(connection, lambda: relation.query("found_", copy))


def _interruptibly(connection: duckdb.DuckDBPyConnection, call: Callable[[], object]) -> None:
    """Make a call of DuckDB's in which it does not look for Ctrl-C itself."""
    with ThreadPoolExecutor(1) as thread:
        calling = thread.submit(call)
        try:
            calling.result()
        except KeyboardInterrupt:
            while not calling.done():
                connection.interrupt()
                wait([calling], timeout=0.1)
            raise


def _markdown(relation: duckdb.DuckDBPyRelation) -> Iterator[str]:
    rows = [tuple(relation.columns), ("---",) * len(relation.columns)]
    while rows:
        yield from (f"| {' | '.join(map(_cell, row))} |\n" for row in rows)
        rows = relation.fetchmany(ROWS_AT_ONCE)


def _cell(value: object) -> str:
    return "" if value is None else str(value).replace("|", "\\|").replace("\n", " ")


def _table(relation: duckdb.DuckDBPyRelation, width: int, rows: int) -> str:
    with redirect_stdout(StringIO()) as text:
        if _is_one_wide_row(relation, width):
            relation.show(max_width=width, max_rows=len(relation.columns), render_mode=duckdb.RenderMode.COLUMNS)
        else:
            relation.show(max_width=width, max_rows=rows)
    return text.getvalue()


def _is_one_wide_row(relation: duckdb.DuckDBPyRelation, width: int) -> bool:
    """Tell whether a table is better turned on its side: the names of its columns alone are too wide."""
    if sum(len(f"│ {name} ") for name in relation.columns) < width:
        return False
    return len(relation.limit(2).fetchall()) == 1
