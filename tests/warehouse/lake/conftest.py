"""A real PostgreSQL, started for the tests on loopback, and a lake in a database of its own for each test."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from crawler.home import Home
from crawler.sites import Lake
from warehouse.connection import connect

# PostgreSQL refuses to run as root.
SERVER_USER: dict[str, Any] = {"user": "nobody", "extra_groups": []} if os.geteuid() == 0 else {}


@dataclass(frozen=True)
class Postgres:
    """A server, known by its port, and the folder of its programs."""

    programs: Path
    port: int

    def run(self, program: str, *arguments: str) -> str:
        """Run one of PostgreSQL's programs against the server and return what it prints."""
        command = [str(self.programs / program), "-h", "127.0.0.1", "-p", str(self.port), "-U", "tasador", *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True, errors="replace").stdout


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A server in a temporary folder, without a password; tests that need it are skipped where there is none."""
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="tasador-postgres-"))
    shutil.chown(folder, SERVER_USER.get("user", os.geteuid()))
    port = _free_port()

    def run(program: str, *arguments: str) -> None:
        command = [programs / program, "-D", folder / "data", *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=folder, **SERVER_USER)

    run("initdb", "--no-sync", "-A", "trust", "-U", "tasador", "-E", "UTF8", "--locale=C")
    options = f"-c listen_addresses=127.0.0.1 -p {port} -c unix_socket_directories={folder} -c fsync=off"
    run("pg_ctl", "start", "-w", "-o", options, "-l", str(folder / "log"))
    yield Postgres(programs, port)
    run("pg_ctl", "stop", "-m", "immediate")
    shutil.rmtree(folder)


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


def _programs() -> Path:
    found = shutil.which("pg_config") and subprocess.check_output(["pg_config", "--bindir"], text=True).strip()
    folders = [Path(found)] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for folder in folders:
        if (folder / "initdb").exists():
            return folder
    pytest.skip("there is no PostgreSQL here")


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
