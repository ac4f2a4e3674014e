"""Two model runs on the same cars: how the errors of one compare with those of the other, by a paired bootstrap.

An error is |ln asked - ln predicted|, as everywhere that model runs are chosen. Knows arrays and no model run.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

RESAMPLES = 2_000
# So many random weights are in memory at a time.
WEIGHTS_AT_ONCE = 2_000_000
# One-sided: as sure as the two ends of a 95 % interval are.
LEVEL = 0.025


def log_errors(asked: Floats, predicted: Floats) -> Floats:
    """Return |ln asked - ln predicted| of positive prices, shape (rows,)."""
    return np.asarray(np.abs(np.log(asked) - np.log(predicted)))


@dataclass(frozen=True, slots=True)
class Comparison:
    """How the challenger's mean error compares with the champion's on ``rows`` listings of ``vehicles`` vehicles.

    ``challenger`` and ``champion`` are their mean errors, ``ratio`` the one by the other: 0.97 is 3 % less.
    ``lower`` and ``upper`` are the ratio's 2.5 and 97.5 % quantiles over the resamples.
    """

    rows: int
    vehicles: int
    challenger: float
    champion: float
    ratio: float
    lower: float
    upper: float


class PairedErrors:
    """The errors of challenger and champion on the same listings, each of shape (rows,), and whose listing each is.

    Resampled are vehicles, with all their listings at once: two ads of one car are no two witnesses. Each resample
    gives every vehicle a weight drawn from the exponential distribution (Rubin 1981, The Bayesian Bootstrap), so that
    none leaves a segment empty; every group of rows is weighed by the same draws. The same seed gives the same ones.
    """

    def __init__(self, challenger: Floats, champion: Floats, vehicles: npt.NDArray[np.generic], seed: int = 0) -> None:
        self.challenger = challenger
        self.champion = champion
        _, self.vehicle = np.unique(vehicles, return_inverse=True)
        self.seed = seed

    def ratios(self, groups: npt.NDArray[np.bool_], resamples: int = RESAMPLES) -> Floats:
        """Return the resampled ratios of mean errors of each group of rows, shape (groups, resamples).

        ``groups`` says which rows are in which group, shape (groups, rows).
        """
        count = len(groups)
        sums = np.column_stack([self._by_vehicle(group * error) for error in self._errors for group in groups])
        random = np.random.default_rng(self.seed)
        at_once = max(1, WEIGHTS_AT_ONCE // len(sums))
        parts = []
        for done in range(0, resamples, at_once):
            shape = (min(at_once, resamples - done), len(sums))
            weighted = random.standard_exponential(shape, dtype=np.float32) @ sums.astype(np.float32)
            parts.append(weighted[:, :count] / weighted[:, count:])
        return np.concatenate(parts).T.astype(np.float64)

    def compare(self, group: npt.NDArray[np.bool_] | None = None) -> Comparison:
        """Return how the two compare on a group of rows, all of them by default."""
        rows = np.ones(len(self.challenger), bool) if group is None else group
        (ratios,) = self.ratios(rows[None])
        return self.described(rows, ratios)

    def described(self, group: npt.NDArray[np.bool_], ratios: Floats) -> Comparison:
        """Return the Comparison of a group whose resampled ratios are known."""
        challenger, champion = (float(error[group].mean()) for error in self._errors)
        lower, upper = np.quantile(ratios, (LEVEL, 1 - LEVEL))
        vehicles = len(np.unique(self.vehicle[group]))
        ratio = challenger / champion
        return Comparison(int(group.sum()), vehicles, challenger, champion, ratio, float(lower), float(upper))

    @property
    def _errors(self) -> tuple[Floats, Floats]:
        return self.challenger, self.champion

    def _by_vehicle(self, values: Floats) -> Floats:
        return np.asarray(np.bincount(self.vehicle, weights=values), np.float64)
