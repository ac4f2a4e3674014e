"""The metrics, by hand and against scikit-learn's."""

from dataclasses import asdict

import numpy as np
import pytest
from sklearn import metrics as reference

from models.evaluate.metrics import evaluate


def test_metrics_of_two_cars_by_hand() -> None:
    found = evaluate(np.array([10_000.0, 20_000.0]), np.array([11_000.0, 16_000.0]))
    assert (found.rows, found.mae) == (2, 2_500)
    assert found.rmse == pytest.approx((17e6 / 2) ** 0.5)
    assert found.mdape == pytest.approx(0.15)
    assert found.r2 == pytest.approx(1 - 17e6 / 50e6)
    assert found.log_mae == pytest.approx((np.log(1.1) + np.log(1.25)) / 2)


def test_metrics_agree_with_scikit_learn() -> None:
    random = np.random.default_rng(1)
    actual = random.uniform(5_000, 90_000, 501)
    predicted = actual * np.exp(random.normal(0, 0.2, 501))
    found = asdict(evaluate(actual, predicted))
    assert found["r2"] == pytest.approx(reference.r2_score(actual, predicted))
    assert found["rmse"] == pytest.approx(reference.root_mean_squared_error(actual, predicted))
    assert found["mae"] == pytest.approx(reference.mean_absolute_error(actual, predicted))
    assert found["log_rmse"] == pytest.approx(reference.root_mean_squared_error(np.log(actual), np.log(predicted)))


@pytest.mark.parametrize(("predicted", "r2"), [(9_000.0, 1.0), (9_500.0, 0.0)])
def test_r2_is_defined_where_all_cars_ask_the_same(predicted: float, r2: float) -> None:
    assert evaluate(np.array([9_000.0]), np.array([predicted])).r2 == r2
