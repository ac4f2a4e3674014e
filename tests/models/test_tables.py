"""The tables that people look at."""

import numpy as np
import polars as pl
import pytest

from models.evaluate.metrics import evaluate
from models.train.tables import compare_estimators, predicted_against_actual


@pytest.fixture
def table(cars) -> pl.DataFrame:
    listings = cars(6)
    price = pl.Series("predicted_price", [10_000.0] * 6)
    predictions = pl.DataFrame({"listing_id": listings["listing_id"], "predicted_price": price})
    bounds = {"lower": price * 0.9, "upper": price * 1.1}
    return predicted_against_actual(listings, predictions.with_columns(**bounds))


def test_residuals_are_actual_less_predicted_and_the_largest_share_comes_first(table) -> None:
    assert table.columns == [
        "listing_id", "vehicle_id", "make", "model", "model_year", "mileage", "asking_price", "predicted_price",
        "lower", "upper", "residual", "residual_share",
    ]  # fmt: skip
    assert table["residual"].to_list() == (table["asking_price"] - 10_000).to_list()
    assert table["residual_share"].to_list() == pytest.approx((table["residual"] / 10_000).to_list())
    assert table["residual_share"].abs().is_sorted(descending=True)


def test_a_row_too_many_is_refused(cars) -> None:
    predictions = pl.DataFrame({"predicted_price": [1.0], "lower": [1.0], "upper": [1.0]})
    with pytest.raises(pl.exceptions.PolarsError):
        predicted_against_actual(cars(2), predictions)


def test_estimators_are_compared_best_out_of_fold_first(make_manifest) -> None:
    asked, wrong_by = np.array([10_000.0]), {"baseline": 1.3, "forest": 1.1, "boosting": 1.2}
    manifests = [
        make_manifest(estimator=name, out_of_fold=evaluate(asked, factor * asked)) for name, factor in wrong_by.items()
    ]
    table = compare_estimators(manifests)
    assert table["estimator"].to_list() == ["forest", "boosting", "baseline"]
    assert {"r2", "rmse", "mae", "mdape", "log_rmse", "seconds", "coverage"} <= set(table.columns)
