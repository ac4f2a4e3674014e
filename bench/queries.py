"""Asks the questions of docs/queries.md of a published market, and writes the answers into the page.

``python -m bench.queries FOLDER``, where FOLDER is the data folder that the page says how to make.
"""

import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from crawler.home import Home
from flows.steps.predict_in_sql import add_predictions
from flows.steps.query import answer
from warehouse.market import Market

PAGE = Path(__file__).resolve().parent.parent / "docs" / "queries.md"
WIDTH = 120
BLOCKS = re.compile(
    r"### (?P<question>[^\n]+)\n\n```sql\n(?P<query>[^`]+)```\n\n```\n(?P<answer>[^`]*)```\n",
)


class Question(NamedTuple):
    """What is asked, the query that asks it, and the columns of the answer on the page."""

    words: str
    query: str
    columns: list[str]


def questions() -> Iterator[Question]:
    """Give the questions of the page in their order."""
    for found in BLOCKS.finditer(PAGE.read_text()):
        # the line after a table's upper border names its columns
        names = found["answer"].splitlines()[1].strip("│").split("│")
        yield Question(found["question"], found["query"], [name.strip() for name in names])


def answered(text: str, market: Market) -> str:
    """Return the page's text with the answers of a market."""
    return BLOCKS.sub(
        lambda found: (
            f"### {found['question']}\n\n```sql\n{found['query']}```\n\n```\n{_answer(found['query'], market)}\n```\n"
        ),
        text,
    )


def _answer(query: str, market: Market) -> str:
    written = BytesIO()
    answer(market, query, "table", written, width=WIDTH)
    return written.getvalue().decode().strip()


def main() -> None:
    """Write the answers of the data folder that the command names."""
    home = Home(Path(sys.argv[1]))
    with Market(home) as market:
        add_predictions(market, home)
        PAGE.write_text(answered(PAGE.read_text(), market))


if __name__ == "__main__":
    main()
