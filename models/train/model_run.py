"""One model run from snapshot to folder: split, cross-fit, calibrate, evaluate, save; in the process that calls it.

The holdout is neither trained on nor used to choose or to calibrate: it only measures.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from crawler.clock import now
from crawler.errors import TasadorError
from models.estimators import ENSEMBLE
from models.evaluate.bootstrap import evaluate_by_segment
from models.evaluate.crossfit import NEW, fit_members, geometric_mean, predict_each, predict_prices
from models.evaluate.holdout import fold_of, read_split
from models.evaluate.metrics import Metrics, evaluate
from models.model_runs.code_version import code_version
from models.model_runs.ensemble import EnsembleMember
from models.model_runs.manifest import Manifest, Snapshot, file_sha256, package_versions
from models.model_runs.member import Member
from models.model_runs.registry import new_model_run_id, open_model_run, save_model_run
from models.predict.distributions import learn_distributions
from models.predict.prediction import with_certainty
from models.prepare.features import FEATURES, build_features
from models.prepare.leakage import suspicious_features
from models.ranges.certainty import Certainty
from models.ranges.intervals import USUAL, measured_coverage
from models.train.recipe import Recipe
from models.train.weights import fit_ensemble

Members = Sequence[Member | EnsembleMember]

IDS = ("listing_id", "vehicle_id", "asking_price")


@dataclass(frozen=True, slots=True)
class _Fitted:
    members: Members
    currency: str
    out_of_fold: pl.DataFrame  # IDS, fold, predicted_price
    holdout: pl.DataFrame  # IDS, predicted_price, and what its certainty says
    evaluation: pl.DataFrame  # of the holdout, by segment
    distributions: pl.DataFrame  # of features, predictions and residuals
    certainty: Certainty
    suspicious_features: dict[str, str]
    trained_until: str | None
    holdout_rule: str
    seconds: float


def make_model_run(recipe: Recipe, models: Path, on_member: Callable[[int], None]) -> Path:
    """Fit, measure and save one model run under ``models``; return its folder.

    ``on_member`` is told how many of the ``folds`` members are done.

    Raises:
        TasadorError: the snapshot cannot be read, or the estimator predicted what is no price.
    """
    fitted = _fit(recipe, on_member)
    outliers = _outliers(fitted.members)
    left_out = outliers["listing_id"].n_unique()
    manifest = Manifest(**_described(recipe, fitted), **_measured(fitted), outliers=left_out)
    kept = {name: getattr(fitted, name) for name in ("out_of_fold", "holdout", "evaluation", "distributions")}
    return save_model_run(models, manifest, fitted.members, {**kept, "outliers": outliers}, fitted.certainty)


def _fit(recipe: Recipe, on_member: Callable[[int], None]) -> _Fitted:
    started = time.monotonic()
    training, holdout = read_split(recipe.snapshot, recipe.market)
    members = _fit_members(recipe, training, on_member)
    fold = fold_of(training["vehicle_id"], recipe.folds)
    out_of_fold = _checked(predict_prices(members, training, fold.to_numpy()))
    by_member = predict_each(members, holdout)
    on_holdout = _checked(geometric_mean(by_member))
    certainty = Certainty.learn(training, out_of_fold, fold, recipe.folds, holdout, by_member)
    new = pl.repeat(NEW, holdout.height, dtype=pl.Int32, eager=True)
    judged = with_certainty(certainty, holdout, build_features(holdout), on_holdout, new).drop("listing_id", "coverage")
    return _Fitted(
        members,
        currency=training["currency"][0],
        out_of_fold=training.select(IDS).with_columns(fold, pl.Series("predicted_price", out_of_fold)),
        holdout=pl.concat([holdout.select(IDS), judged], how="horizontal"),
        evaluation=evaluate_by_segment(holdout, on_holdout),
        distributions=learn_distributions(training, out_of_fold, holdout, on_holdout),
        certainty=certainty,
        suspicious_features=suspicious_features(build_features(training), np.log(training["asking_price"].to_numpy())),
        trained_until=_last_reading(training),
        holdout_rule=holdout["holdout_rule"][0],
        seconds=time.monotonic() - started,
    )


def _fit_members(recipe: Recipe, training: pl.DataFrame, on_member: Callable[[int], None]) -> Members:
    if recipe.estimator == ENSEMBLE:
        return fit_ensemble([open_model_run(folder) for folder in recipe.parts], on_member)
    return fit_members(training, lambda fold: _member(recipe, fold), recipe.folds, on_member)


def _member(recipe: Recipe, fold: int) -> Member:
    return Member(recipe.estimator, seed=_seeds(recipe)[fold], threads=recipe.threads, params=recipe.params)


def _measured(fitted: _Fitted) -> dict[str, Any]:
    holdout = fitted.holdout
    return {
        "out_of_fold": _metrics(fitted.out_of_fold),
        "holdout": _metrics(fitted.holdout),
        "coverage": USUAL,
        "holdout_coverage": _coverage(holdout, "lower", "upper"),
        "holdout_coverage_95": None if holdout["lower_95"].has_nulls() else _coverage(holdout, "lower_95", "upper_95"),
        "abstained": dict(holdout["reason_code"].drop_nulls().value_counts(sort=True).iter_rows()),
    }


def _coverage(holdout: pl.DataFrame, lower: str, upper: str) -> float:
    return measured_coverage(*(holdout[name].to_numpy() for name in ("asking_price", lower, upper)))


def _metrics(priced: pl.DataFrame) -> Metrics:
    return evaluate(priced["asking_price"].to_numpy(), priced["predicted_price"].to_numpy())


def _described(recipe: Recipe, fitted: _Fitted) -> dict[str, Any]:
    trained_at = now()
    training_rows, holdout_rows = fitted.out_of_fold.height, fitted.holdout.height
    return {
        "model_run_id": new_model_run_id(recipe.estimator, trained_at),
        "market": recipe.market,
        "currency": fitted.currency,
        "estimator": recipe.estimator,
        "trained_at": trained_at.isoformat(),
        "snapshot": Snapshot(str(recipe.snapshot), file_sha256(recipe.snapshot), training_rows + holdout_rows),
        "training_rows": training_rows,
        "holdout_rows": holdout_rows,
        "folds": recipe.folds,
        "seeds": _seeds(recipe),
        "threads": recipe.threads,
        "parameters": fitted.members[0].parameters,
        "features": [feature.name for feature in FEATURES],
        "versions": package_versions(),
        "code_version": code_version(),
        "trained_until": fitted.trained_until,
        "holdout_rule": fitted.holdout_rule,
        "seconds": round(fitted.seconds, 3),
        "history": [member.history for member in fitted.members],
        "suspicious_features": fitted.suspicious_features,
    }


def _last_reading(rows: pl.DataFrame) -> str | None:
    return rows.select(pl.col("scraped_at").max()).item().isoformat() if "scraped_at" in rows.columns else None


def _seeds(recipe: Recipe) -> list[int]:
    """Return one seed per member; those of two model runs with different seeds never meet."""
    return [1000 * recipe.seed + fold for fold in range(recipe.folds)]


def _checked(prices: np.ndarray) -> np.ndarray:
    wrong = int((~(np.isfinite(prices) & (prices > 0))).sum())
    if wrong:
        raise TasadorError(f"{wrong} of {len(prices)} predictions are no price: the estimator did not converge")
    return prices


def _outliers(members: Members) -> pl.DataFrame:
    return pl.concat(
        member.outliers.select(pl.lit(fold).alias("fold"), "listing_id", "reason")
        for fold, member in enumerate(members)
    )
