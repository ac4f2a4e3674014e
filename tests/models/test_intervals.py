"""The conformal range: its coverage and its ranks."""

import numpy as np
import pytest

from models.intervals import calibrate, measured_coverage, minimum_rows


def _market(rows: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return actual and predicted prices with lopsided, heavy-tailed errors."""
    random = np.random.default_rng(seed)
    predicted = random.uniform(5_000, 60_000, rows)
    return predicted * np.exp(0.1 * random.standard_t(3, rows) + random.exponential(0.1, rows)), predicted


@pytest.mark.parametrize("coverage", [0.8, 0.95])
def test_coverage_of_new_cars_is_near_what_was_asked_for(coverage: float) -> None:
    price_range = calibrate(*_market(2_000, seed=1), coverage)
    actual, predicted = _market(20_000, seed=2)
    inside = measured_coverage(actual, predicted * price_range.lower_factor, predicted * price_range.upper_factor)
    assert inside == pytest.approx(coverage, abs=0.02)


def test_as_many_cars_are_dearer_as_cheaper_than_their_range() -> None:
    actual, predicted = _market(9_999, seed=3)
    price_range = calibrate(actual, predicted)
    assert np.mean(actual < predicted * price_range.lower_factor) == pytest.approx(0.1, abs=0.001)
    assert np.mean(actual > predicted * price_range.upper_factor) == pytest.approx(0.1, abs=0.001)


def test_few_cars_get_a_range_that_holds_on_average_all_the_same() -> None:
    inside = []
    for seed in range(400):
        price_range = calibrate(*_market(19, seed))
        actual, predicted = _market(50, seed + 1_000)
        inside.append(
            measured_coverage(actual, predicted * price_range.lower_factor, predicted * price_range.upper_factor)
        )
    assert 0.78 < np.mean(inside) < 0.82


def test_bounds_have_the_finite_sample_rank() -> None:
    residuals = np.arange(1, 20) / 100  # 19 residuals: ranks 2 and 18 at 0.80
    price_range = calibrate(np.exp(residuals), np.ones(19))
    assert price_range.lower_factor == pytest.approx(np.exp(0.02))
    assert price_range.upper_factor == pytest.approx(np.exp(0.18))


def test_the_range_needs_as_many_cars_as_its_coverage_takes() -> None:
    assert (minimum_rows(0.8), minimum_rows(0.95)) == (9, 39)
    calibrate(*_market(9, seed=0))
    with pytest.raises(ValueError, match="residuals must be at least 9, got 8"):
        calibrate(*_market(8, seed=0))
