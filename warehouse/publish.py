"""Publishes the tables that people query: a new read-only file beside the old ones, then the link is switched to it.

Whoever reads the old version keeps it until he opens again; nobody is locked out and nobody sees half a refresh.
"""

import re
from pathlib import Path

import duckdb

from crawler.clock import now
from crawler.home import Home
from warehouse.columns import COLUMNS
from warehouse.connection import connect
from warehouse.transaction import transaction
from warehouse.transform import RELATIONS, grain, require_tables

SCHEMA_VERSION = 1
KEPT_VERSIONS = 3
# The oldest DuckDB line that can open what is published.
STORAGE_VERSION = "v1.4.0"

TABLES = {
    **{relation: grain(relation) for relation in RELATIONS},
    "model_runs": "one row per trained model: what it learned from, how well it predicts, and why it is live or not",
    "schema_version": "one row: the version of these tables",
}


def publish(home: Home, *, kept_versions: int = KEPT_VERSIONS) -> Path:
    """Write the tables as they stand to a new version, point market.duckdb to it, and return the version's path.

    Of all versions, the ``kept_versions`` newest stay.

    Raises:
        TasadorError: there are no tables yet, or the warehouse is in use.
    """
    home.market_versions.mkdir(parents=True, exist_ok=True)
    with connect(home) as connection:
        require_tables(connection)
        versions = _versions(home.market_versions)
        version = home.market_versions / f"market-{max(versions, default=0) + 1}.duckdb"
        building = version.with_suffix(".building")
        for leftover in home.market_versions.glob("*.building*"):
            leftover.unlink()  # of a process that was killed; DuckDB would replay its log
        _write(connection, building)
        building.chmod(0o444)
        building.replace(version)
        _switch(home.market, version)
    for number in sorted(versions)[: max(0, len(versions) + 1 - kept_versions)]:
        versions[number].unlink()
    return version


def _versions(folder: Path) -> dict[int, Path]:
    found = ((re.fullmatch(r"market-(\d+)\.duckdb", path.name), path) for path in folder.iterdir())
    return {int(match[1]): path for match, path in found if match}


def _write(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    connection.execute(f"attach {_quoted(str(path))} as published (storage_version {_quoted(STORAGE_VERSION)})")
    try:
        with transaction(connection):
            _copy(connection)
            _comment(connection)
        connection.execute("checkpoint published")
    finally:
        connection.execute("detach published")


def _copy(connection: duckdb.DuckDBPyConnection) -> None:
    for table in (*RELATIONS, "model_runs"):
        connection.execute(f"create table published.{table} as select * from {table} order by all")
    connection.execute(
        f"create table published.schema_version as "
        f"select {SCHEMA_VERSION} as schema_version, {_quoted(str(now()))}::timestamptz as published_at"
    )


def _comment(connection: duckdb.DuckDBPyConnection) -> None:
    for table, meaning in TABLES.items():
        connection.execute(f"comment on table published.{table} is {_quoted(meaning)}")
    columns = "select table_name, column_name from duckdb_columns() where database_name = 'published'"
    for table, column in connection.execute(columns).fetchall():
        connection.execute(f'comment on column published.{table}."{column}" is {_quoted(COLUMNS[column])}')


def _switch(link: Path, version: Path) -> None:
    """Point the link to a version by a rename, with no moment in which it points nowhere."""
    link.with_name(f"{link.name}.wal").unlink(missing_ok=True)  # DuckDB would replay it into the new version
    new = link.with_name(f"{link.name}.new")
    new.unlink(missing_ok=True)
    new.symlink_to(version.relative_to(link.parent))
    new.replace(link)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
