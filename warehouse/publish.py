"""Publishes the tables that people query: a new read-only file beside the old ones, then the link is switched to it.

Whoever reads the old version keeps it until he opens again; nobody is locked out and nobody sees half a refresh.
"""

import hashlib
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import NamedTuple

import duckdb

from crawler.clock import now
from crawler.errors import TasadorError
from crawler.home import Home
from crawler.locks import alone
from warehouse.columns import COLUMNS
from warehouse.connection import connect
from warehouse.contracts import KEYS, guarded_rows, require_no_loss
from warehouse.market import open_market
from warehouse.ops_runs import load_ops_runs
from warehouse.quoting import quoted
from warehouse.transaction import transaction
from warehouse.transform import VIEWS, grain, read_transform, require_tables

# docs/warehouse.md says what each version changed.
SCHEMA_VERSION = 5
KEPT_VERSIONS = 3
# The oldest DuckDB line that can open what is published.
STORAGE_VERSION = "v1.4.0"

# What one row of each is; of what comes back from the models, and of what ran, no transform says it.
NOT_DERIVED = {
    "comparables": "one row per listing and rank: an offer most like it, when it was last scored, and what differs",
    "model_metrics": "one row per trained model, kind of cars and metric: how well it predicts such cars",
    "drift": "one row per scoring, feature and measure: how far the listings are from what was trained on",
    "tuning_trials": "one row per trial of a tuning: which parameters were tried, and how well they did",
    "ops_runs": "one row per run of a station that has ended: what ran, when, and how it went",
}
TABLES = {
    **{table: NOT_DERIVED.get(table) or grain(table) for table in (*KEYS, *VIEWS)},
    "schema_version": "one row: the version of these tables",
}


class _Published(NamedTuple):
    """What the last publish holds: a hash of its content, and its guarded rows."""

    content_hash: str | None
    rows: dict[str, int]


def publish(home: Home, *, kept_versions: int = KEPT_VERSIONS, anyway: bool = False) -> Path:
    """Write the tables as they stand to a new version, point market.duckdb to it, and return the version's path.

    Where the last version says the same already, it stays. Of all versions, the ``kept_versions`` newest stay.

    Raises:
        TasadorError: there are no tables of this version yet, the warehouse is in use, or half of what was published
            last has gone and it is not to be published ``anyway``.
    """
    home.market_versions.mkdir(parents=True, exist_ok=True)
    with connect(home) as connection, _alone(home):
        load_ops_runs(connection, home)
        require_tables(connection)
        last = _last_published(home)
        if not anyway:
            require_no_loss(last.rows, guarded_rows(connection))
        content_hash = _content_hash(connection)
        if content_hash == last.content_hash:
            version = home.market.resolve()
        else:
            version = _write_next(home, lambda path: _write(connection, path, content_hash))
        _remove_old(home.market_versions, version, kept_versions)
    return version


def publish_ops_runs(connection: duckdb.DuckDBPyConnection, home: Home) -> None:
    """Publish what ran: a copy of the last version with today's ops_runs, which says nothing else than that version.

    Does nothing where there is no version, or one of before ops_runs: the next publish writes them.

    Raises:
        InUseError: another process is publishing.
    """
    with _alone(home):
        last = home.market.resolve()
        if _has_ops_runs(home):
            version = _write_next(home, lambda path: _write_ops_runs(connection, path, last))
            _remove_old(home.market_versions, version, KEPT_VERSIONS)


def _alone(home: Home) -> AbstractContextManager[None]:
    return alone(home.root / ".publishing.lock", "another process is publishing")


def _has_ops_runs(home: Home) -> bool:
    try:
        with open_market(home) as market:
            return market.execute("from duckdb_tables() where table_name = 'ops_runs'").fetchone() is not None
    except TasadorError:
        return False


def _last_published(home: Home) -> _Published:
    try:
        with open_market(home) as market:
            (row,) = market.execute("from schema_version").pl().to_dicts()
            return _Published(row.get("content_hash"), guarded_rows(market))
    except TasadorError:  # there is none, or none that can be read: publishing puts that right
        return _Published(None, {})


def _content_hash(connection: duckdb.DuckDBPyConnection) -> str:
    """Return a hash of all that would be published, whatever the order of rows."""
    said: list[object] = [SCHEMA_VERSION, TABLES, COLUMNS, [read_transform(view) for view in VIEWS]]
    for table in (table for table in KEYS if table != "ops_runs"):  # that something ran says nothing new of the market
        said += connection.execute(f"describe {table}").fetchall()
        said += connection.execute(f"select count(*), sum(hash(whole)) from {table} as whole").fetchall()
    return hashlib.sha256(repr(said).encode()).hexdigest()


def _write_next(home: Home, write: Callable[[Path], None]) -> Path:
    number = max(_versions(home.market_versions), default=0) + 1
    version = home.market_versions / f"market-{number}.duckdb"
    building = version.with_suffix(".building")
    for leftover in home.market_versions.glob("*.building*"):
        leftover.unlink()  # of a process that was killed; DuckDB would replay its log
    write(building)
    building.chmod(0o444)
    building.replace(version)
    _switch(home.market, version)
    return version


def _write(connection: duckdb.DuckDBPyConnection, path: Path, content_hash: str) -> None:
    with _attached(connection, path):
        with transaction(connection):
            _copy(connection, content_hash)
        with connection.cursor() as published:
            published.execute("use published")
            with transaction(published):  # hundreds of small statements, each of which would be its own
                _explain(published)


def _write_ops_runs(connection: duckdb.DuckDBPyConnection, path: Path, last: Path) -> None:
    shutil.copyfile(last, path)
    with _attached(connection, path), transaction(connection):
        connection.execute("delete from published.ops_runs")
        connection.execute("insert into published.ops_runs by name from ops_runs order by ops_run_id")


@contextmanager
def _attached(connection: duckdb.DuckDBPyConnection, path: Path) -> Iterator[None]:
    """Attach what is to be published as ``published``, and leave it in one file."""
    connection.execute(f"attach {quoted(path)} as published (storage_version {quoted(STORAGE_VERSION)})")
    try:
        yield
        connection.execute("checkpoint published")
    finally:
        connection.execute("detach published")


def _copy(connection: duckdb.DuckDBPyConnection, content_hash: str) -> None:
    for table, key in KEYS.items():
        connection.execute(f"create table published.{table} as select * from {table} order by {', '.join(key)}")
    connection.execute(
        f"create table published.schema_version as select {SCHEMA_VERSION} as schema_version, "
        f"{quoted(now())}::timestamptz as published_at, {quoted(content_hash)} as content_hash"
    )


def _explain(published: duckdb.DuckDBPyConnection) -> None:
    """Add the views, and the meaning of everything."""
    for view in VIEWS:
        published.execute(f"create view {view} as\n{read_transform(view)}")
    for table, meaning in TABLES.items():
        kind = "view" if table in VIEWS else "table"
        published.execute(f"comment on {kind} {table} is {quoted(meaning)}")
    columns = "select table_name, column_name from duckdb_columns() where database_name = 'published'"
    for table, column in published.execute(columns).fetchall():
        published.execute(f'comment on column {table}."{column}" is {quoted(COLUMNS[column])}')


def _switch(link: Path, version: Path) -> None:
    """Point the link to a version by a rename, with no moment in which it points nowhere."""
    link.with_name(f"{link.name}.wal").unlink(missing_ok=True)  # DuckDB would replay it into the new version
    new = link.with_name(f"{link.name}.new")
    new.unlink(missing_ok=True)
    new.symlink_to(version.relative_to(link.parent))
    new.replace(link)


def _versions(folder: Path) -> dict[int, Path]:
    found = ((re.fullmatch(r"market-(\d+)\.duckdb", path.name), path) for path in folder.iterdir())
    return {int(match[1]): path for match, path in found if match}


def _remove_old(folder: Path, version: Path, kept_versions: int) -> None:
    others = [path for _, path in sorted(_versions(folder).items(), reverse=True) if path.name != version.name]
    for path in others[kept_versions - 1 :]:
        path.unlink()
