"""The derived tables: each relation is one SQL file of transforms/, made of the tables before it."""

from pathlib import Path

import duckdb

from crawler.errors import TasadorError

TRANSFORMS = Path(__file__).parent / "transforms"

# Each may read those before it. The first three groups are derived anew only where something new was loaded:
# of a crawl run, of a listing that says something else. The last is derived anew whole, from what is small by then.
OF_RUNS = ("crawl_runs", "rejects", "reconciliation")
OF_READINGS = ("superseded_readings", "absences", "presence")
OF_LISTINGS = ("descriptions", "asking_prices", "price_changes")
# Of it, what follows from predictions as well.
OF_PREDICTIONS = ("predicted_prices", "deals", "price_rank", "suspicious_listings")
WHOLE = (
    "covering_runs", "offers", "relists", "listings", "vehicles", "price_history", "price_drops", "depreciation",
    "market_days_supply", "price_index", "crawl_health", "model_runs", "champions",
    *OF_PREDICTIONS, "expost_error",
)  # fmt: skip
RELATIONS = (*OF_RUNS, *OF_READINGS, *OF_LISTINGS, *WHOLE)
VIEWS = ("freshness",)


def read_transform(relation: str) -> str:
    """Return the query that derives a relation; its first line says what one row is."""
    return (TRANSFORMS / f"{relation}.sql").read_text(encoding="utf-8")


def grain(relation: str) -> str:
    """Return what one row of a relation is."""
    return read_transform(relation).splitlines()[0].removeprefix("-- ")


def build(connection: duckdb.DuckDBPyConnection, relation: str) -> None:
    """Derive a relation anew from the tables as they stand."""
    connection.execute(f"create or replace table {relation} as\n{read_transform(relation)}")


def build_view(connection: duckdb.DuckDBPyConnection, relation: str) -> None:
    """Make a relation that is derived each time that it is asked for."""
    connection.execute(f"create or replace view {relation} as\n{read_transform(relation)}")


def replace_rows(connection: duckdb.DuckDBPyConnection, relation: str, key: str, stale: str) -> None:
    """Derive the rows of a relation anew whose key is in a table of stale ones."""
    connection.execute(f"delete from {relation} where {key} in (select {key} from {stale})")
    connection.execute(f"insert into {relation} by name\n{read_transform(relation)}")


def require_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Make sure that the derived tables are there.

    Raises:
        TasadorError: nothing was ever refreshed.
    """
    tables = "select table_name from duckdb_tables() where database_name = current_database()"
    if not set(RELATIONS) <= {name for (name,) in connection.execute(tables).fetchall()}:
        raise TasadorError("the warehouse has no listings yet: run `tasador refresh`, which also publishes")
