"""Runs whose process is gone begin anew: those that `tasador up` ended, and those whose worker died as they began.

A run that died later is known by its heartbeats: flows/operations/automations.py.
"""

from collections.abc import Collection, Iterable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
    WorkPoolFilter,
    WorkPoolFilterName,
    WorkQueueFilter,
    WorkQueueFilterName,
)
from prefect.client.schemas.objects import StateType
from prefect.exceptions import ObjectNotFound
from prefect.states import AwaitingRetry, Crashed

from flows.operations.paging import all_of

# A run begins ten seconds after it was taken; an overloaded machine needs a minute.
LONGEST_BEGINNING = timedelta(minutes=5)


def begin_anew(client: SyncPrefectClient, flow_run_ids: Iterable[str], why: str) -> None:
    """Have runs begin again: they are due now, for the next worker. Those that have ended stay as they are."""
    for flow_run_id in flow_run_ids:
        with suppress(ObjectNotFound):  # somebody deleted it
            _begin_anew(client, UUID(flow_run_id), why)


def stillborn(
    client: SyncPrefectClient, pools: Collection[str], queues: Collection[str], alive: Collection[str]
) -> set[str]:
    """Return the runs of work pools that a worker took long ago and that never began.

    Only what came by the named ``queues``; by all of them where none is named. Those ``alive`` have a process here.
    Prefect does not say which worker took a run: where machines share a queue, any of them speaks for all, and so for
    one that never comes back.
    """
    runs = all_of(
        client.read_flow_runs,
        flow_run_filter=FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.PENDING]))),
        work_pool_filter=WorkPoolFilter(name=WorkPoolFilterName(any_=list(pools))),
        work_queue_filter=WorkQueueFilter(name=WorkQueueFilterName(any_=list(queues))) if queues else None,
    )
    long_ago = datetime.now(UTC) - LONGEST_BEGINNING
    return {str(run.id) for run in runs if run.state and run.state.timestamp < long_ago} - set(alive)


def _begin_anew(client: SyncPrefectClient, flow_run_id: UUID, why: str) -> None:
    state = client.read_flow_run(flow_run_id).state
    if state and not state.is_final():  # it was ended by force, and had no time to say so
        state = client.set_flow_run_state(flow_run_id, Crashed(message=why)).state
    if state and state.is_crashed():
        client.set_flow_run_state(flow_run_id, AwaitingRetry(message=why))
