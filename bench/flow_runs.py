"""What Prefect takes whatever the flows do: ``python -m bench.flow_runs --deployments 500 --runs 10``.

Starts a Prefect server on a SQLite database of its own, registers deployments of a flow that does nothing, each with a
daily schedule, waits until their next runs are planned, lets the server alone for a while, and has some runs done as a
worker has them done, one after another. Prints a JSON line for each: seconds by the clock, CPU seconds of the server
and of a run's process, memory, and the size of the database.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import UUID

import click
import httpx
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.actions import DeploymentScheduleCreate, WorkPoolCreate
from prefect.client.schemas.schedules import CronSchedule

from bench.postgres import free_port
from flows.operations.processes import FLOW_RUN
from flows.operations.registration import connected
from flows.operations.services import Service
from flows.operations.superseded import scheduled_flow

REPOSITORY = Path(__file__).resolve().parent.parent
START_SECONDS, PLAN_SECONDS, IDLE_SECONDS = 180.0, 300.0, 60.0
PLANNED_AHEAD = 3  # runs of each deployment, by Prefect's default
POOL = "bench"


@scheduled_flow(timeout_seconds=60)
def nothing() -> None:
    """Do what every flow does before its first line and after its last."""


@click.command()
@click.option("--deployments", default=500, show_default=True, type=click.IntRange(1))
@click.option("--runs", default=10, show_default=True, type=click.IntRange(1))
def main(deployments: int, runs: int) -> None:
    """Print a line for registering, one for idling, one for running."""
    with tempfile.TemporaryDirectory(prefix="tasador-prefect-") as folder:
        for line in measure(Path(folder), deployments, runs):
            print(json.dumps(line), flush=True)


def measure(folder: Path, deployments: int, runs: int) -> Iterator[dict[str, Any]]:
    """Yield the lines."""
    port = free_port()
    api = f"http://127.0.0.1:{port}/api"
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    quiet = {"PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1"}
    server = Service("server", command, {"PREFECT_HOME": str(folder), **quiet}, folder / "server.log")
    server.start()
    try:
        server.await_ready(lambda: _answers(api), START_SECONDS)
        with connected(api) as client:
            yield from _measure(client, server, folder, api, deployments, runs)
    finally:
        server.end(60)


def _measure(
    client: SyncPrefectClient, server: Service, folder: Path, api: str, deployments: int, runs: int
) -> Iterator[dict[str, Any]]:
    begun, cpu = time.monotonic(), _cpu(server)
    client.create_work_pool(WorkPoolCreate(name=POOL, type="process"))
    ids = list(_registered(client, deployments))
    _await_planned(api, PLANNED_AHEAD * deployments)
    yield _line("register", deployments, begun, _cpu(server) - cpu, database_mb=_megabytes(folder))
    begun, cpu = time.monotonic(), _cpu(server)
    time.sleep(IDLE_SECONDS)
    yield _line("idle", deployments, begun, _cpu(server) - cpu, server_mb=_memory(server))
    begun, cpu = time.monotonic(), _cpu(server)
    for deployment in ids[:runs]:
        _run(client, deployment, folder, api)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)  # the server, which runs on, is not yet among them
    own = {"run_cpu_seconds": round((used.ru_utime + used.ru_stime) / runs, 2), "run_peak_mb": used.ru_maxrss // 1024}
    yield _line("run", runs, begun, _cpu(server) - cpu, **own, database_mb=_megabytes(folder))


def _registered(client: SyncPrefectClient, deployments: int) -> Iterator[UUID]:
    flow = client.create_flow_from_name("nothing")
    for number in range(deployments):
        yield client.create_deployment(
            flow,
            f"nothing-{number}",
            schedules=[DeploymentScheduleCreate(schedule=CronSchedule(cron="0 3 * * *", timezone="UTC"))],
            work_pool_name=POOL,
            path=str(REPOSITORY),
            entrypoint="bench/flow_runs.py:nothing",
        )


def _await_planned(api: str, runs: int) -> None:
    deadline = time.monotonic() + PLAN_SECONDS
    while httpx.post(f"{api}/flow_runs/count", json={}, timeout=30).json() < runs:
        if time.monotonic() > deadline:
            raise TimeoutError(f"{runs} runs were not planned within {PLAN_SECONDS:.0f} s")
        time.sleep(0.5)


def _run(client: SyncPrefectClient, deployment: UUID, folder: Path, api: str) -> None:
    """Have a run done by the command that Prefect's process worker starts for one."""
    run = client.create_flow_run_from_deployment(deployment)
    settings = {FLOW_RUN: str(run.id), "PREFECT_API_URL": api, "PREFECT_HOME": str(folder)}
    command = [sys.executable, "-m", "prefect.engine"]
    subprocess.run(command, check=True, cwd=REPOSITORY, env=os.environ | settings, capture_output=True)
    state = client.read_flow_run(run.id).state
    if not (state and state.is_completed()):
        raise RuntimeError(f"the run ended as {state}")


def _answers(api: str) -> bool:
    with suppress(httpx.TransportError):
        return httpx.get(f"{api}/health").is_success
    return False


def _line(what: str, number: int, begun: float, server_cpu: float, **more: Any) -> dict[str, Any]:
    seconds = {"seconds": round(time.monotonic() - begun, 1), "server_cpu_seconds": round(server_cpu, 1)}
    return {"bench": "flow_runs", "what": what, "number": number, **seconds, **more}


def _cpu(server: Service) -> float:
    """Return the CPU seconds (user and system) that the server has taken so far."""
    after_name = _of_process(server, "stat").rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")


def _memory(server: Service) -> int:
    return int(_of_process(server, "statm").split()[1]) * os.sysconf("SC_PAGE_SIZE") // 2**20


def _of_process(server: Service, file: str) -> str:
    assert server.process
    return Path(f"/proc/{server.process.pid}/{file}").read_text()


def _megabytes(folder: Path) -> float:
    return round(sum(path.stat().st_size for path in folder.glob("prefect.db*")) / 1e6, 1)


if __name__ == "__main__":
    main()
