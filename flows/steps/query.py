"""Answer what people ask of the published tables."""

from pathlib import Path
from typing import IO

import duckdb

from crawler.errors import UsageError
from flows.formats import MOST_ROWS, write
from flows.steps.statements import answers, is_dot_command, statements
from warehouse.market import Market


def answer(market: Market, text: str, how: str, stream: IO[bytes], *, width: int, rows: int = MOST_ROWS) -> None:
    """Answer each statement of a text, of the newest publish, in one of FORMATS.

    Raises:
        TasadorError: nothing is published yet, or a statement is wrong.
        UsageError: several statements find something, and a Parquet file holds only one table.
    """
    written = 0
    for statement in statements(text):
        with market.newest() as connection:
            for relation in answers(connection, statement):
                written += 1
                if how == "parquet" and written > 1:
                    raise UsageError("a Parquet file holds the answer to one statement: give one")
                wide = _width(relation) if is_dot_command(statement) else width
                write(relation, how, stream, width=wide, rows=rows)
        stream.flush()


def answer_to_file(market: Market, text: str, how: str, path: Path, *, width: int) -> None:
    """Answer into a file, which is there only when it is whole."""
    building = path.with_name(f"{path.name}.writing")
    try:
        with building.open("wb") as stream:
            answer(market, text, how, stream, width=width)
        building.replace(path)
    finally:
        building.unlink(missing_ok=True)


def _width(relation: duckdb.DuckDBPyRelation) -> int:
    """Return how wide a table is that leaves nothing out: meanings are there to be read whole."""
    return 20 + sum(max(len(str(cell)) for cell in (*column, name)) + 3 for name, column in _columns(relation))


def _columns(relation: duckdb.DuckDBPyRelation) -> list[tuple[str, list[object]]]:
    return list(relation.pl().to_dict(as_series=False).items())
