"""Answer a SQL query from the published tables."""

from contextlib import redirect_stdout
from io import StringIO

from crawler.home import Home
from warehouse.connection import open_market

MOST_ROWS = 1_000


def answer(home: Home, query: str, *, as_csv: bool = False, width: int = 120) -> str:
    """Return a query's result as CSV, or as a text table of at most ``width`` columns and MOST_ROWS rows.

    Raises:
        TasadorError: nothing is published yet, or the query is wrong.
    """
    with open_market(home) as connection:
        relation = connection.sql(query)
        if relation is None:
            return ""
        if as_csv:
            return str(relation.pl().write_csv())
        with redirect_stdout(StringIO()) as text:
            relation.show(max_width=width, max_rows=MOST_ROWS)
        return text.getvalue()
