"""What a Prefect server is told when `tasador up` starts: work pools, the deployments of prefect.yaml, automations."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import yaml
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterState, FlowRunFilterStateType
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.client.schemas.sorting import FlowRunSort
from prefect.exceptions import ObjectAlreadyExists, ObjectNotFound
from prefect.settings import PREFECT_API_URL, temporary_settings

from crawler.errors import TasadorError, UsageError
from flows.operations.automations import register_automations
from flows.operations.paging import all_of

CONFIG_NAME = "prefect.yaml"
POOL_TYPE = "process"
# What is due and stands in no other state waits for a slot, or to be begun anew.
UNTOUCHED = ("Scheduled", "Late")
SHIPPED_CONFIG = Path(__file__).resolve().parents[2] / CONFIG_NAME


def deployments_path() -> Path:
    """Return $TASADOR_PREFECT_YAML, else ./prefect.yaml, else the one shipped with Tasador."""
    named = os.environ.get("TASADOR_PREFECT_YAML")
    local = Path(CONFIG_NAME)
    return (Path(named) if named else local if local.exists() else SHIPPED_CONFIG).resolve()


def work_pools(path: Path) -> list[str]:
    """Return the work pools that the deployments of a prefect.yaml run in.

    Raises:
        UsageError: the file is missing, or is no list of deployments with work pools.
    """
    try:
        return sorted({deployment["work_pool"]["name"] for deployment in _deployments(path)})
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror}): create it or set TASADOR_PREFECT_YAML") from error
    except (yaml.YAMLError, KeyError, TypeError) as error:
        raise UsageError(f"{path} must have deployments, each with a name for its work_pool: {error!r}") from error


def process_pools(client: SyncPrefectClient, path: Path) -> list[str]:
    """Return those of a prefect.yaml's work pools whose runs are processes of a worker's machine, not containers."""
    others = {pool.name for pool in all_of(client.read_work_pools) if pool.type != POOL_TYPE}
    return [pool for pool in work_pools(path) if pool not in others]


@contextmanager
def connected(api_url: str) -> Iterator[SyncPrefectClient]:
    """Connect to a Prefect server, with the credentials that the environment has for it."""
    with temporary_settings({PREFECT_API_URL: api_url}), get_client(sync_client=True) as client:
        yield client


def register(client: SyncPrefectClient, path: Path, folder: Path) -> None:
    """Register work pools, deployments and automations; what was missed while nothing ran is due once.

    What ``path`` has no more is removed, if it was registered so: ``folder`` keeps what was, and what Prefect said.

    Raises:
        TasadorError: Prefect refused a deployment.
    """
    for pool in work_pools(path):
        with suppress(ObjectAlreadyExists):
            client.create_work_pool(WorkPoolCreate(name=pool, type=POOL_TYPE))
    _deploy(path, folder / "logs" / "deploy.log")
    _remove_withdrawn(client, path, folder / "deployments.json")
    register_automations(client)
    _make_up(client)


def _deployments(path: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))["deployments"]
    return found


def _remove_withdrawn(client: SyncPrefectClient, path: Path, record: Path) -> None:
    """Remove what was registered from the file formerly and is in it no more; people may have registered others."""
    wanted = {(each["name"], each["entrypoint"]) for each in _deployments(path)}
    ours = {str(each.id) for each in all_of(client.read_deployments) if (each.name, each.entrypoint) in wanted}
    formerly = set(json.loads(record.read_text(encoding="utf-8"))) if record.exists() else set()
    for withdrawn in formerly - ours:
        with suppress(ObjectNotFound):
            client.delete_deployment(UUID(withdrawn))
    record.write_text(json.dumps(sorted(ours)), encoding="utf-8")


def _deploy(path: Path, log: Path) -> None:
    command = [sys.executable, "-m", "prefect", "--no-prompt", "deploy", "--all", "--prefect-file", str(path)]
    beside_flows = SHIPPED_CONFIG.parent  # whichever file is registered
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=beside_flows)
    if done.returncode:
        raise TasadorError(f"Prefect refused the deployments of {path}, see {log}")


def _make_up(client: SyncPrefectClient) -> None:
    """Put one run, as the file has it now, in place of all that a schedule missed; none where the schedule is off."""
    missed = list(_missed(client))
    late = {run.deployment_id for run in missed}
    for deployment in all_of(client.read_deployments):
        if deployment.id in late and any(schedule.active for schedule in deployment.schedules):
            client.create_flow_run_from_deployment(deployment.id)
    for run in missed:
        with suppress(ObjectNotFound):
            client.delete_flow_run(run.id)


def _missed(client: SyncPrefectClient) -> Iterator[FlowRun]:
    """Yield the runs of schedules that were due and that no worker has taken."""
    scheduled = FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.SCHEDULED])))
    now = datetime.now(UTC)
    for run in all_of(client.read_flow_runs, flow_run_filter=scheduled, sort=FlowRunSort.EXPECTED_START_TIME_ASC):
        if run.auto_scheduled and run.state_name in UNTOUCHED and (run.expected_start_time or now) < now:
            yield run
