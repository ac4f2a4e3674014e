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
    """Run the migrations that have not run yet, in one transaction with their record, and return their names."""
    create = "create table if not exists migrations (name varchar, applied_at timestamptz)"
    in_transaction(connection, lambda: connection.execute(create))
    return in_transaction(connection, partial(_apply_missing, connection)) if _missing(connection) else []


def _apply_missing(connection: duckdb.DuckDBPyConnection) -> list[str]:
    # Inserts alone never conflict: with this, of two processes that migrate a lake at once the second tries again,
    # and finds everything done.
    connection.execute("comment on table migrations is 'one row per migration that has run'")
    missing = _missing(connection)
    for path in missing:
        statements = path.read_text(encoding="utf-8")
        connection.execute(statements if is_lake(connection) else FILE_ONLY.sub(r"\1", statements))
        connection.execute("insert into migrations values (?, ?)", [path.stem, now()])
    return [path.stem for path in missing]


def _missing(connection: duckdb.DuckDBPyConnection) -> list[Path]:
    applied = {name for (name,) in connection.execute("select name from migrations").fetchall()}
    return [path for path in sorted(MIGRATIONS.glob("*.sql")) if path.stem not in applied]
