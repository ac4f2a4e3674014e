"""Scoring from warehouse to warehouse: ``python -m bench.score data --market us --rows 1000000``.

The live listings of a copy of the data folder are repeated, each as a new car with another mileage, which all members
of a model run price. Prints a JSON line for each estimator's last model run, made in a process of its own: seconds of
each station by the clock and of CPU, rows a second, peak memory, bare predictions on matrices that are prepared
already, publishing, a second scoring with nothing changed, and what reasons cost on some of the rows. ``--rest`` adds
a line of what scoring does that is the same whoever predicts. Exit code 1: a broken limit.
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
from itertools import islice
from pathlib import Path
from typing import Any

import click
import numpy as np
import pyarrow.parquet as pq
from threadpoolctl import threadpool_limits

from crawler.clock import now
from crawler.home import Home
from flows.steps.contradictions import find_contradictions
from flows.steps.publish import publish
from flows.steps.score import LISTINGS, MADE_OF, PREDICTIONS, record_drift, score
from models.estimators import ESTIMATOR_NAMES
from models.model_runs.registry import ModelRun, find_model_runs, open_model_run
from models.predict.batches import batches_of, find_comparables, predict_file
from models.prepare.features import build_features
from warehouse.connection import connect
from warehouse.scoring import copy_changed, offers_hash, write_offers
from warehouse.writing import write_predictions, write_promotion

# Over bare predictions, and of a scoring that finds nothing changed.
ALLOWED_SECONDS, AGAIN_SECONDS = 60.0, 5.0
STATIONS = ("read", "drift", "predict", "write")
EXPLAINED = 5_000
BARE_EVERY = 5

REPEAT = """
create or replace table listings as
select listings.* replace (
    listing_id || '-' || copy as listing_id,
    listing_id || '-' || copy as vehicle_id,
    null as vin,
    round(mileage * (0.9 + 0.2 * random())) as mileage
)
from listings, range($copies) as copies(copy)
where market = $market and status = 'live'
limit $rows
"""


class Stopwatch:
    """Adds up, by station, seconds by the clock and of this process's CPU."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.cpu_seconds: dict[str, float] = {}

    @contextmanager
    def at(self, station: str) -> Iterator[None]:
        """Time what is done inside."""
        started, cpu_started = time.monotonic(), time.process_time()
        yield
        self.seconds[station] = self.seconds.get(station, 0.0) + time.monotonic() - started
        self.cpu_seconds[station] = self.cpu_seconds.get(station, 0.0) + time.process_time() - cpu_started

    def scale(self, station: str, factor: float) -> None:
        """Let what was timed of a share of the rows stand for all."""
        self.seconds[station] *= factor
        self.cpu_seconds[station] *= factor

    def told(self) -> dict[str, dict[str, float]]:
        """Return all seconds, rounded."""
        rounded = [{name: round(value, 1) for name, value in d.items()} for d in (self.seconds, self.cpu_seconds)]
        return dict(zip(("seconds", "cpu_seconds"), rounded, strict=True))


def measure(home: Home, model_run: ModelRun) -> dict[str, Any]:
    """Return the figures of one line."""
    watch, files = Stopwatch(), home.root / "bench"
    files.mkdir()
    rows = _score(home, model_run, files, watch)
    peak = _peak_mb()
    _predict_bare(model_run, files / LISTINGS, watch)
    with watch.at("publish"):
        publish(home)
    with watch.at("again"):
        again = score(home, [model_run.manifest.market], anyway=True, with_reasons=False)
    assert [scored and scored.is_new for scored in again.values()] == [False]
    explained = min(EXPLAINED, rows)
    with watch.at("reasons"):
        _explain(model_run, files, explained)
    shutil.rmtree(files)
    whole, cpu = (sum(seconds[station] for station in STATIONS) for seconds in (watch.seconds, watch.cpu_seconds))
    return {
        "estimator": model_run.manifest.estimator,
        "rows": rows,
        "members": len(model_run.members),
        **watch.told(),
        "whole_seconds": round(whole, 1),
        "over_bare_seconds": round(whole - watch.seconds["bare"], 1),
        "over_bare_cpu_seconds": round(cpu - watch.cpu_seconds["bare"], 1),
        "rows_per_second": round(rows / whole),
        "peak_mb": peak,
        "reasons_per_second": round(explained / watch.seconds["reasons"]),
    }


def _score(home: Home, model_run: ModelRun, files: Path, watch: Stopwatch) -> int:
    """Do what a scoring does but for comparables, contradictions and publishing; return the number of listings."""
    market, model_run_id = of_run = model_run.manifest.market, model_run.manifest.model_run_id
    with connect(home) as connection:
        write_promotion(connection, *of_run, "bench", now() + timedelta(minutes=1))
    with watch.at("read"), connect(home) as connection:
        rows = copy_changed(connection, *of_run, MADE_OF, files / LISTINGS, with_reasons=False)
        found = offers_hash(connection, market)
    with watch.at("drift"):
        record_drift(home, model_run)
    with watch.at("predict"):
        predict_file(model_run, files / LISTINGS, files / PREDICTIONS, with_reasons=False)
    with watch.at("write"), connect(home) as connection:
        write_predictions(connection, files / PREDICTIONS, model_run_id, now(), offers_hash=found)
    return rows


def _predict_bare(model_run: ModelRun, listings: Path, watch: Stopwatch) -> None:
    """Time the members' estimators alone on matrices that are there, in as many threads as scoring has.

    Of BARE_EVERY batches one is predicted, and counts for all.
    """
    cores, seen = len(os.sched_getaffinity(0)), 0
    parts = [part for member in model_run.members for part in getattr(member, "parts", [member])]
    with threadpool_limits(1, "blas"), ThreadPoolExecutor(cores) as threads:
        for batch in islice(batches_of(listings), 0, None, BARE_EVERY):
            seen += batch.height
            features = build_features(batch)
            for part in parts:
                shares = np.array_split(part.preparation.prepare(features).matrix, cores)
                with watch.at("bare"):
                    list(threads.map(part.fitted.predict, shares))
    watch.scale("bare", pq.read_metadata(listings).num_rows / seen)


def _explain(model_run: ModelRun, files: Path, rows: int) -> None:
    some = files / "some.parquet"
    pq.write_table(pq.ParquetFile(files / LISTINGS).read_row_group(0).slice(0, rows), some)
    predict_file(model_run, some, files / "explained.parquet", with_reasons=True)


def measure_rest(home: Home, market: str) -> dict[str, Any]:
    """Return the figures of the line on comparables and contradictions."""
    watch, files = Stopwatch(), home.root / "rest"
    files.mkdir()
    with watch.at("comparables"):
        with connect(home) as connection:
            offers = write_offers(connection, market, files)
        find_comparables(offers, files / "comparables.parquet")
    with watch.at("contradictions"):
        find_contradictions(home, market, files)
    shutil.rmtree(files)
    return {**watch.told(), "peak_mb": _peak_mb()}


def _peak_mb() -> int:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def _apart(work: Callable[..., dict[str, Any]], *arguments: Any) -> dict[str, Any]:
    """Do it in a process of its own, whose peak memory is its own."""
    with multiprocessing.get_context("spawn").Pool(1) as process:
        line = process.apply(work, arguments)
    print(json.dumps(line), flush=True)
    return line


def _measure_folder(root: Path, folder: Path) -> dict[str, Any]:
    return measure(Home(root), open_model_run(folder))


def repeat(home: Home, market: str, rows: int) -> None:
    """Make so many listings of a market's live ones, each as a new car."""
    with connect(home) as connection:
        counted = "select count(*) from listings where market = ? and status = 'live'"
        (live,) = connection.execute(counted, [market]).fetchone() or (0,)
        connection.execute(REPEAT, {"copies": -(-rows // live), "market": market, "rows": rows})


@click.command()
@click.argument("data", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--market", required=True)
@click.option("--rows", type=click.IntRange(1), default=1_000_000, show_default=True)
@click.option("--estimator", "estimators", multiple=True, type=click.Choice(ESTIMATOR_NAMES), default=ESTIMATOR_NAMES)
@click.option("--rest", is_flag=True, help="Also time comparables and contradictions, which takes many minutes.")
def main(data: Path, market: str, rows: int, estimators: tuple[str, ...], rest: bool) -> None:
    """Print a line for each estimator; the data folder itself is left as it is."""
    holds = True
    with tempfile.TemporaryDirectory() as scratch:
        home = Home(Path(scratch))
        shutil.copy(data / "warehouse.duckdb", home.warehouse)
        home.models.symlink_to(Home(data).models.resolve())
        last = {open_model_run(path).manifest.estimator: path for path in find_model_runs(home.models, market)}
        repeat(home, market, rows)
        for estimator in (name for name in estimators if name in last):
            line = _apart(_measure_folder, home.root, last[estimator])
            holds &= line["over_bare_seconds"] <= ALLOWED_SECONDS and line["seconds"]["again"] <= AGAIN_SECONDS
        if rest:
            _apart(measure_rest, home, market)
    sys.exit(not holds)


if __name__ == "__main__":
    main()
