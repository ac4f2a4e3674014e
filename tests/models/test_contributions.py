"""Contributions: they add up to the price, belong to what the price law says, and are told by who may price the car."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import polars as pl
import polars.testing as pl_testing
import pytest

from models.estimators import LEARNER_NAMES
from models.estimators.walks import walk
from models.model_runs.member import Member
from models.model_runs.registry import ModelRun, open_model_run
from models.predict.contributions import LARGEST, contributions, in_money, predict_with_reasons
from models.predict.prediction import predict
from models.prepare.features import FEATURES, build_features
from models.prepare.levels import DEPRECIATION, STEPS, PriceLevels
from models.prepare.preparation import Preparation
from models.prepare.terms import SHARED, TERMS, terms_of
from models.train.model_run import make_model_run
from models.train.recipe import Recipe

Cars = Callable[..., pl.DataFrame]
CENT = 0.01
NETWORK = {"hidden": [16], "members": 2, "epochs": 5, "batch_size": 64}
PARAMS = {
    "forest": {"n_trees": 20},
    "boosting": {"iterations": 100},
    "keras_network": NETWORK,
    "torch_network": NETWORK,
}


def _model_run(folder: Path, estimator: str, parts: Sequence[Path] = ()) -> ModelRun:
    recipe = Recipe(
        folder / "snapshot.parquet", "demo", estimator, folds=2, params=PARAMS.get(estimator, {}), parts=tuple(parts)
    )
    return open_model_run(make_model_run(recipe, folder / "models", lambda done: None))


def _with_reasons(model_run: ModelRun, listings: pl.DataFrame) -> pl.DataFrame:
    return predict_with_reasons(model_run, listings, build_features(listings))


@pytest.fixture(scope="module")
def folder(cars: Cars, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs")
    cars(600).write_parquet(folder / "snapshot.parquet")
    return folder


@pytest.fixture(scope="module")
def boosting(folder: Path) -> ModelRun:
    return _model_run(folder, "boosting")


@pytest.fixture(scope="module")
def ensemble(folder: Path, boosting: ModelRun) -> ModelRun:
    forest, network = _model_run(folder, "forest"), _model_run(folder, "torch_network")
    return _model_run(folder, "ensemble", [boosting.folder, forest.folder, network.folder])


@pytest.mark.parametrize("name", ["boosting", pytest.param("ensemble", marks=pytest.mark.slow)])
def test_the_contributions_to_1000_prices_add_up_within_a_cent(
    name: str, cars: Cars, request: pytest.FixtureRequest
) -> None:
    # Cars of the training, each priced by one member, and new ones, priced by all.
    listings = pl.concat([cars(600), cars(400, seed=1)])
    model_run = request.getfixturevalue(name)
    told = contributions(model_run, listings)
    sums = told.select("typical_price", *TERMS).sum_horizontal()
    prices = predict(model_run, listings)["predicted_price"]
    assert (sums - prices).abs().max() < CENT
    assert told["listing_id"].equals(listings["listing_id"])
    assert (told["age"].abs() > 100 * CENT).all()


@pytest.mark.parametrize(
    "estimator", [name if name != "keras_network" else pytest.param(name, marks=pytest.mark.slow)
                  for name in LEARNER_NAMES]
)  # fmt: skip
def test_each_estimator_s_contributions_add_up_to_its_log_price(estimator: str, cars: Cars) -> None:
    member = Member(estimator, params=PARAMS.get(estimator, {})).fit(cars(300))
    unknown = pl.DataFrame({"make": ["Trabant", None], "mileage": [None, 1e12], "model_year": [None, 1899]})
    for listings in (cars(50, seed=1), unknown):
        told = member.contributions(build_features(listings))
        assert told.shape == (listings.height, len(TERMS) + 1)
        np.testing.assert_allclose(told.sum(axis=1), np.log(member.predict(listings)), rtol=0, atol=1e-9)


def test_what_the_price_law_says_of_a_car_is_its_reason(boosting: ModelRun) -> None:
    car = {"listing_id": "a", "vehicle_id": "a", "make": "Kia", "model": "Rio", "model_year": 2017, "mileage": 50_000}
    others = [{}, {"model_year": 2011}, {"mileage": 150_000}, {"make": "BMW", "model": "X5"}]
    told = contributions(boosting, pl.DataFrame([car | other for other in others]))
    amounts = told.select(*TERMS).to_numpy()
    moved = [list(TERMS)[at] for at in np.abs(amounts[1:] - amounts[0]).argmax(axis=1)]
    assert moved[:2] == ["age", "mileage"] and moved[2] in ("make", "model", "trim")
    name = told.select(pl.sum_horizontal("make", "model", "trim")).to_series()
    assert told["age"][1] < told["age"][0] and told["mileage"][2] < told["mileage"][0] and name[3] > 0 > name[0]
    assert (told.select("seller", "place", "season", "options").to_numpy() == 0).all(), "the cars do not tell these"


def test_who_may_not_price_a_car_has_no_say_in_its_reasons(boosting: ModelRun, cars: Cars) -> None:
    listings = cars(600).head(50)
    fold = boosting.fold_in_training(listings)
    own = listings.filter(fold == 1)
    assert own.height > 5
    by_member_1 = in_money(boosting.members[1].contributions(build_features(own)))
    told = contributions(boosting, listings).filter(fold == 1)
    np.testing.assert_allclose(told.select(*TERMS, "typical_price").to_numpy(), by_member_1, rtol=1e-12)


def test_the_largest_reasons_are_stored_in_words(boosting: ModelRun, cars: Cars) -> None:
    listings = cars(40, seed=2)
    told, stored = contributions(boosting, listings), _with_reasons(boosting, listings)
    assert stored["typical_price"].equals(told["typical_price"])
    first = stored["reasons"][0].to_list()
    amounts = {name: told[name][0] for name in TERMS}
    largest = sorted(amounts, key=lambda name: -abs(amounts[name]))[:LARGEST]
    assert first == [{"reason": name, "amount": round(amounts[name])} for name in largest if round(amounts[name])]
    assert 1 < len(first) <= LARGEST


def test_what_is_told_with_reasons_is_what_is_predicted_without(boosting: ModelRun, cars: Cars) -> None:
    listings = pl.concat([cars(50), cars(50, seed=2)])
    told, predicted = _with_reasons(boosting, listings), predict(boosting, listings)
    pl_testing.assert_frame_equal(told.drop("typical_price", "reasons"), predicted, rel_tol=1e-9)


def test_no_listings_have_no_reasons(boosting: ModelRun, cars: Cars) -> None:
    stored = _with_reasons(boosting, cars(1).clear())
    assert stored.schema == _with_reasons(boosting, cars(1)).schema and stored.is_empty()


def test_money_is_divided_without_a_remainder() -> None:
    log_terms = np.array([[0.3, -0.5, 9.0], [0.0, 0.0, 10.0], [0.4, -0.4, 10.0], [1e-12, 0.0, 10.0]])
    amounts = in_money(log_terms)
    np.testing.assert_allclose(amounts.sum(axis=1), np.exp(log_terms.sum(axis=1)), rtol=1e-14)
    share = (np.exp(8.8) - np.exp(9.0)) / -0.2
    np.testing.assert_allclose(amounts[0], [0.3 * share, -0.5 * share, np.exp(9.0)])
    np.testing.assert_allclose(amounts[2], np.exp(10.0) * np.array([0.4, -0.4, 1.0]))


def test_every_feature_and_every_step_has_one_term() -> None:
    named = [name for names in TERMS.values() for name in names]
    assert len(named) == len(set(named))
    assert set(named) == {feature.name for feature in FEATURES} | set(STEPS)


@pytest.mark.parametrize("kind", ["native", "dense", "plain"])
def test_every_column_of_a_matrix_has_one_term(kind: str, cars: Cars) -> None:
    listings = cars(60)
    preparation = Preparation(kind)
    preparation.fit_transform(listings, np.log(listings["asking_price"].to_numpy()))
    columns = preparation.columns
    terms = terms_of(columns)
    assert (terms.sum(axis=1) == 1).all()
    assert {column for column, term in zip(columns, terms, strict=True) if term[-1]} == SHARED & set(columns)


@pytest.mark.parametrize(
    ("column", "term"),
    [("make_model_trim", "trim"), ("engine_3", "engine"), ("engine_liters_is_missing", "engine"),
     ("seller_type_2", "seller"), ("mileage_per_year", "mileage"), ("seller_level", "seller")],
)  # fmt: skip
def test_a_column_s_term_is_that_of_the_longest_name_it_begins_with(column: str, term: str) -> None:
    assert [name for name, at in zip(TERMS, terms_of([column])[0], strict=False) if at] == [term]


def test_the_parts_of_the_expected_log_price_add_up_to_it(cars: Cars) -> None:
    features = build_features(cars(200))
    levels = PriceLevels().fit(features, np.log(cars(200)["asking_price"].to_numpy()))
    parts = levels.parts(features)
    np.testing.assert_allclose(parts.sum(axis=1), levels.transform(features)[:, -1], rtol=1e-12)
    median = features.with_columns(pl.lit(None, pl.Float64).alias(name) for name in DEPRECIATION)
    assert np.abs(levels.parts(median)[:, : len(DEPRECIATION)]).max() == 0, "unknown is as the median"


def test_a_walk_gives_an_additive_function_its_own_terms_and_halves_what_two_make_together() -> None:
    X, reference = np.array([[2.0, 3.0, 5.0], [1.0, 1.0, 1.0]]), np.array([1.0, 1.0, 1.0])
    groups = np.eye(3)
    additive = walk(lambda rows: rows @ [10.0, 1.0, 0.1], reference, X, groups)
    np.testing.assert_allclose(additive, [[10, 2, 0.4, 11.1], [0, 0, 0, 11.1]], atol=1e-12)
    product = walk(lambda rows: rows[:, 0] * rows[:, 1], np.zeros(3), X[:1], groups)
    np.testing.assert_allclose(product, [[3, 3, 0, 0]])
