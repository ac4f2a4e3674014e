"""Answer what people ask of the published tables."""

from pathlib import Path
from typing import IO

from crawler.errors import UsageError
from flows.formats import MOST_ROWS, SINGLE, write, write_meanings
from flows.steps.statements import find, is_dot_command, statements
from warehouse.market import Market


def answer(market: Market, text: str, how: str, stream: IO[bytes], *, width: int, rows: int = MOST_ROWS) -> None:
    """Answer each statement of a text, of the newest publish, in one of FORMATS.

    Raises:
        TasadorError: nothing is published yet, or a statement is wrong.
        UsageError: several statements find something, and the file holds only one table.
    """
    written = 0
    for statement in statements(text):
        with market.newest() as connection:
            relation = find(connection, statement)
            if relation is None:
                continue
            written += 1
            if how in SINGLE and written > 1:
                raise UsageError(f"a file of {how} holds the answer to one statement: give one")
            if how == "table" and is_dot_command(statement):
                write_meanings(relation, stream, width=width)
            else:
                write(connection, relation, how, stream, width=width, rows=rows)
        stream.flush()


def answer_to_file(market: Market, text: str, how: str, path: Path, *, width: int) -> None:
    """Answer into a file, which is there only when it is whole.

    Raises:
        UsageError: there is no such folder, or it cannot be written to.
    """
    building = path.with_name(f"{path.name}.writing")
    try:
        with building.open("wb") as stream:
            answer(market, text, how, stream, width=width)
        building.replace(path)
    except (FileNotFoundError, NotADirectoryError, PermissionError) as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error
    finally:
        building.unlink(missing_ok=True)
