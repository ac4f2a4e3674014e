"""Brings the warehouse's state tables up to date: runs each file of migrations/ once, in the order of their names."""

from pathlib import Path

import duckdb

from crawler.clock import now
from warehouse.transaction import transaction

MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Run the migrations that have not run yet, each in a transaction with its record, and return their names."""
    connection.execute("create table if not exists migrations (name varchar, applied_at timestamptz)")
    applied = {name for (name,) in connection.execute("select name from migrations").fetchall()}
    missing = [path for path in sorted(MIGRATIONS.glob("*.sql")) if path.stem not in applied]
    for path in missing:
        with transaction(connection):
            connection.execute(path.read_text(encoding="utf-8"))
            connection.execute("insert into migrations values (?, ?)", [path.stem, now()])
    return [path.stem for path in missing]
