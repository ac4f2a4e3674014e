"""The ensemble: a weighted mean of what other estimators predict, its weights learned. Knows none of them."""

import json
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from scipy.optimize import nnls
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils.validation import check_is_fitted, validate_data

ROUNDS = 30
EXACT_ENOUGH = 0.01  # in log price: one per cent

Floats = npt.NDArray[np.float64]


class Ensemble(RegressorMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """Non-negative weights that sum to 1 (Breiman 1996, stacked regressions), with the least absolute error.

    The absolute error in log price is what chooses the challenger too; squares would let one odd car set the weights.

    X has one column per part: what that estimator predicts, out of fold, for rows that it never saw.

    >>> Ensemble().fit([[13, 9], [17, 21]], [10, 20]).weights_.round(2).tolist()
    [0.25, 0.75]
    """

    preparation = "predictions"

    def fit(self, X: Any, y: Any) -> Self:
        """Learn the weights from predictions X of shape (n, parts) and y of shape (n,)."""
        X, y = validate_data(self, X, y, dtype=np.float64, y_numeric=True)
        self.weights_ = least_absolute_weights(X - y[:, None])
        return self

    def predict(self, X: Any) -> Floats:
        """Return the weighted mean of each row's predictions, shape (n,)."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, reset=False)
        return np.asarray(X @ self.weights_)

    def save(self, folder: Path) -> None:
        """Write ensemble.json into an existing folder."""
        (folder / "ensemble.json").write_text(json.dumps({"weights": self.weights_.tolist()}))

    def restore(self, folder: Path) -> Self:
        """Take up what ``save`` wrote."""
        self.weights_ = np.array(json.loads((folder / "ensemble.json").read_text())["weights"])
        self.n_features_in_ = len(self.weights_)
        return self

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.regressor_tags.poor_score = True  # columns that are no predictions of the target have no such mean
        return tags


def least_absolute_weights(residuals: Floats) -> Floats:
    """Return the weights of ``simplex_weights`` for the absolute error, by reweighted rows (Schlossmacher 1973).

    Residuals below EXACT_ENOUGH count alike, so that no row weighs without bound.
    """
    weights = np.full(residuals.shape[1], 1 / residuals.shape[1])
    for _ in range(ROUNDS):
        sizes = np.maximum(np.abs(residuals @ weights), EXACT_ENOUGH)
        weights = simplex_weights(residuals / np.sqrt(sizes)[:, None])
    return weights


def simplex_weights(residuals: Floats) -> Floats:
    """Return w ≥ 0 with sum 1 that makes |residuals @ w| least, for ``residuals`` of shape (n, parts).

    For w = s u with sum(u) = 1, |residuals @ w|² + (sum(w) - 1)² is least over s where it is q / (1 + q) for
    q = |residuals @ u|², which grows with q: non-negative least squares finds u, up to s.
    """
    scale = np.sqrt(np.square(residuals).sum(axis=0).min()) or 1.0
    system = np.vstack([residuals / scale, np.ones(residuals.shape[1])])
    found, _ = nnls(system, np.append(np.zeros(len(residuals)), 1.0))
    return np.asarray(found / found.sum())
