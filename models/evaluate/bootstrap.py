"""How sure a metric is: percentile bootstrap over vehicles, overall and by segment. Knows no estimator and no file."""

import numpy as np
import polars as pl

from models.evaluate.metrics import evaluate, weighted_metrics
from models.evaluate.segments import MINIMUM_ROWS, groups_of, segments
from models.evaluate.weighted import Floats

DRAWS = 1_000
LEVEL = 0.95
# Draws are judged so many rows at a time, not all at once: a thousand of 20,000 rows would take gigabytes.
ROWS_AT_ONCE = 1 << 19

ALL = "all"


def evaluate_by_segment(holdout: pl.DataFrame, predicted: Floats, *, draws: int = DRAWS) -> pl.DataFrame:
    """Return every metric of all rows and of each segment with its interval, all rows first.

    Columns: segment, value, rows, metric, estimate, lower, upper; (lower, upper) holds the metric of such cars at
    LEVEL. ``holdout`` are listings with vehicle_id and asking_price, ``predicted`` their prices, shape (rows,). What
    has fewer than MINIMUM_ROWS rows is left out, and a segment in which all rows have one value.
    """
    actual, vehicles = holdout["asking_price"].cast(pl.Float64).to_numpy(), holdout["vehicle_id"].rank("dense")
    groups = {(ALL, ALL): np.ones(len(actual), bool)} | groups_of(segments(holdout, predicted), MINIMUM_ROWS)
    judged = [
        _judged(actual[rows], predicted[rows], vehicles.filter(rows), draws).with_columns(
            pl.lit(segment).alias("segment"), pl.lit(value).alias("value"), pl.lit(int(rows.sum())).alias("rows")
        )
        for (segment, value), rows in groups.items()
    ]
    return pl.concat(judged).select("segment", "value", "rows", "metric", "estimate", "lower", "upper")


def intervals(
    actual: Floats, predicted: Floats, vehicles: pl.Series, *, draws: int = DRAWS, seed: int = 0
) -> dict[str, tuple[float, float]]:
    """Return by metric the interval of its estimate at LEVEL.

    Vehicles are drawn with replacement, all rows of one together, and the quantiles of the metric over the draws taken
    (Efron and Tibshirani 1993, An Introduction to the Bootstrap, chapter 13). ``vehicles`` name the vehicle of each
    row; the prices have shape (rows,). The same rows give the same interval.
    """
    vehicle = vehicles.rank("dense").to_numpy().astype(np.intp) - 1
    random = np.random.default_rng(seed)
    at_once = max(1, ROWS_AT_ONCE // len(actual))
    found = [
        weighted_metrics(actual, predicted, _drawn(random, vehicle, min(at_once, draws - begin)))
        for begin in range(0, draws, at_once)
    ]
    outside = (1 - LEVEL) / 2
    return {
        name: tuple(np.quantile(np.concatenate([part[name] for part in found]), (outside, 1 - outside)).tolist())
        for name in found[0]
    }


def _drawn(random: np.random.Generator, vehicle: np.ndarray, draws: int) -> Floats:
    """Return how often each draw holds each row, shape (draws, rows)."""
    vehicles = int(vehicle.max()) + 1
    cells = random.integers(vehicles, size=(draws, vehicles)) + vehicles * np.arange(draws)[:, None]
    counts = np.bincount(cells.ravel(), minlength=draws * vehicles).reshape(draws, vehicles)
    return counts[:, vehicle].astype(np.float64)


def _judged(actual: Floats, predicted: Floats, vehicles: pl.Series, draws: int) -> pl.DataFrame:
    estimates, bounds = evaluate(actual, predicted), intervals(actual, predicted, vehicles, draws=draws)
    rows = [(name, getattr(estimates, name), *bound) for name, bound in bounds.items()]
    return pl.DataFrame(rows, schema=("metric", "estimate", "lower", "upper"), orient="row")
