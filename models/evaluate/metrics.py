"""How good predictions are: one set of metrics for out-of-fold, holdout and champion alike; knows no estimator."""

from dataclasses import dataclass

import numpy as np

from models.evaluate.ratio_study import ratio_study
from models.evaluate.weighted import Floats, weighted_mean, weighted_median


@dataclass(frozen=True, slots=True)
class Metrics:
    """The metrics of ``rows`` predictions, in the order in which tables show them.

    With a = actual, p = predicted price:

    - r2: 1 - sum((a - p)²) / sum((a - mean(a))²); where all actual prices are equal 1 if p = a, else 0
    - rmse: square root of mean((a - p)²), in currency; one exotic car can be the whole of it
    - mae: mean(|a - p|), in currency
    - mdape: median(|a - p| / a), a share: 0.05 is 5 %
    - log_rmse: square root of mean((ln a - ln p)²)
    - log_mae: mean(|ln a - ln p|), which neither an exotic car nor a mistyped price dominates
    - within_5, within_10, within_20: the share of rows with |a - p| / a of at most 5, 10 and 20 %
    - median_ratio, cod, prd, prb: the ratio study's, see models.evaluate.ratio_study
    """

    rows: int
    r2: float
    rmse: float
    mae: float
    mdape: float
    log_rmse: float
    log_mae: float
    within_5: float
    within_10: float
    within_20: float
    median_ratio: float
    cod: float
    prd: float
    prb: float


def evaluate(actual: np.ndarray, predicted: np.ndarray) -> Metrics:
    """Return the metrics of ``predicted`` against ``actual``, both positive prices of shape (rows,), rows ≥ 1."""
    once = weighted_metrics(actual, predicted, np.ones((1, len(actual))))
    return Metrics(rows=len(actual), **{name: float(values[0]) for name, values in once.items()})


def weighted_metrics(actual: Floats, predicted: Floats, counts: Floats) -> dict[str, Floats]:
    """Return by name every metric but ``rows`` of each sample, shape (samples,).

    ``counts``, shape (samples, rows), say how often a sample holds each row: a bootstrap's draws are judged by the very
    formulas of the estimate.
    """
    residual = actual - predicted
    log_residual = np.log(actual) - np.log(predicted)
    share = np.abs(residual) / actual
    return {
        "r2": _r2(actual, residual, counts),
        "rmse": np.sqrt(weighted_mean(residual**2, counts)),
        "mae": weighted_mean(np.abs(residual), counts),
        "mdape": weighted_median(share, counts),
        "log_rmse": np.sqrt(weighted_mean(log_residual**2, counts)),
        "log_mae": weighted_mean(np.abs(log_residual), counts),
        **{f"within_{limit}": weighted_mean((share <= limit / 100).astype(float), counts) for limit in (5, 10, 20)},
        **ratio_study(actual, predicted, counts),
    }


def _r2(actual: Floats, residual: Floats, counts: Floats) -> Floats:
    centred = actual - actual.mean()  # or the difference of two large numbers would be imprecise
    spread = weighted_mean(centred**2, counts) - weighted_mean(centred, counts) ** 2
    unexplained = weighted_mean(residual**2, counts)
    share = np.divide(unexplained, spread, out=(unexplained > 0).astype(np.float64), where=spread > 0)
    return np.asarray(1 - share)
