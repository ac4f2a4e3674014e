"""What the derivations read, made for the occasion: the queries of inputs/ as temporary tables."""

from datetime import datetime
from pathlib import Path

import duckdb

INPUTS = Path(__file__).parent / "inputs"


def read_input(name: str) -> str:
    """Return the query of an input; its first line says what one row is."""
    return (INPUTS / f"{name}.sql").read_text(encoding="utf-8")


def make_input(connection: duckdb.DuckDBPyConnection, name: str) -> int:
    """Make an input and return its number of rows."""
    connection.execute(f"create or replace temp table {name} as\n{read_input(name)}")
    (rows,) = connection.execute(f"select count(*) from {name}").fetchone() or (0,)
    return int(rows)


def read_history(connection: duckdb.DuckDBPyConnection, asked: str, as_of: datetime | None = None) -> None:
    """Make the inputs ``parses`` and ``sightings``.

    Args:
        connection: the warehouse.
        asked: a query of the listing_ids whose history it is.
        as_of: only what was both scraped and loaded by then, as it was understood then; everything by default.
    """
    connection.execute("create or replace temp table point_in_time as select ?::timestamptz as as_of", [as_of])
    connection.execute(f"create or replace temp table asked as {asked}")
    connection.execute(f"create or replace temp view parses as\n{read_input('parses')}")
    make_input(connection, "sightings")
