"""Retrain: freeze a market's training set, train every estimator, let the gate decide, record and draw it."""

import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from crawler.clock import now
from crawler.errors import TasadorError
from crawler.home import Home
from crawler.locks import alone
from flows.steps.held_out import rows_to_freeze
from flows.steps.publish import publish
from flows.steps.recorded import recorded
from flows.steps.reports import write_reports
from models.estimators import ESTIMATOR_NAMES
from models.evaluate.holdout import read_split
from models.gate.verdict import BASELINE, Verdict, choose_challenger, decide
from models.model_runs.manifest import OutdatedModelRun
from models.model_runs.registry import ModelRun, open_model_run
from models.model_runs.store import send_model_run
from models.train.tracking import track
from models.train.training import train
from models.tune.spaces import fits
from warehouse.connection import connect
from warehouse.reading import best_params, champion
from warehouse.training import Snapshot, freeze
from warehouse.writing import write_model_metrics, write_model_run, write_promotion

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Retrained:
    """What a retraining of one market gave: its model runs, the challenger among them and the gate's verdict.

    ``tracked`` says what an MLflow server was told, empty where there is none.
    """

    market: str
    snapshot: Snapshot
    model_runs: list[ModelRun]
    challenger: ModelRun
    verdict: Verdict
    reports: Path
    failures: dict[str, str] = field(default_factory=dict)
    tracked: str = ""


@dataclass(frozen=True, slots=True)
class TrainingProgress:
    """How far a training is: how many members of each estimator that was begun are fitted, of so many ``folds``."""

    fitted: Mapping[str, int]
    folds: int

    @property
    def share(self) -> float:
        """The share of all members that are fitted; a market too young for them ends below 1."""
        return sum(self.fitted.values()) / (self.folds * len(ESTIMATOR_NAMES))

    def __str__(self) -> str:
        return ", ".join(f"{name} {count} of {self.folds}" for name, count in self.fitted.items())


OnProgress = Callable[[TrainingProgress], None]


def retrain(home: Home, market: str, *, on_progress: OnProgress | None = None) -> Retrained:
    """Retrain one market, and publish what was learned.

    Raises:
        TasadorError: the market has too few priced listings, none of its estimators could be trained, or another
            process is training in this data folder.
    """
    with recorded(home, "retrain", market) as run:
        with alone(home.models / ".training.lock", "another retraining of this data folder is running"):
            retrained = _retrain(home, market, on_progress)
        manifest = retrained.challenger.manifest
        run.model_run_id, run.rows = manifest.model_run_id, manifest.training_rows
        _log(retrained)
        publish(home)
    return retrained


def tuned_params(connection: duckdb.DuckDBPyConnection, market: str) -> dict[str, dict[str, Any]]:
    """Return the best parameters of each estimator that was tuned; those that today's spaces do not have are none."""
    found = best_params(connection, market)
    return {estimator: params for estimator, params in found.items() if fits(estimator, params)}


def _retrain(home: Home, market: str, on_progress: OnProgress | None) -> Retrained:
    with connect(home) as connection:
        frame = rows_to_freeze(connection, market)
        reigning = champion(connection, market)
        params = tuned_params(connection, market)
    snapshot = freeze(frame, home.snapshots)
    done: dict[str, int] = {}

    def progress(estimator: str, members: int, folds: int) -> None:
        done[estimator] = members
        if on_progress:
            on_progress(TrainingProgress(dict(done), folds))

    results = train(snapshot.path, market, home.models, params=params, on_progress=progress)
    failures = {result.estimator: result.failure for result in results if result.failure}
    model_runs = [open_model_run(result.folder) for result in results if result.folder]
    if not model_runs:
        raise TasadorError(f"no estimator of {market} could be trained: {'; '.join(failures.values())}")
    for model_run in model_runs:
        send_model_run(model_run.folder)
    challenger, verdict = _judge(home, market, snapshot, model_runs, reigning)
    _record(home, market, model_runs, challenger, verdict)
    reports = write_reports(home.reports / market, snapshot.path, model_runs, challenger)
    champion_id = challenger.manifest.model_run_id if verdict.accepted else reigning
    live = home.models / market / champion_id if champion_id else None
    tracked = track(model_runs, challenger, verdict, reports, live)
    return Retrained(market, snapshot, model_runs, challenger, verdict, reports, failures, tracked)


def _log(retrained: Retrained) -> None:
    """Log which estimators failed and what MLflow was told: neither fails a retraining."""
    failures = [f"{estimator}: {why}" for estimator, why in retrained.failures.items()]
    for line in filter(None, [*failures, retrained.tracked]):
        logger.info("%s: %s", retrained.market, line)


def _judge(
    home: Home, market: str, snapshot: Snapshot, model_runs: Sequence[ModelRun], reigning: str | None
) -> tuple[ModelRun, Verdict]:
    champion_run = _open_champion(home, market, reigning)
    baseline = next((run for run in model_runs if run.manifest.estimator == BASELINE), None)
    challenger = choose_challenger(model_runs)
    _, holdout = read_split(snapshot.path, market)
    verdict = decide(holdout, challenger, champion_run, baseline)
    if baseline and not champion_run and not verdict.accepted:
        # A market that nothing better can serve yet is served by the baseline.
        return baseline, decide(holdout, baseline, None, baseline)
    return challenger, verdict


def _open_champion(home: Home, market: str, reigning: str | None) -> ModelRun | None:
    """Return the champion, None where there is none or an earlier Tasador wrote it: it can price nothing any more."""
    with suppress(OutdatedModelRun):
        return open_model_run(home.models / market / reigning) if reigning else None
    return None


def _record(home: Home, market: str, model_runs: Sequence[ModelRun], challenger: ModelRun, verdict: Verdict) -> None:
    with connect(home) as connection:
        for model_run in model_runs:
            write_model_run(connection, _row(model_run, verdict if model_run is challenger else None))
            write_model_metrics(connection, model_run.manifest.model_run_id, model_run.evaluation)
        if verdict.accepted:
            write_promotion(connection, market, challenger.manifest.model_run_id, verdict.reason, now())


def _row(model_run: ModelRun, verdict: Verdict | None) -> dict[str, Any]:
    """Return the warehouse's record of a model run; only the challenger met the gate."""
    manifest = asdict(model_run.manifest)
    fate = "promoted" if verdict and verdict.accepted else "rejected" if verdict else "not chosen"
    return {
        **manifest,
        **{name: value for name, value in manifest["holdout"].items() if name != "rows"},
        "snapshot_path": manifest["snapshot"]["path"],
        "snapshot_sha256": manifest["snapshot"]["sha256"],
        "rows": manifest["training_rows"],
        "verdict": fate,
        "verdict_reason": verdict.reason if verdict else "another estimator had the lower out-of-fold error",
        "gate": verdict.numbers if verdict else None,
    }
