"""Tune: search better parameters of a market's estimators for a while, and record every trial in the warehouse.

What was recorded is the truth: a tuning that was killed goes on from it, and the next retraining takes the best of it.
"""

import json
import os
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

import polars as pl

from crawler.errors import TasadorError, UsageError
from crawler.home import Home
from crawler.locks import alone
from flows.steps.held_out import rows_to_freeze
from flows.steps.publish import publish
from flows.steps.recorded import recorded
from flows.steps.retrain import tuned_params
from models.evaluate.holdout import read_split
from models.train.training import MINIMUM_ROWS_TO_LEARN
from models.tune.search import Search, Trial
from models.tune.spaces import SPACES
from warehouse.connection import connect
from warehouse.reading import tuning_trials
from warehouse.training import Snapshot, freeze
from warehouse.writing import delete_tuning_trials, write_tuning_trials

# A busy warehouse is not waited for between trials: what is not recorded yet is recorded after the next one.
WAIT_SECONDS = 1.0

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Tuned:
    """What a tuning of one estimator gave: the trials it made, and all of this snapshot, with those before them."""

    market: str
    estimator: str
    new: list[Trial]
    trials: list[Trial]
    failure: str | None = None


def tune(
    home: Home,
    market: str,
    estimators: Sequence[str],
    seconds: float,
    *,
    seed: int = 0,
    on_tuned: Callable[[Tuned], None] = lambda tuned: None,
    on_progress: Progress = lambda words: None,
) -> None:
    """Search for ``seconds`` in all, each estimator its share, and tell what each gave when it is done.

    What was found stays, also where Ctrl-C stops it (KeyboardInterrupt, after telling) or the process is killed; the
    holdout has no part in it.

    Raises:
        UsageError: an estimator has no space to search.
        TasadorError: the market has too few priced listings, or another process is tuning in this data folder.
    """
    _check(estimators)
    lock = alone(home.root / ".tuning.lock", "another tuning of this data folder is running")
    with recorded(home, "tune", market), lock:
        try:
            snapshot = _snapshot(home, market)
            deadline = time.monotonic() + seconds
            for left, estimator in zip(range(len(estimators), 0, -1), estimators, strict=True):
                share = max(0.0, deadline - time.monotonic()) / left
                search = _search(home, market, estimator, snapshot, seed, on_progress)
                _run(home, search, snapshot, share, on_tuned)
        finally:
            publish(home)


def forget(home: Home, market: str, estimators: Sequence[str]) -> int:
    """Delete what was tried, so that the next retraining takes the defaults; return how many trials that were."""
    _check(estimators)
    with connect(home) as connection:
        count = delete_tuning_trials(connection, market, estimators)
    publish(home)
    return count


def _check(estimators: Sequence[str]) -> None:
    unknown = sorted(set(estimators) - set(SPACES))
    if unknown:
        raise UsageError(f"estimator must be one of {', '.join(SPACES)}, got {unknown[0]!r}")


def _snapshot(home: Home, market: str) -> Snapshot:
    """Freeze what is learned from, in place of that of the tuning before."""
    with connect(home) as connection:
        frame = rows_to_freeze(connection, market)
    snapshot = freeze(frame, home.root / "tuning")
    for old in snapshot.path.parent.glob("*.parquet"):
        if old != snapshot.path:
            old.unlink()
    rows = read_split(snapshot.path, market)[0].height
    if rows < MINIMUM_ROWS_TO_LEARN:
        raise TasadorError(f"market {market} has {rows} rows to train on and tuning takes {MINIMUM_ROWS_TO_LEARN}")
    return snapshot


def _search(home: Home, market: str, estimator: str, snapshot: Snapshot, seed: int, on_progress: Progress) -> Search:
    with connect(home) as connection:
        before = [_trial(row) for row in tuning_trials(connection, market, estimator, snapshot.sha256)]
        best_before = tuned_params(connection, market).get(estimator)
    return Search(
        snapshot.path,
        market,
        estimator,
        before=before,
        first=[best_before] if best_before else [],
        seed=seed,
        threads=len(os.sched_getaffinity(0)),
        on_progress=lambda words: on_progress(f"{estimator} {words}"),
    )


def _run(home: Home, search: Search, snapshot: Snapshot, seconds: float, on_tuned: Callable[[Tuned], None]) -> None:
    def record(wait_seconds: float | None = None) -> None:
        if search.trials:
            with connect(home, wait_seconds=wait_seconds) as connection:
                write_tuning_trials(connection, _rows(search, snapshot.sha256))

    def on_trial(trial: Trial) -> None:
        with suppress(TasadorError):
            record(WAIT_SECONDS)

    search.on_trial = on_trial
    failure = None
    try:
        search.run(seconds)
    except TasadorError as error:  # the other estimators are tuned all the same
        failure = str(error)
    finally:
        record()
        every = [*search.before, *search.trials]
        on_tuned(Tuned(search.market, search.estimator, search.trials, every, failure))


def _rows(search: Search, snapshot_sha256: str) -> pl.DataFrame:
    of = {"market": search.market, "estimator": search.estimator, "snapshot_sha256": snapshot_sha256}
    rows = [
        {**of, **asdict(trial), "params": json.dumps(trial.params), "value": trial.value} for trial in search.trials
    ]
    return pl.DataFrame(rows, schema_overrides={"fold_values": pl.List(pl.Float64), "value": pl.Float64})


def _trial(row: dict[str, Any]) -> Trial:
    return Trial(**{name: row[name] for name in Trial.__dataclass_fields__})
