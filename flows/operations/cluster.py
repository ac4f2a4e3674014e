"""Work spread over several processes or machines by Dask, where $TASADOR_CLUSTER says so; no engine of our own.

It is ``local`` (a worker per core of this machine), ``local:2``, or a scheduler's address as ``tcp://host:8786``.
"""

import logging
import os
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
from prefect import Task, task
from prefect.client.schemas.objects import State
from prefect.states import Failed

from crawler.errors import TasadorError, UsageError
from crawler.home import Home
from flows.operations.artifacts import progress
from models.model_runs.registry import ModelRun
from models.predict.batches import Tally, predict_file
from models.predict.partitions import Partition, predict_partitions

if TYPE_CHECKING:
    from prefect_dask.task_runners import DaskTaskRunner, PrefectDaskFuture

# A partition is predicted anew where its worker died, which Dask sees to, or the store did not answer.
RETRIES, SECONDS_BETWEEN = 2, 10.0


def predict_anywhere(model_run: ModelRun, listings: Path, predictions: Path, *, with_reasons: bool) -> Tally:
    """Do what ``predict_file`` does: in threads of this process, or by the cluster where there is one.

    A cluster's files go through $TASADOR_CLUSTER_FILES, a folder or an fsspec URL that all its workers reach, else
    through the folder of ``listings``.
    """
    address = cluster()
    market, rows = model_run.manifest.market, pl.scan_parquet(listings).select(pl.len()).collect().item()
    with progress(f"scoring-{market}", f"Scoring {rows:,} listings of {market}") as update:

        def on_rows(done: int) -> None:
            update(done / max(rows, 1), f"{done:,}")

        if not address:
            return predict_file(model_run, listings, predictions, with_reasons=with_reasons, on_rows=on_rows)
        return predict_partitions(
            model_run,
            listings,
            predictions,
            with_reasons=with_reasons,
            run_all=lambda work, parts: run_partitions(address, work, parts),
            exchange=os.environ.get("TASADOR_CLUSTER_FILES") or str(listings.parent),
            on_rows=on_rows,
        )


def run_partitions(
    address: str, work: Callable[[Partition], Tally], partitions: Sequence[Partition]
) -> Iterator[Tally]:
    """Do the work as Prefect tasks of the present flow run, on the workers of a cluster, and yield what each gave."""
    as_task = task(name="score-partition", persist_result=False, retries=RETRIES, retry_delay_seconds=SECONDS_BETWEEN)
    each = as_task(work)
    with _runner(address) as runner:
        futures = [runner.submit(each, {"partition": partition}) for partition in partitions]
        for future in futures:
            yield future.result()


def each_market(station: Task[[Home, str], None], data: Home, markets: Sequence[str]) -> dict[str, State[None]]:
    """Run a station for each market and return how each ended, on the machines of a cluster where there are several.

    One after another here: a training has processes for all cores.
    """
    address = cluster()
    if "://" not in address:
        return {market: station(data, market, return_state=True) for market in markets}
    with _runner(address) as runner:
        futures = {market: runner.submit(station, {"data": data, "market": market}) for market in markets}
        return {market: _end(future) for market, future in futures.items()}


def _end(future: "PrefectDaskFuture[None]") -> State[None]:
    """Wait for a task and return how it ended; Prefect was told nothing of one that Dask gave up."""
    try:
        future.result(raise_on_failure=False)
    except Exception as error:  # not the task's own, which is in its state
        words = " ".join(str(error).split())
        return Failed(message=f"Dask gave it up: {words}")
    return future.state


def cluster() -> str:
    """Return $TASADOR_CLUSTER, empty where there is no cluster.

    Raises:
        UsageError: it is neither ``local``, ``local:<workers>`` nor an address.
    """
    address = os.environ.get("TASADOR_CLUSTER", "")
    if not re.fullmatch(r"|local(:[1-9]\d*)?|(tcp|tls)://\S+", address):
        raise UsageError(f"TASADOR_CLUSTER must be local, local:2 or an address as tcp://host:8786, got {address!r}")
    return address


def _runner(address: str) -> "DaskTaskRunner":
    try:
        from prefect_dask.task_runners import DaskTaskRunner
    except ImportError as error:
        raise TasadorError(f"TASADOR_CLUSTER takes Dask: pip install 'tasador[cluster]' ({error})") from error
    logging.getLogger("distributed").setLevel(logging.WARNING)
    if "://" in address:
        return DaskTaskRunner(address=address)
    workers = int(address.partition(":")[2] or len(os.sched_getaffinity(0)))
    # Port 0: the next run's cluster may start before this one's page is gone.
    local = {"n_workers": workers, "threads_per_worker": 1, "dashboard_address": "127.0.0.1:0"}
    return DaskTaskRunner(cluster_kwargs=local)
