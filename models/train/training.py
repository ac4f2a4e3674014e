"""Training all estimators, each in a process of its own: started afresh, because a fork after a framework hangs.

The child is ``python -m models.train.worker``, not multiprocessing's spawn: it re-imports nobody's ``__main__``, so
that it works alike from the command line, a notebook, pytest and a Prefect worker, and a child that dies takes nobody
along.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from crawler.errors import TasadorError, UsageError
from models.estimators import ENSEMBLE, ESTIMATOR_NAMES, KNOWN_NAMES, LEARNER_NAMES, STUDY_RECIPE
from models.evaluate.holdout import read_split
from models.train.recipe import Recipe

# Below this there is nothing to learn from; at 0.80 a range alone takes nine residuals.
MINIMUM_ROWS = 20
# Below this only the baseline is trained: the others would learn the noise.
MINIMUM_ROWS_TO_LEARN = 200

# The long jobs start first, so that no processor waits for one of them at the end.
SLOWEST_FIRST = (STUDY_RECIPE, "keras_network", "torch_network", "boosting", "forest", "baseline")

# estimator, members done, of how many; called from one thread of ours per running estimator
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class TrainedRun:
    """What came of one estimator: the folder of its model run, or in one line why there is none."""

    estimator: str
    folder: Path | None = None
    failure: str | None = None


def train(
    snapshot: Path,
    market: str,
    folder: Path,
    *,
    estimators: Sequence[str] = ESTIMATOR_NAMES,
    params: Mapping[str, Mapping[str, Any]] | None = None,
    folds: int = 5,
    seed: int = 0,
    on_progress: Progress | None = None,
) -> list[TrainedRun]:
    """Train ``estimators`` on a market of a snapshot (Parquet) and return one result each, in their order.

    Model runs go to ``folder``/``market``. As many are trained at a time as there are processors to share; the
    ensemble comes last, over those that were trained. A market with fewer than MINIMUM_ROWS_TO_LEARN training rows
    gets the baseline alone; the other results say so. One that fails does not stop the others. ``params`` are, by
    estimator, arguments of its class over the defaults, as tuning found them.

    Raises:
        UsageError: an estimator is unknown.
        TasadorError: the snapshot cannot be read, or the market has fewer than MINIMUM_ROWS training rows or no
            held-out row.
    """
    unknown = sorted(set(estimators) - set(KNOWN_NAMES))
    if unknown:
        raise UsageError(f"estimator must be one of {', '.join(KNOWN_NAMES)}, got {unknown[0]!r}")
    rows = _training_rows(snapshot, market)
    learners = (*LEARNER_NAMES, STUDY_RECIPE) if rows >= MINIMUM_ROWS_TO_LEARN else ("baseline",)
    asked = [name for name in estimators if name in learners]
    processors = len(os.sched_getaffinity(0))
    workers = max(1, min(processors, len(asked)))
    recipes = [
        Recipe(
            snapshot,
            market,
            name,
            folds,
            seed,
            threads=max(1, processors // workers),
            params=(params or {}).get(name, {}),
        )
        for name in sorted(asked, key=SLOWEST_FIRST.index)
    ]
    progress = on_progress or (lambda *_: None)
    trained = _train_each(recipes, folder, workers, progress)
    if ENSEMBLE in estimators and rows >= MINIMUM_ROWS_TO_LEARN:
        parts = tuple(run.folder for run in trained.values() if run.folder and run.estimator != STUDY_RECIPE)
        recipe = Recipe(snapshot, market, ENSEMBLE, folds, seed, processors, parts)
        trained[ENSEMBLE] = _train_ensemble(recipe, folder, progress)
    too_few = f"not trained: {market} has {rows} rows to train on and it takes {MINIMUM_ROWS_TO_LEARN}"
    return [trained.get(name, TrainedRun(name, failure=too_few)) for name in estimators]


def _training_rows(snapshot: Path, market: str) -> int:
    training, holdout = read_split(snapshot, market)
    if training.height < MINIMUM_ROWS or holdout.is_empty():
        raise TasadorError(
            f"market {market} has {training.height} priced listings to train on and {holdout.height} to test with; "
            f"it takes {MINIMUM_ROWS} and 1: crawl or import more"
        )
    return training.height


def _train_each(recipes: Sequence[Recipe], folder: Path, workers: int, progress: Progress) -> dict[str, TrainedRun]:
    running: set[subprocess.Popen[str]] = set()
    with ThreadPoolExecutor(workers) as pool:
        try:
            results = list(pool.map(lambda recipe: _train_one(recipe, folder, progress, running), recipes))
        except BaseException:  # an interrupted training starts no further process and ends those under way
            pool.shutdown(wait=False, cancel_futures=True)
            for child in tuple(running):
                child.terminate()
            raise
    return {result.estimator: result for result in results}


def _train_ensemble(recipe: Recipe, folder: Path, progress: Progress) -> TrainedRun:
    if len(recipe.parts) < 2:
        return TrainedRun(ENSEMBLE, failure=f"not trained: it takes two trained estimators, got {len(recipe.parts)}")
    return _train_each([recipe], folder, 1, progress)[ENSEMBLE]


def _train_one(recipe: Recipe, folder: Path, progress: Progress, running: "set[subprocess.Popen[str]]") -> TrainedRun:
    """Run one child to its end; its stderr is kept beside the model runs where it failed."""
    market = folder / recipe.market
    market.mkdir(parents=True, exist_ok=True)
    log = market / f"training-{recipe.estimator}.log"
    last: dict[str, Any] = {}
    with log.open("w") as stderr, _child(recipe, folder, stderr.fileno()) as child:
        running.add(child)
        for line in child.stdout or ():
            last = json.loads(line)
            if "done" in last:
                progress(recipe.estimator, last["done"], recipe.folds)
    running.discard(child)
    if "folder" in last:
        log.unlink()
        return TrainedRun(recipe.estimator, folder=Path(last["folder"]))
    return TrainedRun(recipe.estimator, failure=f"{last.get('failure') or end_of(child.returncode)} ({log})")


def _child(recipe: Recipe, folder: Path, stderr: int) -> subprocess.Popen[str]:
    request = json.dumps({**asdict(recipe), "models": folder}, default=str)
    # Two OpenMP jobs that both want all processors slow each other several times over.
    environment = os.environ | {"OMP_NUM_THREADS": str(recipe.threads)}
    command = [sys.executable, "-P", "-m", "models.train.worker", request]
    # A process group of its own: Ctrl-C reaches it once, by us.
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=stderr, env=environment, text=True, process_group=0)


def end_of(returncode: int) -> str:
    """Return in words how a child ended."""
    if returncode < 0:
        return f"its process was killed by {signal.Signals(-returncode).name}: is memory short?"
    return f"its process ended with exit code {returncode}"
