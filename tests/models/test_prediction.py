"""Prediction by real members: the planted car, who prices whom, and the range."""

import numpy as np
import polars as pl
import pytest

from models.evaluate.crossfit import NEW
from models.evaluate.holdout import is_holdout
from models.model_runs.member import Member
from models.model_runs.registry import ModelRun, open_model_run
from models.predict.prediction import predict
from models.train.model_run import make_model_run
from models.train.recipe import Recipe


def _model_run(rows: pl.DataFrame, folder, estimator: str) -> ModelRun:
    folder.mkdir()
    rows.write_parquet(folder / "snapshot.parquet")
    recipe = Recipe(folder / "snapshot.parquet", "demo", estimator, folds=3)
    return open_model_run(make_model_run(recipe, folder / "models", lambda done: None))


def _in_training(rows: pl.DataFrame) -> str:
    return str(rows.filter(~is_holdout(rows["vehicle_id"]))["vehicle_id"][7])


@pytest.fixture(scope="module")
def rows(cars) -> pl.DataFrame:
    return cars(500)


@pytest.fixture(scope="module")
def model_run(rows, tmp_path_factory) -> ModelRun:
    return _model_run(rows, tmp_path_factory.mktemp("runs") / "forest", "forest")


def test_an_absurd_price_does_not_pull_its_own_prediction(model_run, rows, tmp_path) -> None:
    planted = pl.col("vehicle_id") == _in_training(rows)
    tenfold = pl.when(planted).then(pl.col("asking_price") * 10).otherwise("asking_price").alias("asking_price")
    absurd = rows.with_columns(tenfold)
    ordinary = predict(model_run, rows.filter(planted))
    learned = _model_run(absurd, tmp_path / "absurd", "forest")
    unmoved = predict(learned, absurd.filter(planted))
    assert unmoved["predicted_price"][0] == pytest.approx(ordinary["predicted_price"][0], rel=1e-9)
    assert (model_run.manifest.outliers, learned.manifest.outliers) == (0, 1)


def test_a_model_that_saw_the_absurd_price_is_pulled_by_it(rows) -> None:
    # What cross-fitting is for. At ten times the price the outlier rule would hide the pull, so: twice.
    planted = pl.col("vehicle_id") == _in_training(rows)
    doubled = pl.when(planted).then(pl.col("asking_price") * 2).otherwise("asking_price").alias("asking_price")
    ordinary, pulled = (
        Member("forest").fit(table).predict(table.filter(planted))[0] for table in (rows, rows.with_columns(doubled))
    )
    assert pulled > 1.05 * ordinary


def test_a_car_in_training_gets_its_out_of_fold_price_and_a_held_out_one_its_holdout_price(model_run, rows) -> None:
    prices = dict(predict(model_run, rows).select("listing_id", "predicted_price").iter_rows())
    recorded = pl.concat(
        table.select("listing_id", "predicted_price") for table in (model_run.out_of_fold, model_run.holdout)
    )
    assert recorded.height == rows.height
    assert [prices[name] for name in recorded["listing_id"]] == pytest.approx(recorded["predicted_price"].to_list())


def test_another_ad_of_a_car_in_training_is_priced_as_the_car_is(cars, tmp_path) -> None:
    ads = cars(200).with_columns(vehicle_id="listing_id")
    model_run = _model_run(ads, tmp_path / "ads", "baseline")
    again = ads.with_columns(pl.col("vehicle_id", "listing_id") + "-elsewhere")
    corrected = ads.with_columns(pl.col("mileage") + 7)
    folds = model_run.fold_in_training(ads)
    assert set(folds) == {NEW, *range(model_run.manifest.folds)}
    for changed in (again, corrected):
        assert model_run.fold_in_training(changed).to_list() == folds.to_list()
    assert set(model_run.fold_in_training(again.with_columns(pl.col("mileage") + 7))) == {NEW}


def test_a_new_car_is_priced_by_all_members(model_run, cars) -> None:
    new = cars(20, seed=5)
    by_member = np.array([member.predict(new) for member in model_run.members])
    assert predict(model_run, new)["predicted_price"].to_numpy() == pytest.approx(
        np.exp(np.log(by_member).mean(axis=0))
    )
    assert NEW not in model_run.training_vehicles["fold"]


def test_predictions_keep_the_order_of_the_listings_and_repeat_what_is_asked_twice(model_run, rows) -> None:
    shuffled = pl.concat([rows.sample(fraction=1, shuffle=True, seed=1), rows.head(3)])
    assert predict(model_run, shuffled)["listing_id"].equals(shuffled["listing_id"])


def test_listings_without_a_price_are_priced(model_run, rows) -> None:
    unpriced = rows.with_columns(asking_price=pl.lit(None, dtype=pl.Float64))
    assert predict(model_run, unpriced).equals(predict(model_run, rows))


def test_no_listings_are_no_predictions(model_run, rows) -> None:
    assert predict(model_run, rows.head(0)).schema == predict(model_run, rows).schema


def test_ranges_hold_the_prediction_and_the_measured_coverage_is_near_nominal(model_run, rows) -> None:
    predictions = predict(model_run, rows)
    assert (predictions["lower"] < predictions["predicted_price"]).all()
    assert (predictions["predicted_price"] < predictions["upper"]).all()
    inside = rows["asking_price"].is_between(predictions["lower"], predictions["upper"])
    assert inside.mean() == pytest.approx(0.8, abs=0.05)
    assert model_run.manifest.holdout_coverage == pytest.approx(0.8, abs=0.12)
