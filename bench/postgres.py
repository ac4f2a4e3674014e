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

    def run(self, program: str, *arguments: str) -> str:
        """Run one of PostgreSQL's programs against the server and return what it prints."""
        command = [str(self.programs / program), "-h", "127.0.0.1", "-p", str(self.port), "-U", "tasador", *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True, errors="replace").stdout

    def restart(self) -> None:
        """Restart the server; whoever is connected is cut off."""
        self.control("pg_ctl", "restart", "-w", "-m", "fast", "-l", str(self.folder / "log"))

    def control(self, program: str, *arguments: str) -> None:
        """Run one of the programs that work on the server's own files."""
        command = [self.programs / program, "-D", self.folder / "data", *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=self.folder, **SERVER_USER)


@contextmanager
def running_postgres(programs: Path) -> Iterator[Postgres]:
    """Start a server and end it with the block; ``programs`` is the folder that ``find_programs`` found."""
    folder = Path(tempfile.mkdtemp(prefix="tasador-postgres-"))
    shutil.chown(folder, SERVER_USER.get("user", os.geteuid()))
    postgres = Postgres(programs, folder, free_port())
    postgres.control("initdb", "--no-sync", "-A", "trust", "-U", "tasador", "-E", "UTF8", "--locale=C")
    options = f"-c listen_addresses=127.0.0.1 -p {postgres.port} -c unix_socket_directories={folder} -c fsync=off"
    postgres.control("pg_ctl", "start", "-w", "-o", options, "-l", str(folder / "log"))
    try:
        yield postgres
    finally:
        postgres.control("pg_ctl", "stop", "-m", "immediate")
        shutil.rmtree(folder)


def find_programs() -> Path | None:
    """Return the folder of PostgreSQL's programs, None where it is not installed."""
    found = shutil.which("pg_config") and subprocess.check_output(["pg_config", "--bindir"], text=True).strip()
    folders = [Path(found)] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in folders if (folder / "initdb").exists()), None)


def free_port() -> int:
    """Return a port on which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
