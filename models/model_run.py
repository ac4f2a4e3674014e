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
from models.crossfit import NEW, fit_members, predict_prices
from models.evaluation import evaluate
from models.features import FEATURES
from models.holdout import fold_of, read_split
from models.intervals import calibrate, measured_coverage
from models.manifest import Manifest, Snapshot, file_sha256, package_versions
from models.member import Member
from models.prediction import with_range
from models.registry import new_model_run_id, save_model_run

IDS = ("listing_id", "vehicle_id", "asking_price")


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a model run is asked to be: one estimator on one market of one snapshot (Parquet)."""

    snapshot: Path
    market: str
    estimator: str
    folds: int = 5
    seed: int = 0
    threads: int = 1


@dataclass(frozen=True, slots=True)
class _Fitted:
    training: pl.DataFrame
    holdout: pl.DataFrame
    members: list[Member]
    out_of_fold: pl.DataFrame  # ids, fold, predicted_price
    on_holdout: np.ndarray
    seconds: float


def make_model_run(recipe: Recipe, models: Path, on_member: Callable[[int], None]) -> Path:
    """Fit, measure and save one model run under ``models``; return its folder.

    ``on_member`` is told how many of the ``folds`` members are done.

    Raises:
        TasadorError: the snapshot cannot be read, or the estimator predicted what is no price.
    """
    fitted = _fit(recipe, on_member)
    measured = _measured(fitted)
    manifest = Manifest(**_described(recipe, fitted), **measured)
    ranged = with_range(fitted.holdout["listing_id"], fitted.on_holdout, manifest.price_range)
    tables = {
        "out_of_fold": fitted.out_of_fold,
        "holdout": pl.concat([fitted.holdout.select(IDS), ranged.drop("listing_id", "coverage")], how="horizontal"),
        "outliers": _outliers(fitted.members),
    }
    return save_model_run(models, manifest, fitted.members, tables)


def _fit(recipe: Recipe, on_member: Callable[[int], None]) -> _Fitted:
    started = time.monotonic()
    training, holdout = read_split(recipe.snapshot, recipe.market)
    seeds = _seeds(recipe)
    members = fit_members(
        training,
        lambda fold: Member(recipe.estimator, seed=seeds[fold], threads=recipe.threads),
        recipe.folds,
        on_member,
    )
    fold = fold_of(training["vehicle_id"], recipe.folds)
    out_of_fold = _checked(predict_prices(members, training, fold.to_numpy()))
    on_holdout = _checked(predict_prices(members, holdout, np.full(holdout.height, NEW)))
    seconds = time.monotonic() - started
    priced = training.select(IDS).with_columns(fold, pl.Series("predicted_price", out_of_fold))
    return _Fitted(training, holdout, members, priced, on_holdout, seconds)


def _measured(fitted: _Fitted) -> dict[str, Any]:
    actual, out_of_fold = (
        fitted.out_of_fold["asking_price"].to_numpy(),
        fitted.out_of_fold["predicted_price"].to_numpy(),
    )
    held_out = fitted.holdout["asking_price"].to_numpy()
    price_range = calibrate(actual, out_of_fold)
    lower, upper = fitted.on_holdout * price_range.lower_factor, fitted.on_holdout * price_range.upper_factor
    return {
        "out_of_fold": evaluate(actual, out_of_fold),
        "holdout": evaluate(held_out, fitted.on_holdout),
        "price_range": price_range,
        "holdout_coverage": measured_coverage(held_out, lower, upper),
    }


def _described(recipe: Recipe, fitted: _Fitted) -> dict[str, Any]:
    trained_at = now()
    rows = fitted.training.height + fitted.holdout.height
    return {
        "model_run_id": new_model_run_id(recipe.estimator, trained_at),
        "market": recipe.market,
        "currency": fitted.training["currency"][0],
        "estimator": recipe.estimator,
        "trained_at": trained_at.isoformat(),
        "snapshot": Snapshot(str(recipe.snapshot), file_sha256(recipe.snapshot), rows),
        "training_rows": fitted.training.height,
        "holdout_rows": fitted.holdout.height,
        "folds": recipe.folds,
        "seeds": _seeds(recipe),
        "threads": recipe.threads,
        "parameters": dict(fitted.members[0].params),
        "features": [feature.name for feature in FEATURES],
        "versions": package_versions(),
        "seconds": round(fitted.seconds, 3),
        "history": [member.history for member in fitted.members],
    }


def _seeds(recipe: Recipe) -> list[int]:
    """Return one seed per member; those of two model runs with different seeds never meet."""
    return [1000 * recipe.seed + fold for fold in range(recipe.folds)]


def _checked(prices: np.ndarray) -> np.ndarray:
    wrong = int((~(np.isfinite(prices) & (prices > 0))).sum())
    if wrong:
        raise TasadorError(f"{wrong} of {len(prices)} predictions are no price: the estimator did not converge")
    return prices


def _outliers(members: Sequence[Member]) -> pl.DataFrame:
    return pl.concat(
        member.outliers.select(pl.lit(fold).alias("fold"), "listing_id", "reason")
        for fold, member in enumerate(members)
    )
