"""The flow of a deployment: what its schedule missed runs once, for an older run stands aside for a newer one."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from prefect import Flow, flow, get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterDeploymentId, FlowRunFilterExpectedStartTime
from prefect.client.schemas.objects import FlowRun, State
from prefect.client.schemas.sorting import FlowRunSort
from prefect.context import FlowRunContext
from prefect.states import Cancelled

P = ParamSpec("P")
R = TypeVar("R")

# The name of the state in which a run ends that stood aside.
SUPERSEDED = "Superseded"


def scheduled_flow(*, timeout_seconds: float) -> Callable[[Callable[P, R]], Flow[P, R | State[Any]]]:
    """Return a decorator that makes a flow of a function: where a newer run is due already, it ends at once.

    The flow has the function's name; one that takes longer than ``timeout_seconds`` is ended and has failed.
    """

    def decorate(function: Callable[P, R]) -> Flow[P, R | State[Any]]:
        @wraps(function)
        def unless_superseded(*args: P.args, **kwargs: P.kwargs) -> R | State[Any]:
            return standing_aside() or function(*args, **kwargs)

        return flow(name=function.__name__, timeout_seconds=timeout_seconds, persist_result=False)(unless_superseded)

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
