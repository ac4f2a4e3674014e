"""One real Prefect server for all tests that need one: it takes seconds to start, a minute on a busy machine."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from prefect import get_client
from prefect.client.orchestration import SyncPrefectClient
from prefect.settings import PREFECT_API_URL, temporary_settings

REPOSITORY = Path(__file__).resolve().parents[3]
START_SECONDS = 180.0
WAIT_SECONDS = 90.0


@dataclass(frozen=True)
class PrefectServer:
    """A running server: its client, and the environment in which a flow or `prefect` finds it."""

    client: SyncPrefectClient
    environment: dict[str, str]

    def prefect(self, *arguments: str, **environment: str) -> str:
        """Run `prefect` in the clone, and return what it said."""
        done = subprocess.run(
            [sys.executable, "-m", "prefect", "--no-prompt", *arguments],
            capture_output=True,
            text=True,
            cwd=REPOSITORY,
            env=self.environment | environment,
            timeout=300,
        )
        return done.stdout + done.stderr


@pytest.fixture(scope="session")
def prefect_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrefectServer]:
    """A server in which all deployments of prefect.yaml are registered; no worker runs."""
    with serving(tmp_path_factory.mktemp("prefect")) as running:
        running.prefect("work-pool", "create", "tasador", "--type", "process")
        running.prefect("deploy", "--all")
        yield running


@pytest.fixture(name="serving", scope="session")
def serve() -> Callable[..., AbstractContextManager[PrefectServer]]:
    """Runs a server that is a test's own."""
    return serving


@contextmanager
def serving(folder: Path, **settings: str) -> Iterator[PrefectServer]:
    """Run a server whose state lies in a folder."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {
        "PREFECT_HOME": str(folder),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "2",
        "PREFECT_SERVER_EVENTS_EXPIRED_BUCKET_BUFFER": "PT2S",  # so much longer is waited for what did not come
        "TASADOR_HOME": str(folder / "data"),
        **settings,
    }
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        until(lambda: _answers(environment["PREFECT_API_URL"]), START_SECONDS)
        with temporary_settings({PREFECT_API_URL: environment["PREFECT_API_URL"]}), get_client(sync_client=True) as api:
            yield PrefectServer(api, environment)
    finally:
        server.terminate()
        server.wait(60)


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health").is_success
    except httpx.TransportError:
        return False


@pytest.fixture(name="until")
def wait_until() -> Callable[..., None]:
    """Waits until something is so."""
    return until


def until(is_so: Callable[[], object], seconds: float = WAIT_SECONDS) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.25)
