"""A real PostgreSQL of our own on loopback, in a temporary folder; knows nothing of what is kept in it."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# PostgreSQL refuses to run as root.
SERVER_USER: dict[str, Any] = {"user": "nobody", "extra_groups": []} if os.geteuid() == 0 else {}


@dataclass(frozen=True, slots=True)
class Postgres:
    """A server: the folder of its programs, its own folder and its port; its user is ``tasador``, without password."""

    programs: Path
    folder: Path
    port: int

    def run(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's programs for servers."""
        command = [self.programs / program, "-D", self.folder / "data", *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=self.folder, **SERVER_USER)

    def create_database(self, name: str) -> None:
        """Create an empty database."""
        where = ["-h", "127.0.0.1", "-p", str(self.port), "-U", "tasador"]
        subprocess.run([self.programs / "createdb", *where, name], check=True)

    def restart(self) -> None:
        """Restart the server; whoever is connected is cut off."""
        self.run("pg_ctl", "restart", "-w", "-m", "fast", "-l", str(self.folder / "log"))


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """Start a server and end it with the block."""
    folder = Path(tempfile.mkdtemp(prefix="tasador-postgres-"))
    shutil.chown(folder, SERVER_USER.get("user", os.geteuid()))
    postgres = Postgres(_programs(), folder, free_port())
    postgres.run("initdb", "--no-sync", "-A", "trust", "-U", "tasador", "-E", "UTF8", "--locale=C")
    options = f"-c listen_addresses=127.0.0.1 -p {postgres.port} -c unix_socket_directories={folder} -c fsync=off"
    postgres.run("pg_ctl", "start", "-w", "-o", options, "-l", str(folder / "log"))
    try:
        yield postgres
    finally:
        postgres.run("pg_ctl", "stop", "-m", "immediate")
        shutil.rmtree(folder)


def free_port() -> int:
    """Return a port on which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _programs() -> Path:
    return Path(subprocess.check_output(["pg_config", "--bindir"], text=True).strip())
