"""The conformal range: its coverage, whole and by band, its ranks and its order."""

from typing import Any

import numpy as np
import pytest

from models.ranges.intervals import COVERAGES, Floats, calibrate, from_state, measured_coverage, minimum_rows


def _market(rows: int, seed: int) -> tuple[Floats, Floats]:
    """Return lopsided, heavy-tailed residuals, twice as wide where cars are dear, and predicted prices."""
    random = np.random.default_rng(seed)
    predicted = random.uniform(5_000, 60_000, rows)
    wide = np.where(predicted > 40_000, 2.0, 1.0)
    return wide * (0.1 * random.standard_t(3, rows) + random.exponential(0.1, rows)), predicted


def _inside(rows: int, fresh: int, coverage: float, seed: int) -> tuple[Floats, Floats]:
    """Return the predicted prices of fresh cars, and which of them lie in the range that ``rows`` others gave."""
    ranges = calibrate(*_market(rows, seed))
    residuals, predicted = _market(fresh, seed + 10_000)
    lower, upper = ranges.around(predicted, np.ones(fresh), coverage)
    actual = predicted * np.exp(residuals)
    return predicted, (lower <= actual) & (actual <= upper)


@pytest.mark.parametrize("coverage", COVERAGES)
def test_coverage_of_new_cars_is_near_what_was_asked_for_in_every_band_of_price(coverage: float) -> None:
    predicted, inside = _inside(4_000, 20_000, coverage, seed=1)
    assert inside.mean() == pytest.approx(coverage, abs=0.015)
    for dear in (predicted > 45_000, predicted < 30_000):
        assert inside[dear].mean() == pytest.approx(coverage, abs=0.03)


def test_as_many_cars_are_dearer_as_cheaper_than_their_range() -> None:
    residuals, predicted = _market(9_999, seed=3)
    lower, upper = calibrate(residuals, predicted).around(predicted, np.ones(9_999), 0.8)
    assert np.mean(predicted * np.exp(residuals) < lower) == pytest.approx(0.1, abs=0.001)
    assert np.mean(predicted * np.exp(residuals) > upper) == pytest.approx(0.1, abs=0.001)


@pytest.mark.parametrize(("rows", "coverage"), [(19, 0.8), (79, 0.95)])
def test_few_cars_get_a_range_that_holds_on_average_all_the_same(rows: int, coverage: float) -> None:
    held = np.mean([_inside(rows, 50, coverage, seed)[1].mean() for seed in range(400)])
    assert held == pytest.approx(coverage, abs=0.02)


def test_bounds_have_the_finite_sample_rank() -> None:
    scores = np.arange(-9, 10) / 100  # 19 scores: ranks 2 and 18 at 0.80
    ((lower, upper),) = calibrate(scores, np.ones(19), [0.8]).bounds[0.8]
    assert (lower, upper) == (-0.08, 0.08)


def test_a_range_is_as_wide_as_the_car_s_spread() -> None:
    ranges = calibrate(*_market(500, seed=5))
    prices, spread = np.array([20_000.0, 20_000.0]), np.array([1.0, 2.0])
    lower, upper = ranges.around(prices, spread, 0.8)
    assert np.log(upper / prices)[1] == pytest.approx(2 * np.log(upper / prices)[0])
    assert np.log(lower / prices)[1] == pytest.approx(2 * np.log(lower / prices)[0])


@pytest.mark.parametrize("shift", [-1.0, 0.0, 1.0])
def test_bounds_never_cross(shift: float) -> None:
    scores, predicted = _market(2_000, seed=4)
    ranges = calibrate(scores + shift, predicted)  # even where all prices are wrong to one side
    bounds = {coverage: ranges.around(predicted, np.full(2_000, 0.3), coverage) for coverage in COVERAGES}
    (lower, upper), (lower_95, upper_95) = bounds[0.8], bounds[0.95]
    assert np.all((lower_95 <= lower) & (lower <= predicted) & (predicted <= upper) & (upper <= upper_95))


def test_a_range_that_takes_more_cars_than_there_are_is_none() -> None:
    assert (minimum_rows(0.8), minimum_rows(0.95)) == (9, 39)
    ranges = calibrate(*_market(38, seed=0))
    prices: Any = np.array([10_000.0])
    assert np.isnan(ranges.around(prices, np.ones(1), 0.95)).all()
    assert np.isfinite(ranges.around(prices, np.ones(1), 0.8)).all()


def test_saved_ranges_are_the_same() -> None:
    ranges = calibrate(*_market(2_500, seed=6))
    assert len(ranges.edges) == 4
    assert from_state(ranges.state()) == ranges


def test_bounds_belong_to_the_range() -> None:
    actual, lower, upper = np.array([1.0, 2.0, 3.0, 4.0]), np.full(4, 2.0), np.full(4, 3.0)
    assert measured_coverage(actual, lower, upper) == 0.5
