"""The flow of a deployment: what its schedule missed runs once, and so does a run that was wrongly taken for dead."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from prefect import Flow, flow, get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterDeploymentId, FlowRunFilterExpectedStartTime
from prefect.client.schemas.objects import FlowRun, State
from prefect.client.schemas.sorting import FlowRunSort
from prefect.context import FlowRunContext
from prefect.states import Cancelled, Completed

P = ParamSpec("P")
R = TypeVar("R")

# The name of the state in which a run ends that stood aside.
SUPERSEDED = "Superseded"

# What is said of a run that is started anew because it crashed: flows/operations/automations.py.
STARTED_ANEW = "it crashed, and is started anew"

# The states of a run that a schedule or a person has asked for.
ASKED_FOR = ("Scheduled", "AwaitingRetry")


def scheduled_flow(*, timeout_seconds: float) -> Callable[[Callable[P, R]], Flow[P, R | State[Any]]]:
    """Return a decorator that makes a flow of a function: where a newer run is due already, it ends at once.

    So does a run that had completed. The flow has the function's name; one that takes longer than ``timeout_seconds``
    is ended and has failed.
    """

    def decorate(function: Callable[P, R]) -> Flow[P, R | State[Any]]:
        @wraps(function)
        def unless_superseded(*args: P.args, **kwargs: P.kwargs) -> R | State[Any]:
            return completed_before() or standing_aside() or function(*args, **kwargs)

        # what a flow that failed raised is kept though nothing is to be: so it is no pickle
        return flow(
            name=function.__name__, timeout_seconds=timeout_seconds, persist_result=False, result_serializer="json"
        )(unless_superseded)

    return decorate


def standing_aside() -> State[Any] | None:
    """Return the state in which the present run ends, where a newer one of the same schedule was due by now.

    A server or worker that was away for a week leaves up to seven late runs of a daily deployment. Runs that a person
    started and runs without a server stand aside for none.
    """
    context = FlowRunContext.get()
    run = context.flow_run if context else None
    newer = next(_newer_runs(run), None) if run and run.auto_scheduled else None
    return Cancelled(name=SUPERSEDED, message=f"the run {newer.name} is newer and due") if newer else None


def completed_before() -> State[Any] | None:
    """Return the state in which the present run ends, where it had completed when it was started anew.

    What is silent for long may be alive: a run may complete after it was marked as crashed, and its being started anew
    is under way then. One that a person has asked for again is no such run.
    """
    context = FlowRunContext.get()
    run = context.flow_run if context else None
    if not run or run.run_count < 2:
        return None
    with get_client(sync_client=True) as client:
        states = sorted(client.read_flow_run_states(run.id), key=lambda state: state.timestamp)
    for state in reversed(states):
        if state.is_completed():
            return Completed(message="it had completed before it was started anew")
        if state.name in ASKED_FOR and state.message != STARTED_ANEW:
            return None
    return None


def _newer_runs(run: FlowRun) -> Iterator[FlowRun]:
    """Yield what the same schedule had due between a run and now, but for what was cancelled."""
    with get_client(sync_client=True) as client:
        found = client.read_flow_runs(
            flow_run_filter=FlowRunFilter(
                deployment_id=FlowRunFilterDeploymentId(any_=[run.deployment_id] if run.deployment_id else []),
                expected_start_time=FlowRunFilterExpectedStartTime(after_=run.expected_start_time),
            ),
            sort=FlowRunSort.EXPECTED_START_TIME_ASC,
        )
    due = (other for other in found if other.expected_start_time and other.expected_start_time <= datetime.now(UTC))
    for other in due:
        is_ours = other.auto_scheduled and other.parameters == run.parameters and other.id != run.id
        if is_ours and not (other.state and other.state.is_cancelled()):
            yield other
