"""The assessor's ratio study, by hand."""

import numpy as np
import pytest

from models.evaluate.metrics import evaluate


def test_the_figures_of_three_cars_by_hand() -> None:
    found = evaluate(np.array([10_000.0, 20_000.0, 40_000.0]), np.array([12_000.0, 20_000.0, 32_000.0]))
    # the ratios are 1.2, 1 and 0.8
    assert found.median_ratio == pytest.approx(1.0)
    assert found.cod == pytest.approx(100 * (0.2 + 0 + 0.2) / 3)
    assert found.prd == pytest.approx(1.0 / (64 / 70))
    # on log2 of 11,000, 20,000 and 36,000 with differences of 0.2, 0 and -0.2
    x = np.log2([11_000, 20_000, 36_000])
    assert found.prb == pytest.approx(-0.2 * (x[2] - x[0]) / np.square(x - x.mean()).sum())


def test_the_level_is_told_by_the_median_ratio_alone() -> None:
    actual = np.array([8_000.0, 15_000.0, 30_000.0, 31_000.0])
    predicted = actual * [1.1, 0.9, 1.05, 1.0]
    right, dear = evaluate(actual, predicted), evaluate(actual, 1.3 * predicted)
    assert dear.median_ratio == pytest.approx(1.3 * right.median_ratio)
    assert (dear.cod, dear.prd, dear.prb) == pytest.approx((right.cod, right.prd, right.prb))


def test_bias_against_dear_cars_shows_and_none_does_not() -> None:
    random = np.random.default_rng(0)
    actual = np.exp(random.normal(10, 0.7, 20_000))
    noise = np.exp(random.normal(0, 0.05, 20_000))
    fair, biased = evaluate(actual, actual * noise), evaluate(actual, actual * noise * (actual / 22_000) ** -0.1)
    assert fair.prb == pytest.approx(0, abs=0.005)
    assert 0.98 < fair.prd < 1.03
    assert biased.prb == pytest.approx(2**-0.1 - 1, abs=0.01)  # ratios 7 % lower when the value doubles
    assert biased.prd > 1.03


def test_a_single_car_has_no_bias_by_price() -> None:
    found = evaluate(np.array([9_000.0]), np.array([9_900.0]))
    assert (found.median_ratio, found.cod, found.prd, found.prb) == pytest.approx((1.1, 0, 1, 0))
