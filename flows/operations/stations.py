"""How a station runs as a Prefect task: tried again while another process is at it; its result is never pickled."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from prefect import Task, get_client, task
from prefect.client.schemas.objects import State
from prefect.concurrency.sync import concurrency
from prefect.exceptions import ObjectAlreadyExists
from prefect.runtime import flow_run

from crawler.errors import AwayError, InUseError, TasadorError
from warehouse.ops_runs import part_of

P = ParamSpec("P")
R = TypeVar("R")

HOUR = 3600.0
DAY = 24 * HOUR

# Whoever writes the warehouse holds its file, scoring and training each have a lock: the operating system releases
# them when the process is gone, however it went. What a daily and a weekly run both want is waited for, an hour long.
TRIES_WHILE_WAITING = 60
SECONDS_BETWEEN_TRIES = 60.0

# The slot of a crawl that was killed is free again after so many seconds.
LEASE_SECONDS = 60.0


def is_waited_for(_task: Any, _run: Any, state: State[Any]) -> bool:
    """Return whether a station failed because another process is at it, or the lake's PostgreSQL restarts."""
    return isinstance(state.data, InUseError | AwayError)


def station(
    name: str,
    retries: int = TRIES_WHILE_WAITING,
    retry_delay_seconds: float | list[float] = SECONDS_BETWEEN_TRIES,
    retry_condition_fn: Callable[[Any, Any, State[Any]], bool] = is_waited_for,
) -> Callable[[Callable[P, R]], Task[P, R]]:
    """Return a decorator that makes a task of a station; by default a run waits for what is_waited_for."""
    as_task = task(
        name=name,
        persist_result=False,
        retries=retries,
        retry_delay_seconds=retry_delay_seconds,
        retry_condition_fn=retry_condition_fn,
    )

    def decorate(function: Callable[P, R]) -> Task[P, R]:
        @wraps(function)
        def recorded_as_part(*args: P.args, **kwargs: P.kwargs) -> R:
            with part_of(flow_run.id):  # also on a cluster's worker, whose environment does not name it
                return function(*args, **kwargs)

        return as_task(recorded_as_part)

    return decorate


@contextmanager
def one_at_a_time(name: str) -> Iterator[None]:
    """Hold the only slot of a name for all machines of one Prefect server; wait for it."""
    with get_client(sync_client=True) as client, suppress(ObjectAlreadyExists):  # somebody else made it just now
        client.upsert_global_concurrency_limit_by_name(name, 1)
    # where a lease cannot be renewed, the server is away: the work is not thrown away for that
    with concurrency(name, lease_duration=LEASE_SECONDS, strict=True, raise_on_lease_renewal_failure=False):
        yield


def require_completed(states: Mapping[str, State[Any]]) -> None:
    """Make sure that all tasks of a flow were completed; the keys say what is wrong where one was not.

    Raises:
        TasadorError: one was not.
    """
    failed = [
        f"{problem}: {state.result(raise_on_failure=False)}"
        for problem, state in states.items()
        if not state.is_completed()
    ]
    if failed:
        raise TasadorError("; ".join(failed))
