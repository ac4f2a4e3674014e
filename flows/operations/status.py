"""What a Prefect server knows of the deployments: what ran last, what runs next, what failed and why."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterId,
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, StateType, WorkerStatus
from prefect.client.schemas.responses import DeploymentResponse
from prefect.client.schemas.sorting import FlowRunSort

from flows.operations.paging import all_of

BEGUN = [kind for kind in StateType if kind is not StateType.SCHEDULED]
FAILED = [StateType.FAILED, StateType.CRASHED]


NEXT_RUN_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class DeploymentStatus:
    """One deployment: how its last run went, when the next is due, and why the last that failed did."""

    name: str
    state: str | None
    started_at: datetime | None
    seconds: float | None
    is_scheduled: bool
    next_at: datetime | None
    failed_at: datetime | None
    failure: str | None

    @property
    def is_failed(self) -> bool:
        """Whether the last run is the one that failed."""
        return self.failed_at is not None and self.failed_at == self.started_at


def read_deployments(client: SyncPrefectClient) -> list[DeploymentStatus]:
    """Return every deployment's status, by name."""
    return sorted((_status(client, each) for each in all_of(client.read_deployments)), key=lambda status: status.name)


def await_next_runs(client: SyncPrefectClient) -> list[DeploymentStatus]:
    """Return every deployment's status when the server has set the next runs, as it does a while after a start."""
    deadline = time.monotonic() + NEXT_RUN_SECONDS
    while True:
        found = read_deployments(client)
        if all(each.next_at for each in found if each.is_scheduled) or time.monotonic() > deadline:
            return found
        time.sleep(1)


def workers_online(client: SyncPrefectClient) -> list[str]:
    """Return the names of the workers that the server has heard of lately."""
    pools = [pool.name for pool in all_of(client.read_work_pools)]
    workers = [worker for pool in pools for worker in all_of(client.read_workers_for_work_pool, work_pool_name=pool)]
    return sorted(worker.name for worker in workers if worker.status is WorkerStatus.ONLINE)


def _status(client: SyncPrefectClient, deployment: DeploymentResponse) -> DeploymentStatus:
    last = _one_run(client, deployment, BEGUN, FlowRunSort.START_TIME_DESC)
    following = _one_run(client, deployment, [StateType.SCHEDULED], FlowRunSort.EXPECTED_START_TIME_ASC)
    failed = _one_run(client, deployment, FAILED, FlowRunSort.START_TIME_DESC)
    return DeploymentStatus(
        name=deployment.name,
        state=last.state_name if last else None,
        started_at=last.start_time if last else None,
        seconds=last.total_run_time.total_seconds() if last else None,
        is_scheduled=any(schedule.active for schedule in deployment.schedules),
        next_at=following.expected_start_time if following else None,
        failed_at=failed.start_time if failed else None,
        failure=failed.state.message if failed and failed.state else None,
    )


def _one_run(
    client: SyncPrefectClient, deployment: DeploymentResponse, kinds: Sequence[StateType], sort: FlowRunSort
) -> FlowRun | None:
    """Return the first run of a deployment in a state of some kinds."""
    found = client.read_flow_runs(
        deployment_filter=DeploymentFilter(id=DeploymentFilterId(any_=[deployment.id])),
        flow_run_filter=FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=list(kinds)))),
        sort=sort,
        limit=1,
    )
    return found[0] if found else None
