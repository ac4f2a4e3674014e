"""The derived tables: each relation is one SQL file of transforms/, made of the tables before it."""

import hashlib
from pathlib import Path

import duckdb

from crawler.errors import TasadorError
from warehouse.history import INPUTS

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
VIEWS = ("freshness", "stations")


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
    """Make sure that the derived tables are there, made by the queries of this version.

    Raises:
        TasadorError: nothing was ever refreshed, or not since a version with other queries was installed.
    """
    made_by = derived_by(connection)
    if made_by is None:
        raise TasadorError("the warehouse has no listings yet: run `tasador refresh`, which also publishes")
    if made_by != queries_sha256():
        raise TasadorError("the tables are of another version of Tasador: run `tasador refresh`, which also publishes")


def derived_by(connection: duckdb.DuckDBPyConnection) -> str | None:
    """Return the queries_sha256 of the version that made the derived tables; None where nothing was ever refreshed."""
    (sha256,) = connection.execute("select any_value(sha256) from derivations").fetchone() or (None,)
    return sha256


def queries_sha256() -> str:
    """Return a hash of all queries that the derived tables are made by."""
    queries = [path.read_bytes() for folder in (INPUTS, TRANSFORMS) for path in sorted(folder.glob("*.sql"))]
    return hashlib.sha256(b"\n".join(queries)).hexdigest()
