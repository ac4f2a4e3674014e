"""What `tasador up` says: which deployments there are, what ran last and what runs next."""

from collections.abc import Sequence
from datetime import datetime

import polars as pl
from prefect.client.orchestration import SyncPrefectClient

from crawler.errors import TasadorError
from flows.operations.registration import connected
from flows.operations.status import DeploymentStatus, await_next_runs, read_deployments, workers_online
from flows.show import print_lines, print_table


def tell_started(api_url: str) -> None:
    """Print what was started: where its page is, and when the deployments run next."""
    with connected(api_url) as client:
        deployments = await_next_runs(client)
    rows = [{"deployment": each.name, "next_run": _next(each)} for each in deployments]
    print_lines([f"Running: {page(api_url)}"])
    print_table(pl.DataFrame(rows), "Next runs, UTC")


def tell_all(client: SyncPrefectClient) -> bool:
    """Print what ran last, what runs next, what failed and why; return whether all is well.

    Raises:
        TasadorError: no server answers.
    """
    if client.api_healthcheck():
        raise TasadorError(f"no Prefect server answers at {page(str(client.api_url))}: start it with `tasador up`")
    deployments, workers = read_deployments(client), workers_online(client)
    print_lines([f"Server  {page(str(client.api_url))}", f"Worker  {', '.join(workers) or 'none answers'}"])
    tell_deployments(deployments)
    return bool(workers) and not any(each.is_failed for each in deployments)


def tell_deployments(deployments: Sequence[DeploymentStatus]) -> None:
    """Print a table of the deployments, and below it why runs failed."""
    rows = [
        {
            "deployment": each.name,
            "last_run": each.state or "",
            "started": _time(each.started_at),
            "took": "" if each.seconds is None else _duration(each.seconds),
            "next_run": _next(each),
        }
        for each in deployments
    ]
    print_table(pl.DataFrame(rows), "Deployments, times in UTC")
    print_lines(
        f"{each.name} failed{f' at {_time(each.failed_at)}' if each.failed_at else ''}: {each.failure}"
        for each in deployments
        if each.failure
    )


def page(api_url: str) -> str:
    """Return the address that a person opens in a browser."""
    return api_url.rstrip("/").removesuffix("/api")


def _next(deployment: DeploymentStatus) -> str:
    return _time(deployment.next_at) or ("not set yet" if deployment.is_scheduled else "")


def _time(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M}" if at else ""


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
