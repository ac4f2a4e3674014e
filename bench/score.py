"""Scoring from warehouse to warehouse: ``python -m bench.score data --market us --rows 1000000``.

The live listings of a copy of the data folder are repeated, each as a new car with another mileage, which all members
of a model run price. Prints a JSON line for each estimator's last model run, made in a process of its own: seconds of
each station, rows a second, peak memory, a second scoring with nothing changed, bare predictions on matrices that are
prepared already, and what reasons cost on some of the rows. Exit code 1: more than 60 seconds over bare predictions.
"""

import json
import multiprocessing
import os
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
import pyarrow.parquet as pq
from threadpoolctl import threadpool_limits

from crawler.clock import now
from crawler.home import Home
from flows.steps.score import LISTINGS, MADE_OF, PREDICTIONS
from models.estimators import ESTIMATOR_NAMES
from models.model_runs.registry import ModelRun, find_model_runs, open_model_run
from models.predict.batches import Tally, batches_of, predict_file
from models.prepare.features import build_features
from warehouse.connection import connect
from warehouse.scoring import copy_changed, last_offers_hash, offers_hash
from warehouse.writing import write_predictions, write_promotion

ALLOWED_SECONDS = 60.0
EXPLAINED = 5_000

REPEAT = """
create or replace table listings as
select * replace (
    listing_id || '-' || copy as listing_id,
    listing_id || '-' || copy as vehicle_id,
    null as vin,
    round(mileage * (0.9 + 0.2 * random())) as mileage
)
from listings, range($copies) as copies(copy)
where market = $market and status = 'live'
limit $rows
"""


def measure(home: Home, model_run: ModelRun) -> dict[str, Any]:
    """Return the figures of one line."""
    market, model_run_id = model_run.manifest.market, model_run.manifest.model_run_id
    seconds: dict[str, float] = {}
    files = home.root / "bench"
    files.mkdir()
    of_run = market, model_run_id
    with _timed(seconds, "read"), connect(home) as connection:
        write_promotion(connection, *of_run, "bench", now() + timedelta(minutes=1))
        rows = copy_changed(connection, *of_run, MADE_OF, files / LISTINGS, with_reasons=False)
    with _timed(seconds, "predict"):
        predict_file(model_run, files / LISTINGS, files / PREDICTIONS, with_reasons=False)
    with _timed(seconds, "write"), connect(home) as connection:
        found = offers_hash(connection, market)
        write_predictions(connection, files / PREDICTIONS, model_run_id, now(), offers_hash=found)
    with _timed(seconds, "again"), connect(home) as connection:
        left = copy_changed(connection, *of_run, MADE_OF, files / "again.parquet", with_reasons=False)
        assert left == 0 and offers_hash(connection, market) == last_offers_hash(connection, *of_run)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    bare = _bare_seconds(model_run, files / LISTINGS)
    whole = sum(seconds[station] for station in ("read", "predict", "write"))
    explained = _explained_seconds(model_run, files, min(EXPLAINED, rows))
    shutil.rmtree(files)
    return {
        "estimator": model_run.manifest.estimator,
        "rows": rows,
        "members": len(model_run.members),
        **{f"{station}_seconds": round(value, 1) for station, value in seconds.items()},
        "whole_seconds": round(whole, 1),
        "bare_seconds": round(bare, 1),
        "rows_per_second": round(rows / whole),
        "peak_mb": round(peak),
        "reasons_per_second": round(min(EXPLAINED, rows) / explained),
    }


def _bare_seconds(model_run: ModelRun, listings: Path) -> float:
    """Return how long the members' estimators take on matrices that are there, in as many threads as scoring has."""
    cores, seconds = len(os.sched_getaffinity(0)), 0.0
    estimators = [part for member in model_run.members for part in getattr(member, "parts", [member])]
    with threadpool_limits(1, "blas"), ThreadPoolExecutor(cores) as threads:
        for batch in batches_of(listings):
            features = build_features(batch)
            for part in estimators:
                matrix = part.preparation.prepare(features).matrix
                shares = [matrix[start::cores] for start in range(cores)]
                seconds += _seconds(lambda part=part, shares=shares: list(threads.map(part.fitted.predict, shares)))
    return seconds


def _explained_seconds(model_run: ModelRun, files: Path, rows: int) -> float:
    some = files / "some.parquet"
    pq.write_table(pq.ParquetFile(files / LISTINGS).read_row_group(0).slice(0, rows), some)
    return _seconds(lambda: predict_file(model_run, some, files / "explained.parquet", with_reasons=True))


@contextmanager
def _timed(seconds: dict[str, float], station: str) -> Iterator[None]:
    started = time.monotonic()
    yield
    seconds[station] = time.monotonic() - started


def _seconds(work: Callable[[], Tally | list[Any]]) -> float:
    started = time.monotonic()
    work()
    return time.monotonic() - started


def _measure_apart(root: Path, folder: Path) -> dict[str, Any]:
    return measure(Home(root), open_model_run(folder))


@click.command()
@click.argument("data", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--market", required=True)
@click.option("--rows", type=click.IntRange(1), default=1_000_000, show_default=True)
@click.option("--estimator", "estimators", multiple=True, type=click.Choice(ESTIMATOR_NAMES), default=ESTIMATOR_NAMES)
def main(data: Path, market: str, rows: int, estimators: tuple[str, ...]) -> None:
    """Print a line for each estimator; the data folder itself is left as it is."""
    holds = True
    with tempfile.TemporaryDirectory() as scratch:
        home = Home(Path(scratch))
        shutil.copy(data / "warehouse.duckdb", home.warehouse)
        last = {open_model_run(path).manifest.estimator: path for path in find_model_runs(Home(data).models, market)}
        with connect(home) as connection:
            counted = "select count(*) from listings where market = ? and status = 'live'"
            (live,) = connection.execute(counted, [market]).fetchone() or (0,)
            connection.execute(REPEAT, {"copies": -(-rows // live), "market": market, "rows": rows})
        for estimator in (name for name in estimators if name in last):
            with multiprocessing.get_context("spawn").Pool(1) as apart:
                line = apart.apply(_measure_apart, (home.root, last[estimator]))
            holds &= line["whole_seconds"] <= line["bare_seconds"] + ALLOWED_SECONDS
            print(json.dumps(line), flush=True)
    sys.exit(not holds)


if __name__ == "__main__":
    main()
