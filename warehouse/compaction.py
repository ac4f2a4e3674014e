"""Copies the warehouse whole: into a file of its own for a backup, or anew in its place without the free blocks.

It knows neither archives nor what the tables mean.
"""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import duckdb

from crawler.home import Home
from warehouse.connection import connect
from warehouse.lake import KEPT_DAYS, compact_lake, is_lake
from warehouse.quoting import quoted
from warehouse.transaction import transaction


@dataclass(frozen=True, slots=True)
class Compaction:
    """The size of the warehouse in bytes before and after; of a lake, of the data files that its state consists of."""

    before: int
    after: int


SIZE_OF_LAKE = "select coalesce(sum(file_size_bytes), 0)::bigint from ducklake_table_info('lake')"
RELATIONS = """
select 'view', view_name from duckdb_views() where database_name = current_database() and not internal
union all
select 'table', table_name from duckdb_tables() where database_name = current_database()
"""


def copy_warehouse(connection: duckdb.DuckDBPyConnection, target: Path) -> None:
    """Copy every table, as of one moment, into a new DuckDB file, whatever the warehouse lies on."""
    remove_database(target)
    (source,) = connection.execute("select current_database()").fetchone() or ("",)
    connection.execute(f"attach {quoted(target)} as copied")
    try:
        connection.execute(f'copy from database "{source}" to copied')
        connection.execute("checkpoint copied")
    finally:
        connection.execute("detach copied")


def put_into_lake(connection: duckdb.DuckDBPyConnection, source: Path) -> None:
    """Put the tables of a DuckDB file in the place of all that a lake holds, at once or not at all."""
    connection.execute(f"attach {quoted(source)} as copied (read_only)")
    try:
        with transaction(connection):
            for kind, relation in connection.execute(RELATIONS).fetchall():
                connection.execute(f"drop {kind} {relation}")
            connection.execute("copy from database copied to lake")
    finally:
        connection.execute("detach copied")


def compact(home: Home, *, kept_days: float = KEPT_DAYS) -> Compaction:
    """Give back what the warehouse takes for what was deleted or replaced.

    The file is built anew: DuckDB keeps in free blocks, bytes and all, what was deleted. Nobody can open the old file
    until the new one is in its place; whoever is killed in between leaves the old one. Of a lake, small data files are
    merged and the states removed that are older than ``kept_days``; with 0, every state but the present.

    Raises:
        TasadorError: the warehouse is in use, or the disk has no room for the copy.
    """
    with connect(home) as connection:
        return (
            _compact_lake(connection, kept_days) if is_lake(connection) else _compact_file(connection, home.warehouse)
        )


def _compact_file(connection: duckdb.DuckDBPyConnection, path: Path) -> Compaction:
    new = path.with_name(f"{path.name}.rebuilding")
    connection.execute("checkpoint")  # the log belongs to the old file and would be replayed into the new one
    before = path.stat().st_size
    try:
        copy_warehouse(connection, new)
        new.replace(path)
    finally:
        remove_database(new)
    return Compaction(before, path.stat().st_size)


def _compact_lake(connection: duckdb.DuckDBPyConnection, kept_days: float) -> Compaction:
    (before,) = connection.execute(SIZE_OF_LAKE).fetchone() or (0,)
    compact_lake(connection, kept_days=kept_days)
    (after,) = connection.execute(SIZE_OF_LAKE).fetchone() or (0,)
    return Compaction(before, after)


def remove_database(path: Path) -> None:
    """Remove a DuckDB file with its log, if they are there."""
    for name in (path.name, f"{path.name}.wal"):
        with suppress(FileNotFoundError):
            path.with_name(name).unlink()
