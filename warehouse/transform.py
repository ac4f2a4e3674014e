"""Builds the derived tables from transforms/; each relation is one SQL file."""

from pathlib import Path

import duckdb

from crawler.errors import TasadorError

TRANSFORMS = Path(__file__).parent / "transforms"

# Each may read those before it.
RELATIONS = (
    "crawl_runs", "superseded_readings", "price_changes", "listings", "rejects", "reconciliation", "champions",
    "predicted_prices",
)  # fmt: skip


def read_transform(relation: str) -> str:
    """Return the query that derives a relation; its first line says what one row is."""
    return (TRANSFORMS / f"{relation}.sql").read_text(encoding="utf-8")


def grain(relation: str) -> str:
    """Return what one row of a relation is."""
    return read_transform(relation).splitlines()[0].removeprefix("-- ")


def build(connection: duckdb.DuckDBPyConnection, relation: str) -> None:
    """Derive a relation anew from the tables as they stand."""
    connection.execute(f"create or replace table {relation} as\n{read_transform(relation)}")


def require_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Make sure that the derived tables are there.

    Raises:
        TasadorError: nothing was ever refreshed.
    """
    tables = "select table_name from duckdb_tables() where database_name = current_database()"
    if not set(RELATIONS) <= {name for (name,) in connection.execute(tables).fetchall()}:
        raise TasadorError("the warehouse has no listings yet: run `tasador refresh`, which also publishes")
