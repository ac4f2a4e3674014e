"""The warehouse that several machines share: DuckLake, its catalog in PostgreSQL, its data in a folder or object store.

Everything that only a lake needs, opening and upkeep; the tables and all SQL are those of the single file.
"""

import random
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from crawler.errors import AwayError, TasadorError
from crawler.sites import Lake
from warehouse.extensions import load_extension, load_httpfs
from warehouse.quoting import quoted
from warehouse.transaction import in_transaction

# What a reader who began before a compaction may still need, and how far back time travel goes.
KEPT_DAYS = 7.0

# DuckLake repeats by itself a commit that merely came second; the default of 10 is too few for many loaders.
COMMIT_TRIES = 100
COMMIT_BACKOFF = 1.1

ATTACH_TRIES = 10

# What libpq says where a server stops or starts.
AWAY = re.compile(
    "server closed the connection|terminating connection|Connection refused|is starting up|is shutting down|"
    "not currently accepting connections"
)

DOUBLE_PAYLOADS = """
select rowid from payloads qualify row_number() over (partition by payload_hash order by rowid) > 1
"""


def is_lake(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether the connection's warehouse is shared, so that others may change it at the same time."""
    query = "select type = 'ducklake' from duckdb_databases() where database_name = current_database()"
    return bool(connection.execute(query).fetchone() == (True,))


def open_lake(lake: Lake) -> duckdb.DuckDBPyConnection:
    """Open a shared warehouse, made where there is none yet; DuckDB itself stays in memory.

    Raises:
        AwayError: the catalog's server stops, starts, or is not there.
        TasadorError: the extra `lake` is not installed, or the catalog or the data cannot be opened.
    """
    data = lake.data if "://" in lake.data else str(Path(lake.data).resolve())
    connection = duckdb.connect()
    try:
        for extension in ("ducklake", "postgres_scanner"):
            load_extension(connection, extension, extra="lake", what="a warehouse in PostgreSQL")
        if "://" in data:
            load_httpfs(connection)
        _attach(connection, f"attach {quoted(lake.address)} as lake (data_path {quoted(data)})")
        connection.execute("use lake")
        connection.execute(f"set ducklake_max_retry_count = {COMMIT_TRIES}")
        connection.execute(f"set ducklake_retry_backoff = {COMMIT_BACKOFF}")
    except BaseException as error:
        connection.close()
        if isinstance(error, duckdb.Error):
            told = without_password(str(error).rpartition("Unable to connect to Postgres ")[2], lake)
            raise _error(f"the warehouse in PostgreSQL cannot be opened: {told}") from None
        raise
    return connection


@contextmanager
def lake_errors_told(lake: Lake) -> Iterator[None]:
    """Run what works on a lake; that it went away is told in one line, and no error quotes the password of its address.

    Raises:
        AwayError: the catalog went away.
        TasadorError: an error was met that quotes the password.
    """
    try:
        yield
    except duckdb.Error as error:
        told = without_password(str(error), lake)
        if AWAY.search(told):
            raise _error(f"the warehouse in PostgreSQL went away: {told}") from None
        if told != str(error):
            raise _error(told) from None
        raise


def without_password(text: str, lake: Lake) -> str:
    """Return a text without the password that the lake's address holds, if it holds one."""
    found = re.search(r"password\s*=\s*('(?:[^'\\]|\\.)*'|\S+)|://[^:/@]*:([^@]*)@", lake.address)
    return text.replace(found[1] or found[2], "...") if found else text


def drop_double_payloads(connection: duckdb.DuckDBPyConnection) -> None:
    """Drop the payloads that two loaders stored at the same moment; call it in the transaction that reads them."""
    if is_lake(connection) and connection.execute(f"{DOUBLE_PAYLOADS} limit 1").fetchone():
        connection.execute(f"delete from payloads where rowid in ({DOUBLE_PAYLOADS})")


def compact_lake(connection: duckdb.DuckDBPyConnection, *, kept_days: float = KEPT_DAYS) -> None:
    """Merge small data files, forget the states older than ``kept_days`` and remove the files that only they needed."""
    is_erasing = kept_days == 0
    _repeat(connection, "call ducklake_flush_inlined_data('lake')")
    _repeat(connection, f"call ducklake_rewrite_data_files('lake'{', delete_threshold => 0' if is_erasing else ''})")
    _repeat(connection, "call ducklake_merge_adjacent_files('lake')")
    # By the real clock, as DuckLake writes its snapshots' times, whatever TASADOR_NOW says.
    older = f"older_than => now()::timestamptz - interval '{kept_days * 24 * 3600} seconds'"
    _repeat(connection, f"call ducklake_expire_snapshots('lake', {older})")
    _repeat(connection, f"call ducklake_cleanup_old_files('lake', {'cleanup_all => true' if is_erasing else older})")


def erase_history(connection: duckdb.DuckDBPyConnection) -> None:
    """Leave nothing of what was deleted, in data files or catalog: the tables as they stand are all that is left.

    There is no time travel to before it, and whoever reads an older state meanwhile meets an error.
    """
    in_transaction(connection, lambda: _write_anew(connection))
    compact_lake(connection, kept_days=0)


def _write_anew(connection: duckdb.DuckDBPyConnection) -> None:
    """Make every table anew: the catalog keeps a table's lowest and highest values, whatever was deleted since."""
    tables = "select table_name from duckdb_tables() where database_name = current_database()"
    for (table,) in connection.execute(tables).fetchall():
        connection.execute(f"create or replace table {table} as from {table}")


def _repeat(connection: duckdb.DuckDBPyConnection, call: str) -> None:
    in_transaction(connection, lambda: connection.execute(call))


def _error(words: str) -> TasadorError:
    """Return an error of one line, whose class says whether to wait makes sense."""
    return (AwayError if AWAY.search(words) else TasadorError)(" ".join(words.split()))


def _attach(connection: duckdb.DuckDBPyConnection, attach: str) -> None:
    """Attach the lake; of several processes that make its catalog at once, all but one must try again."""
    for tries_left in reversed(range(ATTACH_TRIES)):
        try:
            connection.execute(attach)
            return
        except duckdb.Error as error:
            if "already exists" not in str(error) or not tries_left:
                raise
        time.sleep(random.uniform(0.1, 0.5))
