"""What is asked of a warehouse to see how it is: read-only, waiting for nobody, and as it stands."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb

from crawler.errors import TasadorError
from crawler.home import Home
from crawler.sites import read_lake
from warehouse.connection import first_line
from warehouse.lake import open_lake
from warehouse.migrate import MIGRATIONS
from warehouse.normalize import PARSER_VERSION

CORRUPT = """
select file, max(reason) as reason
from landing_files
where status = 'corrupt' and file not in (select file from landing_files where status = 'loaded')
group by file
order by file
"""

NOT_REFRESHED = """
select count(*)
from landing_files
anti join refreshed_files using (file)
where status = 'loaded' and file like '%.jsonl.zst'
"""


SPACE = """
select block_size * total_blocks, block_size * free_blocks
from pragma_database_size()
where database_name = current_database()
"""


@dataclass(frozen=True, slots=True)
class Space:
    """The bytes of a warehouse's file, and those of them that are free blocks."""

    used: int
    free: int


@contextmanager
def open_to_read(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the warehouse as it stands, without its migrations.

    Raises:
        TasadorError: it cannot be opened, in DuckDB's words: it is in use, or broken.
    """
    lake = read_lake()
    try:
        connection = open_lake(lake) if lake else duckdb.connect(str(home.warehouse), read_only=True)
    except duckdb.Error as error:
        raise TasadorError(first_line(error)) from error
    with connection:
        connection.execute("set TimeZone = 'UTC'")
        yield connection


def pending_migrations(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """Return the names of the migrations that the next who writes will run."""
    applied = {name for (name,) in connection.execute("select name from migrations").fetchall()}
    return {path.stem for path in MIGRATIONS.glob("*.sql")} - applied


def corrupt_files(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Return the landing files that no load could read, each with the reason."""
    return dict(connection.execute(CORRUPT).fetchall())


def count_not_refreshed(connection: duckdb.DuckDBPyConnection) -> int:
    """Return how many landing files are loaded and not in the tables yet."""
    return _number(connection, NOT_REFRESHED)


def count_outdated(connection: duckdb.DuckDBPyConnection) -> int:
    """Return how many payloads an older parser has read."""
    return _number(connection, f"select count(*) from parsed_listings where parser_version <> {PARSER_VERSION}")


def known_model_runs(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Return the path of the snapshot of each model run."""
    return dict(connection.execute("select model_run_id, snapshot_path from model_runs").fetchall())


def retired_model_runs(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """Return the model runs whose folders may be gone."""
    query = "select model_run_id from model_runs where retired_at is not null"
    return {name for (name,) in connection.execute(query).fetchall()}


def crawl_run_ids(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """Return the crawl runs of the derived tables, or of the published ones."""
    return {name for (name,) in connection.execute("select crawl_run_id from crawl_runs").fetchall()}


def space(connection: duckdb.DuckDBPyConnection) -> Space:
    """Return what a warehouse's file holds; nothing, of a lake."""
    return Space(*(connection.execute(SPACE).fetchone() or (0, 0)))


def _number(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    (number,) = connection.execute(query).fetchone() or (0,)
    return int(number)
