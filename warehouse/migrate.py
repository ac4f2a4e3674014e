"""Brings the warehouse's state tables up to date: runs each file of migrations/ once, in the order of their names."""

import re
from functools import partial
from pathlib import Path

import duckdb

from crawler.clock import now
from warehouse.lake import is_lake
from warehouse.transaction import in_transaction

MIGRATIONS = Path(__file__).parent / "migrations"

# A lake's Parquet files are compressed anyway, and DuckLake refuses to be told how.
FILE_ONLY = re.compile(r"/\* in a file: (.*?) \*/")


def migrate(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Run the migrations that have not run yet, each in a transaction with its record, and return their names."""
    create = "create table if not exists migrations (name varchar, applied_at timestamptz)"
    in_transaction(connection, lambda: connection.execute(create))
    applied = _applied(connection)
    missing = [path for path in sorted(MIGRATIONS.glob("*.sql")) if path.stem not in applied]
    return [path.stem for path in missing if in_transaction(connection, partial(_apply, connection, path))]


def _apply(connection: duckdb.DuckDBPyConnection, path: Path) -> bool:
    """Run a migration, unless another process has just done so; say whether it was us."""
    # Inserts alone never conflict: with this, of two processes that migrate a lake at once the second tries again.
    connection.execute("comment on table migrations is 'one row per migration that has run'")
    if path.stem in _applied(connection):
        return False
    statements = path.read_text(encoding="utf-8")
    connection.execute(statements if is_lake(connection) else FILE_ONLY.sub(r"\1", statements))
    connection.execute("insert into migrations values (?, ?)", [path.stem, now()])
    return True


def _applied(connection: duckdb.DuckDBPyConnection) -> set[str]:
    return {name for (name,) in connection.execute("select name from migrations").fetchall()}
