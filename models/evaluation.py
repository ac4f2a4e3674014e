"""How good predictions are: one set of metrics for out-of-fold, holdout and champion alike; knows no estimator."""

from dataclasses import dataclass

import numpy as np


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
    """

    rows: int
    r2: float
    rmse: float
    mae: float
    mdape: float
    log_rmse: float
    log_mae: float


def evaluate(actual: np.ndarray, predicted: np.ndarray) -> Metrics:
    """Return the metrics of ``predicted`` against ``actual``, both positive prices of shape (rows,), rows ≥ 1."""
    residual = actual - predicted
    log_residual = np.log(actual) - np.log(predicted)
    return Metrics(
        rows=len(actual),
        r2=_r2(actual, residual),
        rmse=_root_mean_square(residual),
        mae=float(np.abs(residual).mean()),
        mdape=float(np.median(np.abs(residual) / actual)),
        log_rmse=_root_mean_square(log_residual),
        log_mae=float(np.abs(log_residual).mean()),
    )


def _root_mean_square(values: np.ndarray) -> float:
    return float(np.sqrt(np.square(values).mean()))


def _r2(actual: np.ndarray, residual: np.ndarray) -> float:
    spread = float(np.square(actual - actual.mean()).sum())
    unexplained = float(np.square(residual).sum())
    return 1 - unexplained / spread if spread else float(unexplained == 0)
