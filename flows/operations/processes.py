"""The processes that a data folder's server and worker began, found by their environment: some outlive a parent."""

import os
import signal
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

# What stands in the environment of a service, and of all that it starts: its name and its data folder.
MARK = "TASADOR_SERVICE"
FLOW_RUN = "PREFECT__FLOW_RUN_ID"
SECONDS_BETWEEN_LOOKS = 0.2


def mark(service: str, folder: Path) -> dict[str, str]:
    """Return what is to stand in the environment of a service."""
    return {MARK: f"{service} of {folder.resolve()}"}


def left_over(service: str, folder: Path) -> dict[int, str]:
    """Return the processes of a service itself, by their ids: left by a `tasador up` that was killed."""
    return {pid: service for pid, there in _marked(service, folder).items() if FLOW_RUN not in there}


def flow_runs(service: str, folder: Path) -> dict[int, str]:
    """Return the flow run of each process that a worker started for one, by the process' id."""
    return {pid: there[FLOW_RUN] for pid, there in _marked(service, folder).items() if FLOW_RUN in there}


def end(find: Callable[[], Mapping[int, str]], seconds: float) -> None:
    """End the processes that ``find`` finds, by force where they take longer than ``seconds``."""
    _tell(find(), signal.SIGTERM)
    deadline = time.monotonic() + seconds
    while find() and time.monotonic() < deadline:
        time.sleep(SECONDS_BETWEEN_LOOKS)
    _tell(find(), signal.SIGKILL)


def _tell(pids: Mapping[int, str], what: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, what)


def _marked(service: str, folder: Path) -> dict[int, dict[str, str]]:
    """Return the environment of every process that has the mark."""
    wanted = mark(service, folder)[MARK]
    found = {int(entry.name): _environment(entry) for entry in Path("/proc").glob("[0-9]*")}
    return {pid: there for pid, there in found.items() if there.get(MARK) == wanted}


def _environment(process: Path) -> dict[str, str]:
    """Return a process' environment as it was when it began; nothing where it is gone or not ours."""
    with suppress(OSError):
        entries = (process / "environ").read_bytes().decode(errors="replace").split("\0")
        return dict(entry.split("=", 1) for entry in entries if "=" in entry)
    return {}
