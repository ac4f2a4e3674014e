"""Copies the warehouse whole: into a file of its own for a backup, or anew in its place without the free blocks.

It knows neither archives nor what the tables mean.
"""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import duckdb

from crawler.home import Home
from warehouse.connection import connect


@dataclass(frozen=True, slots=True)
class Compaction:
    """The size of the warehouse in bytes before and after."""

    before: int
    after: int


def copy_warehouse(connection: duckdb.DuckDBPyConnection, target: Path) -> None:
    """Copy every table, as of one moment, into a new DuckDB file, whatever the warehouse lies on."""
    remove_database(target)
    (source,) = connection.execute("select current_database()").fetchone() or ("",)
    connection.execute(f"attach '{_escaped(target)}' as copied")
    try:
        connection.execute(f'copy from database "{source}" to copied')
        connection.execute("checkpoint copied")
    finally:
        connection.execute("detach copied")


def compact(home: Home) -> Compaction:
    """Build the warehouse's file anew: DuckDB keeps what was deleted in free blocks, bytes and all.

    Nobody can open the old file until the new one is in its place; whoever is killed in between leaves the old one.

    Raises:
        TasadorError: the warehouse is in use, or the disk has no room for the copy.
    """
    path, new = home.warehouse, home.warehouse.with_name(f"{home.warehouse.name}.rebuilding")
    with connect(home) as connection:
        connection.execute("checkpoint")  # its log belongs to the old file and would be replayed into the new one
        before = path.stat().st_size
        try:
            copy_warehouse(connection, new)
            new.replace(path)
        finally:
            remove_database(new)
    return Compaction(before, path.stat().st_size)


def remove_database(path: Path) -> None:
    """Remove a DuckDB file with its log, if they are there."""
    for name in (path.name, f"{path.name}.wal"):
        with suppress(FileNotFoundError):
            path.with_name(name).unlink()


def _escaped(path: Path) -> str:
    return str(path).replace("'", "''")
