"""Stations on other machines: a flow begins runs of their deployments, which any worker may take, and awaits them."""

import time
from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from prefect import get_client
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.filters import FlowFilter, FlowFilterName
from prefect.client.schemas.objects import FlowRun, State
from prefect.context import FlowRunContext
from prefect.deployments import run_deployment
from prefect.exceptions import ObjectNotFound
from prefect.states import Failed

from flows.operations.paging import all_of

SECONDS_BETWEEN_LOOKS = 2.0

# A run that crashed is due again within seconds, twice: flows/operations/automations.py.
PICKED_UP_WITHIN = timedelta(minutes=1)


def deployments_by(flow: str, parameter: str) -> dict[Any, list[str]]:
    """Return the names of a flow's deployments by what they have for a parameter; those of parts of a site share it."""
    of_flow = FlowFilter(name=FlowFilterName(any_=[flow]))
    found: dict[Any, list[str]] = defaultdict(list)
    with get_client(sync_client=True) as client:
        for deployment in all_of(client.read_deployments, flow_filter=of_flow):
            found[deployment.parameters.get(parameter)].append(deployment.name)
    return found


def run_apart(deployments: Mapping[str, str]) -> dict[str, State[Any]]:
    """Run deployments, each ``<flow>/<deployment>``, as parts of the present flow run; return by key how each ended.

    As many run side by side as there are workers for. One that is not registered has failed. A flow run that is begun
    anew awaits what it had begun before it died, and begins none of it twice.
    """
    begun = {key: _begin(deployment) for key, deployment in deployments.items()}
    with get_client(sync_client=True) as client:
        return {key: _end(client, run) if isinstance(run, FlowRun) else run for key, run in begun.items()}


def _begin(deployment: str) -> FlowRun | State[Any]:
    context = FlowRunContext.get()
    assert context and context.flow_run, "only a flow has parts"
    try:
        run = run_deployment(deployment, timeout=0, idempotency_key=f"{context.flow_run.id} {deployment}")
    except ObjectNotFound:
        return Failed(message=f"prefect.yaml must have a deployment {deployment.rpartition('/')[2]}, and it has none")
    assert isinstance(run, FlowRun), "no coroutine: our flows are not asynchronous"
    return run


def _end(client: SyncPrefectClient, run: FlowRun) -> State[Any]:
    while True:
        with suppress(httpx.TransportError):  # the server may be starting again
            state = client.read_flow_run(run.id).state
            if state and has_ended(state):
                return state.model_copy(update={"data": None})  # where it is kept only that run's machine may know
        time.sleep(SECONDS_BETWEEN_LOOKS)


def has_ended(state: State[Any]) -> bool:
    """Return whether a run has ended for good: one that has just crashed may be picked up."""
    return state.is_final() and not (state.is_crashed() and state.timestamp > datetime.now(UTC) - PICKED_UP_WITHIN)
