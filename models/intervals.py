"""The range around a predicted price: split-conformal, from the log residuals of predictions that never saw the car."""

from dataclasses import dataclass
from math import ceil, exp, floor

import numpy as np

DEFAULT_COVERAGE = 0.80


@dataclass(frozen=True, slots=True)
class PriceRange:
    """The range at one coverage: a predicted price times ``lower_factor`` and times ``upper_factor``."""

    coverage: float
    lower_factor: float
    upper_factor: float


def minimum_rows(coverage: float = DEFAULT_COVERAGE) -> int:
    """Return how many residuals a finite range at ``coverage`` takes: 9 at 0.80."""
    return ceil(round(2 / (1 - coverage), 9)) - 1


def calibrate(actual: np.ndarray, out_of_fold: np.ndarray, coverage: float = DEFAULT_COVERAGE) -> PriceRange:
    """Return the range that holds a share ``coverage`` of new cars' prices, as many dearer as cheaper outside it.

    Of the n residuals ln(actual) - ln(out_of_fold), sorted, the bounds are those with the finite-sample ranks
    floor((n + 1) tail) and ceil((n + 1) (1 - tail)), tail = (1 - coverage) / 2 (Lei and others 2018, split conformal).
    An out-of-fold price comes from one member and a new car's from the mean of all, which errs a little less, so that
    the range of new cars tends to hold somewhat more than it states.

    Raises:
        ValueError: there are fewer than ``minimum_rows(coverage)`` residuals.
    """
    residuals = np.sort(np.log(actual) - np.log(out_of_fold))
    if len(residuals) < minimum_rows(coverage):
        raise ValueError(f"residuals must be at least {minimum_rows(coverage)}, got {len(residuals)}")
    rank = floor(round((len(residuals) + 1) * (1 - coverage) / 2, 9))  # rounded, so that 0.9999999 is rank 1
    lower, upper = residuals[rank - 1], residuals[-rank]
    return PriceRange(coverage, exp(lower), exp(upper))


def measured_coverage(actual: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> float:
    """Return the share of ``actual`` within its range, bounds included."""
    return float(np.mean((lower <= actual) & (actual <= upper)))
