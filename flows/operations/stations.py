"""How a station runs as a Prefect task: tried again while another process is at it, and never pickled."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, ParamSpec, TypeVar

from prefect import Task, get_client, task
from prefect.client.schemas.objects import State
from prefect.concurrency.sync import concurrency
from prefect.exceptions import ObjectAlreadyExists

from crawler.errors import InUseError, TasadorError

P = ParamSpec("P")
R = TypeVar("R")

HOUR = 3600.0
DAY = 24 * HOUR

# Whoever writes the warehouse holds its file, scoring and training each have a lock: the operating system releases
# them when the process is gone, however it went. What a daily and a weekly run both want is waited for, an hour long.
TRIES_WHILE_IN_USE = 60
SECONDS_BETWEEN_TRIES = 60.0

# The slot of a crawl that was killed is free again after so many seconds.
LEASE_SECONDS = 60.0


def station(name: str) -> Callable[[Callable[P, R]], Task[P, R]]:
    """Return a decorator that makes a task of a station; a run waits while another process is at it."""
    return task(
        name=name,
        persist_result=False,
        retries=TRIES_WHILE_IN_USE,
        retry_delay_seconds=SECONDS_BETWEEN_TRIES,
        retry_condition_fn=is_in_use,
    )


def is_in_use(_task: Any, _run: Any, state: State[Any]) -> bool:
    """Return whether a station failed because another process is at it."""
    return isinstance(state.data, InUseError)


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
