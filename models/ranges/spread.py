"""How far off a price is expected to be, car by car: learned from out-of-fold residuals. Knows no estimator.

Rare, old and cheap cars are priced with more error than common ones; a range that ignores that is too narrow for the
first and too wide for the second.
"""

from typing import Any, Self

import numpy as np
import numpy.typing as npt
import polars as pl

from models.evaluate.crossfit import NEW
from models.ranges.comparables import KINDS

Floats = npt.NDArray[np.float64]

# Besides the predicted price and how many cars of its kind there are.
OF_THE_CAR = ("age", "log_mileage", "mileage_per_year")

KNOTS = 6
# Knots of how many cars there are lie where they mean something: at quantiles they would tell apart the folds, which
# leave nearly, but not quite, as many.
KNOTS_OF_COUNTS = np.log1p([0, 1, 3, 10, 30, 100, 1000]).tolist()
RIDGE = 1e-4
# A residual beyond this quantile is an odd price, not a car that is hard to price.
ODD = 0.999
# Members that agree wholly would bring the factor to 1; chance on few cars must not bring it to 0.
MOST_AVERAGED = 0.5


class Spread:
    """The expected absolute log residual: log-linear in hat functions of each input, by Poisson regression.

    ``knots`` are the points of each input's hat functions, ``medians`` what stands for a missing input.
    ``coefficients``, shape (folds + 1, hats + 1), have one row per fold, learned without the cars of that fold, and
    last one for cars that were not in training: the mean of the others. Measured against a boosting of 200 trees on
    two real tables: ranges 1 to 3 % wider, for a few numbers in place of a file of trees.
    """

    def __init__(self, knots: list[list[float]], medians: list[float], coefficients: list[list[float]]) -> None:
        self.knots = knots
        self.medians = medians
        self.coefficients = coefficients

    @classmethod
    def fit(cls, inputs: Floats, residuals: Floats, fold: npt.NDArray[np.int32], folds: int) -> Self:
        """Learn from ``spread_inputs``, shape (n, p), and log residuals, shape (n,); no car has a say in its own.

        ``fold`` is each car's fold, shape (n,), by which it was priced out of fold.
        """
        known = [column[np.isfinite(column)] for column in inputs.T]
        medians = [float(np.median(column)) if len(column) else 0.0 for column in known]
        knots = [_quantiles(column) for column in known[: -len(KINDS)]] + [KNOTS_OF_COUNTS] * len(KINDS)
        spread = cls(knots, medians, [])
        hats, distance = spread._hats(inputs), np.abs(residuals)
        learned = [_regress(hats[fold != k], distance[fold != k]) for k in range(folds)]
        spread.coefficients = [*(row.tolist() for row in learned), np.mean(learned, axis=0).tolist()]
        return spread

    def predict(self, inputs: Floats, fold: npt.NDArray[np.int32]) -> Floats:
        """Return the expected absolute log residual of each car, shape (n,), by what never saw its residual."""
        # NEW is -1, and so finds the last row.
        return np.asarray(np.exp((self._hats(inputs) * np.asarray(self.coefficients)[fold]).sum(axis=1)))

    def average(self, member_prices: Floats, inputs: Floats, scores: Floats) -> None:
        """Narrow the spread of new cars, which the mean of members prices, by what the mean errs less than a member.

        The mean square error of the members is that of their mean plus the mean square of their deviations from it
        (Krogh and Vedelsby 1995), and deviations can be seen without a price: ``member_prices``, shape (n, members),
        and ``inputs`` are those of cars that were not in training. ``scores`` are the residuals over the spread of
        the cars that were. Both sides are taken as mean absolutes, for the tails are heavy.
        """
        log_prices = np.log(member_prices)
        scale = self.predict(inputs, np.full(len(inputs), NEW, dtype=np.int32))
        deviations = np.abs(log_prices - log_prices.mean(axis=1, keepdims=True)) / scale[:, None]
        share = deviations.mean() / np.abs(scores).mean()
        self.coefficients[NEW][0] += float(np.log(np.sqrt(max(1 - share**2, MOST_AVERAGED**2))))

    def state(self) -> dict[str, Any]:
        """Return what was learned, as JSON can hold it."""
        return {"knots": self.knots, "medians": self.medians, "coefficients": self.coefficients}

    def _hats(self, inputs: Floats) -> Floats:
        """Return a column of ones and, of every input, piecewise linear functions that are 1 at one knot, 0 at others.

        Those of the first knot are left out, for they follow from the others; beyond its knots an input stays there.
        """
        filled = np.where(np.isfinite(inputs), inputs, self.medians)
        hats = [
            np.interp(column, knots, peak)
            for column, knots in zip(filled.T, self.knots, strict=True)
            for peak in np.eye(len(knots))[1:]
        ]
        return np.column_stack([np.ones(len(filled)), *hats])


def spread_inputs(features: pl.DataFrame, comparables: pl.DataFrame, prices: Floats) -> Floats:
    """Return what a spread goes by, shape (n, p): predicted price, age and use, and how common its kind is."""
    columns = [np.log(prices), *(features[name].to_numpy() for name in OF_THE_CAR)]
    return np.column_stack([*columns, *(np.log1p(comparables[kind].to_numpy()) for kind in KINDS)])


def _quantiles(column: Floats) -> list[float]:
    return np.unique(np.quantile(column, np.linspace(0, 1, KNOTS))).tolist() if len(column) else [0.0]


def _regress(hats: Floats, distance: Floats) -> Floats:
    from sklearn.linear_model import PoissonRegressor  # not before: who predicts needs none of it

    regression = PoissonRegressor(alpha=RIDGE, solver="newton-cholesky", max_iter=300)
    regression.fit(hats[:, 1:], np.minimum(distance, np.quantile(distance, ODD)))
    return np.array([regression.intercept_, *regression.coef_])
