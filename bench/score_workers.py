"""Scoring on one worker and on two: ``python -m bench.score_workers data --market us --rows 1000000``.

The live listings of a copy of the data folder are repeated, as bench.score does, and predicted by an estimator's last
model run: in one and two threads of a process, as by default, and in partitions on local Dask clusters of one and two
workers, a thread each. Prints a JSON line for each: seconds by the clock, without the cluster's start, which stands
beside, rows a second, and a hash of the rows in order. Exit code 1: the rows differ.
"""

import json
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import click
import polars as pl
from distributed import Client, LocalCluster

from bench.score import repeat
from crawler.home import Home
from flows.steps.score import LISTINGS, MADE_OF, PREDICTIONS
from models.estimators import ESTIMATOR_NAMES
from models.model_runs.registry import ModelRun, find_model_runs, open_model_run
from models.predict.batches import predict_file
from models.predict.partitions import predict_partitions
from warehouse.connection import connect
from warehouse.scoring import copy_changed


def in_threads(model_run: ModelRun, files: Path, threads: int) -> dict[str, Any]:
    """Return the line of one process."""
    model_run.members  # noqa: B018  # read before the clock runs, which the line of a cluster counts as its start
    started = time.monotonic()
    predict_file(model_run, files / LISTINGS, files / PREDICTIONS, with_reasons=False, threads=threads)
    return {"threads": threads, "seconds": time.monotonic() - started}


def on_workers(model_run: ModelRun, files: Path, workers: int) -> dict[str, Any]:
    """Return the line of a cluster."""
    begun = time.monotonic()
    with (
        LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address="127.0.0.1:0") as cluster,
        Client(cluster) as client,
    ):
        client.run(_warm, model_run.folder.absolute())
        started = time.monotonic()
        predict_partitions(
            model_run,
            files / LISTINGS,
            files / PREDICTIONS,
            with_reasons=False,
            run_all=lambda work, parts: client.gather(client.map(work, parts, pure=False)),
            exchange=str(files),
        )
        seconds = time.monotonic() - started
        peak = max(client.run(_peak_mb).values())
    return {"workers": workers, "seconds": seconds, "start_seconds": round(started - begun, 1), "worker_peak_mb": peak}


def _warm(folder: Path) -> None:
    from models.predict import partitions

    partitions._opened(folder).members  # noqa: B018


def _peak_mb() -> int:
    import resource

    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


@click.command()
@click.argument("data", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--market", required=True)
@click.option("--rows", type=click.IntRange(1), default=1_000_000, show_default=True)
@click.option("--estimator", type=click.Choice(ESTIMATOR_NAMES), default="ensemble", show_default=True)
def main(data: Path, market: str, rows: int, estimator: str) -> None:
    """Print a line for each way; the data folder itself is left as it is."""
    with tempfile.TemporaryDirectory() as scratch:
        home, files = Home(Path(scratch)), Path(scratch) / "files"
        files.mkdir()
        shutil.copy(data / "warehouse.duckdb", home.warehouse)
        runs = [open_model_run(path) for path in find_model_runs(Home(data).models, market)]
        model_run = next(run for run in reversed(runs) if run.manifest.estimator == estimator)
        repeat(home, market, rows)
        with connect(home) as connection:
            of_run = market, model_run.manifest.model_run_id
            rows = copy_changed(connection, *of_run, MADE_OF, files / LISTINGS, with_reasons=False)
        hashes = set()
        for way, number in ((in_threads, 1), (in_threads, 2), (on_workers, 1), (on_workers, 2)):
            line = way(model_run, files, number)
            found = _ordered_hash(files / PREDICTIONS)
            hashes.add(found)
            seconds = {"seconds": round(line["seconds"], 1), "rows_per_second": round(rows / line["seconds"])}
            print(json.dumps({**line, **seconds, "rows": rows, "hash": f"{found:016x}"}), flush=True)
    sys.exit(len(hashes) != 1)


def _ordered_hash(path: Path) -> int:
    rows = pl.read_parquet(path).with_row_index().hash_rows(seed=0)
    return int(rows.hash().sum())


if __name__ == "__main__":
    main()
