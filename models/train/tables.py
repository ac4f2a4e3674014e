"""Tables that people look at: what was predicted against what was asked, and the estimators side by side."""

from collections.abc import Sequence
from dataclasses import asdict

import polars as pl

from models.model_runs.manifest import Manifest

CAR_COLUMNS = ("listing_id", "vehicle_id", "make", "model", "model_year", "mileage", "asking_price")


def predicted_against_actual(listings: pl.DataFrame, predictions: pl.DataFrame) -> pl.DataFrame:
    """Return the cars beside their predictions, largest error first by share.

    ``predictions`` are what ``predict`` returned for ``listings``, row by row. residual = asking_price -
    predicted_price, in currency; residual_share = residual / predicted_price.
    """
    residual = pl.col("asking_price") - pl.col("predicted_price")
    columns = [listings.select(CAR_COLUMNS), predictions.select("predicted_price", "lower", "upper")]
    return (
        pl.concat(columns, how="horizontal")
        .with_columns(residual.alias("residual"), (residual / pl.col("predicted_price")).alias("residual_share"))
        .sort(pl.col("residual_share").abs(), descending=True, nulls_last=True)
    )


def compare_estimators(manifests: Sequence[Manifest]) -> pl.DataFrame:
    """Return one row per model run, best first: estimator, its holdout metrics, coverage on the holdout, seconds.

    Best is the lowest out-of-fold ``log_mae``, by which the challenger is chosen; see Metrics for the others.
    """
    best_first = sorted(manifests, key=lambda manifest: manifest.out_of_fold.log_mae)
    return pl.DataFrame([_row(manifest) for manifest in best_first])


def _row(manifest: Manifest) -> dict[str, str | float]:
    return {
        "estimator": manifest.estimator,
        **asdict(manifest.holdout),
        "coverage": manifest.holdout_coverage,
        "seconds": manifest.seconds,
        "out_of_fold_log_mae": manifest.out_of_fold.log_mae,
        "model_run_id": manifest.model_run_id,
    }
