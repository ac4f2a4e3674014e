"""`tasador up` with a real server and a real worker: what it keeps running, how it stops, and what is there again."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import UUID

import pytest
from prefect.client.orchestration import SyncPrefectClient
from prefect.settings import Settings

from crawler.errors import UsageError
from crawler.home import Home
from flows.operations.processes import flow_runs, left_over
from flows.operations.registration import SHIPPED_CONFIG, connected, deployments_path, work_pools
from flows.operations.settings import DEFAULTS, known_api_url, own_api_url, write_api_url

SECONDS_ON_A_BUSY_MACHINE = 300

# A nap that is begun a second time ends at once.
NAP = """
import time
from pathlib import Path

from prefect import flow


@flow
def nap(mark: str, seconds: float):
    begun = Path(mark)
    if not begun.exists():
        begun.touch()
        time.sleep(seconds)
"""
DEPLOYMENTS = """
name: naps
pull: []
deployments:
  - name: nap
    entrypoint: naps.nap
    work_pool: {name: naps, work_queue_name: near}
    schedules: [{cron: "0 3 1 1 *", timezone: UTC, active: true}]
  - name: far-nap
    entrypoint: naps.nap
    work_pool: {name: naps, work_queue_name: far}
"""


class Up:
    """A `tasador up` in a process of its own, and the server that it started."""

    def __init__(self, folder: Path) -> None:
        (folder / "naps.py").write_text(NAP)
        (folder / "prefect.yaml").write_text(DEPLOYMENTS)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.data, self.log, self.folder = folder / "data", folder / "log", folder
        self.process: subprocess.Popen[bytes] | None = None
        ours = {"PYTHONPATH": str(folder), "TASADOR_PREFECT_YAML": str(folder / "prefect.yaml")}
        self.environment = {key: value for key, value in os.environ.items() if "PREFECT" not in key} | ours

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "flows.cli", "--home", str(self.data), "up", *arguments]

    def start(self, *options: str) -> None:
        command = self.command("--port", str(self.port), "--grace", "2", *options)
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, env=self.environment)
        self.until(lambda: "Running: " in self.log.read_text())

    def stop(self) -> None:
        assert self.process
        self.process.terminate()
        assert self.process.wait(SECONDS_ON_A_BUSY_MACHINE) == 0, self.log.read_text()

    def ask(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(self.command(*arguments), capture_output=True, text=True, env=self.environment)

    @contextmanager
    def worker(self, *options: str) -> Iterator[None]:
        """A worker of its own for the server."""
        with (self.folder / "worker.log").open("wb") as log:
            worker = subprocess.Popen(self.command("--no-server", *options), stderr=log, env=self.environment)
        try:
            yield
        finally:
            worker.terminate()
            assert worker.wait(SECONDS_ON_A_BUSY_MACHINE) == 0

    def nap(self, client: SyncPrefectClient, name: str, seconds: float, deployment_name: str = "nap") -> UUID:
        deployment = client.read_deployment_by_name(f"nap/{deployment_name}")
        parameters = {"mark": str(self.folder / name), "seconds": seconds}
        return client.create_flow_run_from_deployment(deployment.id, parameters=parameters).id

    def until_completed(self, client: SyncPrefectClient, run: UUID) -> None:
        def completed() -> bool:
            state = client.read_flow_run(run).state
            return state is not None and state.is_completed()

        self.until(completed)

    def until(self, true: Callable[[], bool]) -> None:
        deadline = time.monotonic() + SECONDS_ON_A_BUSY_MACHINE
        while not true():
            assert time.monotonic() < deadline, self.log.read_text()
            assert self.process and self.process.poll() is None, self.log.read_text()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(0.3)

    def processes(self) -> list[int]:
        workers = ("worker", "worker-near")
        return [pid for name in ("server", *workers) for pid in left_over(name, self.data)] + [
            pid for name in workers for pid in flow_runs(name, self.data)
        ]


@pytest.fixture
def up(tmp_path: Path) -> Iterator[Up]:
    up = Up(tmp_path)
    yield up
    if up.process:
        up.process.kill()
        up.process.wait()
    for pid in up.processes():
        os.kill(pid, signal.SIGKILL)


@pytest.mark.slow
def test_up_keeps_all_running_and_loses_no_run_when_it_stops(up: Up) -> None:
    no_server = f"no Prefect server answers at http://127.0.0.1:{up.port}: start it with `tasador up`"
    assert no_server in up.ask("--status", "--port", str(up.port)).stderr
    up.start()
    assert "another `tasador up` keeps the server" in up.ask("--port", "1").stderr
    with connected(own_api_url("127.0.0.1", up.port)) as client:
        first = up.nap(client, "first", 0)
        up.until_completed(client, first)

        (worker,) = left_over("worker", up.data)
        os.kill(worker, signal.SIGKILL)
        up.until(lambda: "the worker was ended by signal 9" in up.log.read_text())
        up.until_completed(client, up.nap(client, "second", 0))
        assert worker not in left_over("worker", up.data)

        long = up.nap(client, "long", 600)
        up.until((up.folder / "long").exists)
    status = up.ask("--status")
    assert status.returncode == 0, status.stderr
    assert re.search(r"nap +Running .* \d{4}-01-01 03:00", status.stdout), status.stdout

    up.stop()
    assert "runs ended, which begin anew at the next start: 1" in up.log.read_text()
    assert up.processes() == []

    up.start("--no-worker")
    with connected(own_api_url("127.0.0.1", up.port)) as client:
        far = up.nap(client, "far", 0, "far-nap")
        near = [up.nap(client, name, 2) for name in ("near", "nearer")]
        with up.worker("--queue", "near", "--limit", "1"):
            up.until_completed(client, long)
            for run in near:
                up.until_completed(client, run)
        one, other = sorted((client.read_flow_run(run) for run in near), key=lambda run: run.end_time)
        assert one.end_time <= other.start_time
        assert client.read_flow_run(far).state.is_scheduled()
        assert client.read_flow_run(first).state_name == "Completed"
    up.stop()
    assert up.processes() == []


def test_where_the_server_answers_is_what_is_set_else_what_was_started_else_the_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    home = Home(tmp_path)
    assert known_api_url(home, "0.0.0.0", 4200) == "http://127.0.0.1:4200/api"
    (tmp_path / "prefect").mkdir()
    write_api_url(home, "http://127.0.0.1:4300/api")
    assert known_api_url(home, "127.0.0.1", 4200) == "http://127.0.0.1:4300/api"
    monkeypatch.setenv("PREFECT_API_URL", "http://elsewhere:4200/api")
    assert known_api_url(home, "127.0.0.1", 4200) == "http://elsewhere:4200/api"


def test_the_shipped_deployments_are_those_where_there_are_no_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TASADOR_PREFECT_YAML", raising=False)
    monkeypatch.chdir(tmp_path)
    assert deployments_path() == SHIPPED_CONFIG
    assert work_pools(SHIPPED_CONFIG) == ["tasador"]
    (tmp_path / "prefect.yaml").write_text(DEPLOYMENTS)
    assert work_pools(deployments_path()) == ["naps"]


@pytest.mark.parametrize("content", ["", "deployments: [{name: nap}]", "deployments: ["])
def test_deployments_that_say_no_work_pool_are_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "prefect.yaml"
    path.write_text(content)
    with pytest.raises(UsageError, match="must have deployments, each with a name for its work_pool"):
        work_pools(path)


def test_a_missing_file_of_deployments_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="create it or set TASADOR_PREFECT_YAML"):
        work_pools(tmp_path / "prefect.yaml")


def test_prefect_understands_what_it_is_told_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in DEFAULTS.items():
        monkeypatch.setenv(name, value)
    settings = Settings()
    assert settings.server.services.db_vacuum.enabled_vacuum_types == {"events", "flow_runs", "orphans"}
    assert settings.server.concurrency.lease_storage.endswith(".filesystem")
    assert settings.client.max_retries == 8
