"""A real PostgreSQL, started for the tests on loopback, and a lake in a database of its own for each test."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import duckdb
import pytest

from bench.postgres import Postgres, find_programs, running_postgres
from crawler.home import Home
from crawler.sites import Lake
from warehouse.connection import connect


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A server of our own; tests that need it are skipped where there is none."""
    programs = find_programs()
    if programs is None:
        pytest.skip("there is no PostgreSQL here")
    with running_postgres(programs) as server:
        yield server


@pytest.fixture
def database(postgres: Postgres, tmp_path: Path) -> str:
    """The address of an empty database."""
    name = f"lake_{abs(hash(tmp_path)):x}"
    postgres.run("createdb", name)
    return f"ducklake:postgres:host=127.0.0.1 port={postgres.port} user=tasador dbname={name}"


@pytest.fixture
def lake(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lake:
    """An empty database and folder, which the environment names as the warehouse."""
    lake = Lake(database, str(tmp_path / "lake"))
    monkeypatch.setenv("TASADOR_WAREHOUSE", lake.address)
    monkeypatch.setenv("TASADOR_WAREHOUSE_DATA", lake.data)
    return lake


@pytest.fixture
def opened(data_home: Home, lake: Lake) -> Iterator[Callable[[], duckdb.DuckDBPyConnection]]:
    """Open the lake as often as asked for: each time as another process would."""
    with ExitStack() as connections:
        yield lambda: connections.enter_context(connect(data_home))
