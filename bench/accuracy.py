"""What every estimator and the ensemble are worth on real tables, beside what others reach on the same rows.

``python -m bench.accuracy [TABLE...] [--seeds 5] [--estimator NAME...]`` imports the raw columns of each table of
../shared/data into a data folder that is thrown away, trains as `tasador retrain` does and prints JSON lines as they
come: one per seed and estimator, then mean and spread over the seeds, then each limit. Exit code 1: a limit is broken.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from bench.peers import METRICS, limits
from bench.real_tables import REAL_TABLES, RealTable, freeze_by_rule
from models.estimators import ESTIMATOR_NAMES, KNOWN_NAMES, STUDY_RECIPE
from models.evaluate.holdout import read_split
from models.gate.verdict import choose_challenger
from models.model_runs.registry import ModelRun, open_model_run
from models.predict.prediction import predict
from models.train.training import train

PREDICTED_ROWS = 20_000  # as many listings are priced, the held-out ones again and again, to measure the speed


def measure(table: RealTable, seeds: Sequence[int], estimators: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield the lines of one table."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        snapshot, market = freeze_by_rule(table, folder)
        lines = []
        for seed in seeds:
            for line in _seed_lines(snapshot, market, folder / f"models_{seed}", seed, estimators):
                lines.append({"table": table.name} | line)
                yield lines[-1]
    summaries = [_summary(lines, name) for name in (*estimators, "champion") if _of(lines, name)]
    yield from summaries
    yield from limits(table.name, {line["estimator"]: line for line in summaries})


def _seed_lines(
    snapshot: Path, market: str, models: Path, seed: int, estimators: Sequence[str]
) -> Iterator[dict[str, Any]]:
    """Train once with all estimators; yield a line for each, and one for the champion: what would go live.

    The study group's recipe, which no retraining trains, comes apart and after the clock has stopped.
    """
    began = time.monotonic()
    rivals = [name for name in estimators if name != STUDY_RECIPE]
    results = train(snapshot, market, models, estimators=rivals, seed=seed) if rivals else []
    seconds = round(time.monotonic() - began, 1)
    if STUDY_RECIPE in estimators:
        results += train(snapshot, market, models, estimators=[STUDY_RECIPE], seed=seed)
    for result in results:
        if result.failure:
            yield {"seed": seed, "estimator": result.estimator, "failure": result.failure}
    model_runs = [open_model_run(result.folder) for result in results if result.folder]
    _, holdout = read_split(snapshot, market)
    measured = {run.manifest.estimator: _measured(run, holdout) for run in model_runs}
    for name, figures in measured.items():
        yield {"seed": seed, "estimator": name} | figures
    candidates = [run for run in model_runs if run.manifest.estimator != STUDY_RECIPE]
    if not candidates:
        return
    chosen = choose_challenger(candidates).manifest.estimator
    # What a champion costs is the training of all: it is chosen among them.
    yield {"seed": seed, "estimator": "champion", "chosen": chosen} | measured[chosen] | {"training_seconds": seconds}


def _measured(model_run: ModelRun, holdout: pl.DataFrame) -> dict[str, Any]:
    manifest = model_run.manifest
    return {
        "holdout_rows": manifest.holdout_rows,
        **{name: getattr(manifest.holdout, name) for name in METRICS},
        "coverage": manifest.holdout_coverage,
        "out_of_fold_log_mae": manifest.out_of_fold.log_mae,
        "training_seconds": manifest.seconds,
        "predicted_rows_per_second": _rows_per_second(model_run, holdout),
        "disk_mb": round(sum(file["bytes"] for file in manifest.files.values()) / 1e6, 1),
    }


def _rows_per_second(model_run: ModelRun, holdout: pl.DataFrame) -> int:
    """Price new cars, by all members; reading the members and their frameworks' start are left out."""
    rows = pl.concat([holdout] * -(-PREDICTED_ROWS // holdout.height)).head(PREDICTED_ROWS)
    predict(model_run, holdout.head(100))
    began = time.monotonic()
    predict(model_run, rows)
    return round(rows.height / (time.monotonic() - began))


def _of(lines: Sequence[dict[str, Any]], estimator: str) -> list[dict[str, Any]]:
    return [line for line in lines if line["estimator"] == estimator and "failure" not in line]


def _summary(lines: Sequence[dict[str, Any]], estimator: str) -> dict[str, Any]:
    """Return the mean of each figure over the seeds, and of the metrics the standard deviation too."""
    mine = _of(lines, estimator)
    figures = [name for name, value in mine[0].items() if isinstance(value, (int, float)) and name != "seed"]
    means = {name: float(np.mean([line[name] for line in mine])) for name in figures}
    spread = {name: statistics.stdev(line[name] for line in mine) if len(mine) > 1 else None for name in METRICS}
    return {"table": mine[0]["table"], "estimator": estimator, "seeds": len(mine), **means, "spread": spread}


def main() -> int:
    """Measure what the arguments ask for, print each line as it comes, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.accuracy", description=__doc__)
    parser.add_argument("tables", nargs="*", default=list(REAL_TABLES), metavar="TABLE", help=", ".join(REAL_TABLES))
    parser.add_argument("--seeds", type=int, default=5, help="how many trainings, each with another seed")
    parser.add_argument("--estimator", action="append", choices=KNOWN_NAMES, help="only this one; repeatable")
    asked = parser.parse_args()
    if unknown := sorted(set(asked.tables) - set(REAL_TABLES)):
        parser.error(f"TABLE must be one of {', '.join(REAL_TABLES)}, got {unknown[0]!r}")
    holds = True
    for name in asked.tables:
        # The group's recipe has a limit on the main input alone.
        usual = KNOWN_NAMES if name == "cars_com_dealers" else ESTIMATOR_NAMES
        for line in measure(REAL_TABLES[name], range(asked.seeds), asked.estimator or usual):
            print(json.dumps(line), flush=True)
            holds = holds and line.get("holds", True)
    return int(not holds)


if __name__ == "__main__":
    sys.exit(main())
