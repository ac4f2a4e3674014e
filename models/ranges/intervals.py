"""The range around a predicted price: conformal, from log residuals over their spread, by band of predicted price.

Each residual is that of a price that never saw the car. Knows no feature and no estimator; docs/ranges.md says why
the stated coverage holds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

# The range that ratings go by, and the one that hardly a car's price leaves.
USUAL, WIDE = 0.80, 0.95
COVERAGES = (USUAL, WIDE)

# A band of predicted prices has so many cars, and there are at most so many bands.
BAND_ROWS = 400
MOST_BANDS = 5


@dataclass(frozen=True, slots=True)
class Ranges:
    """How many spreads below and above its predicted log price a car's bounds lie.

    ``edges``, in currency, part the bands of predicted price; ``bounds`` holds by coverage one (lower, upper) per
    band, or nothing where there were too few cars for such a coverage.
    """

    edges: tuple[float, ...]
    bounds: dict[float, tuple[tuple[float, float], ...]]

    def around(self, prices: Floats, spread: Floats, coverage: float) -> tuple[Floats, Floats]:
        """Return lower and upper bounds, both of shape (n,): lower ≤ price ≤ upper, NaN where there are none."""
        if not self.bounds[coverage]:
            return np.full(len(prices), np.nan), np.full(len(prices), np.nan)
        lower, upper = np.asarray(self.bounds[coverage])[np.searchsorted(self.edges, prices)].T
        return prices * np.exp(lower * spread), prices * np.exp(upper * spread)

    def state(self) -> dict[str, Any]:
        """Return what was calibrated, as JSON can hold it."""
        return {"edges": self.edges, "bounds": {str(coverage): pairs for coverage, pairs in self.bounds.items()}}


def from_state(state: dict[str, Any]) -> Ranges:
    """Return the ranges whose ``state`` was saved."""
    bounds = {float(coverage): tuple(map(tuple, pairs)) for coverage, pairs in state["bounds"].items()}
    return Ranges(tuple(state["edges"]), bounds)


def minimum_rows(coverage: float) -> int:
    """Return how many residuals a finite range at ``coverage`` takes: 9 at 0.80, 39 at 0.95."""
    return ceil(round(2 / (1 - coverage), 9)) - 1


def calibrate(scores: Floats, prices: Floats, coverages: Sequence[float] = COVERAGES) -> Ranges:
    """Return ranges that hold a share ``coverage`` of new cars' prices in each band, as many dearer as cheaper outside.

    ``scores`` are the cars' log residuals over their spread and ``prices`` their out-of-fold prices, both of shape
    (n,). Of a band's n scores, sorted, the bounds are those with the finite-sample ranks floor((n + 1) tail) from
    either end, tail = (1 - coverage) / 2 (Lei and others 2018, locally weighted split conformal; by band: Vovk's
    Mondrian conformal). A bound never passes the predicted price itself; bounds of a higher coverage are never nearer.
    """
    bands = min(max(len(scores) // BAND_ROWS, 1), MOST_BANDS)
    edges = tuple(np.quantile(prices, np.arange(1, bands) / bands).tolist())
    band = np.searchsorted(edges, prices)
    by_band = [np.sort(scores[band == number]) for number in range(bands)]
    return Ranges(edges, {coverage: _bounds(by_band, coverage) for coverage in coverages})


def measured_coverage(actual: Floats, lower: Floats, upper: Floats) -> float:
    """Return the share of ``actual`` within its range, bounds included."""
    return float(np.mean((lower <= actual) & (actual <= upper)))


def _bounds(by_band: Sequence[Floats], coverage: float) -> tuple[tuple[float, float], ...]:
    if min(map(len, by_band)) < minimum_rows(coverage):
        return ()
    tail = (1 - coverage) / 2
    ranks = [floor(round((len(scores) + 1) * tail, 9)) for scores in by_band]  # rounded, so that 0.9999999 is rank 1
    pairs = zip(by_band, ranks, strict=True)
    return tuple((min(float(s[rank - 1]), 0.0), max(float(s[-rank]), 0.0)) for s, rank in pairs)
