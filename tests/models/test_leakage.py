"""The guard against the asking price among the features: what its names say, and what the check finds."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from crawler.home import Home
from models.model_runs.manifest import read_manifest
from models.prepare.features import COLUMNS, FEATURES, OPTIONS, build_features
from models.prepare.leakage import PRICE_DEPENDENT, WELL_KNOWN, depends_on_price, suspicious_features
from models.train.model_run import make_model_run
from models.train.recipe import Recipe
from warehouse.connection import connect
from warehouse.refresh import refresh
from warehouse.training import training_set

Cars = Callable[..., pl.DataFrame]


@pytest.fixture(scope="module")
def prices(cars: Cars) -> np.ndarray:
    return cars(2_000)["asking_price"].to_numpy()


def found(cars: Cars, planted: np.ndarray | list[str]) -> dict[str, str]:
    listings = cars(2_000)
    features = build_features(listings).with_columns(pl.Series("planted", planted))
    return suspicious_features(features, np.log(listings["asking_price"].to_numpy()))


def test_no_feature_reads_what_depends_on_the_asking_price() -> None:
    read = {name for feature in FEATURES for name in feature.expression.meta.root_names()}
    assert not [name for name in read | set(COLUMNS) if depends_on_price(name)]


@pytest.mark.parametrize(
    "name",
    [*PRICE_DEPENDENT, "DealType", "deal_badge", "PriceDrop", "Price", "price (EUR)", "Monthly payment", "est. payment",
     "priceAnalysis", "dealer_discount"],
)  # fmt: skip
def test_a_column_that_depends_on_the_price_is_known_by_its_name(name: str) -> None:
    assert depends_on_price(name)


@pytest.mark.parametrize("name", ["msrp", "mileage", "seller_type", "dealer", "SellerRating", "ideal_use", "exchange"])
def test_an_honest_column_is_not_taken_for_one(name: str) -> None:
    assert not depends_on_price(name)


def test_a_column_of_listings_named_after_prices_is_listed_before_anything_may_read_it(tmp_path: Path) -> None:
    with connect(Home(tmp_path)) as connection:
        refresh(connection)
        trained_on = training_set(connection, "us")
        scored = connection.execute("from listings").pl()
    named = {name for name in trained_on.columns + scored.columns if depends_on_price(name)}
    assert "lowest_asking_price" in named
    assert named <= set(PRICE_DEPENDENT)


def test_no_equipment_word_speaks_of_a_deal() -> None:
    assert not [word for word in OPTIONS if depends_on_price(word)]


def test_honest_features_are_not_suspicious(cars: Cars, prices: np.ndarray) -> None:
    assert found(cars, np.zeros(len(prices))) == {}


@pytest.mark.parametrize("noise", [0, 0.05])
@pytest.mark.parametrize("unit", [1.0, 0.92, 1 / 60])
def test_the_price_in_any_unit_and_with_noise_is_found(
    cars: Cars, prices: np.ndarray, unit: float, noise: float
) -> None:
    leak = prices * unit * np.exp(np.random.default_rng(0).normal(0, noise, len(prices)))
    assert "alone explains" in found(cars, leak)["planted"]


def test_a_price_band_written_as_words_is_found(cars: Cars, prices: np.ndarray) -> None:
    assert "planted" in found(cars, [f"band {round(20 * np.log(price))}" for price in prices])


def test_a_price_drop_that_few_rows_have_is_found(cars: Cars, prices: np.ndarray) -> None:
    assert "planted" in found(cars, np.where(np.arange(len(prices)) % 3 == 0, 0.03 * prices, 0.0))


def test_a_deal_badge_is_found_by_what_it_adds_to_make_model_and_age(cars: Cars, prices: np.ndarray) -> None:
    listings = cars(2_000)
    new = listings["make"].replace_strict({"Honda": 26_000, "Ford": 48_000, "BMW": 66_000, "Kia": 18_000}).to_numpy()
    fair = new * 0.9 ** (2026 - listings["model_year"].to_numpy()) * np.exp(-listings["mileage"].to_numpy() / 400_000)
    badges = np.digitize(prices / fair, [0.95, 1.05])
    assert "leave unexplained" in found(cars, np.array(["Great", "Good", "Fair"])[badges].tolist())["planted"]


def test_the_list_price_may_tell_nearly_all(cars: Cars, prices: np.ndarray) -> None:
    listings = cars(2_000).with_columns(msrp=pl.Series(prices * 1.05))
    assert WELL_KNOWN == ("msrp",)
    assert suspicious_features(build_features(listings), np.log(prices)) == {}


def test_a_handful_of_rows_is_not_judged(cars: Cars) -> None:
    listings = cars(50)
    prices = listings["asking_price"].to_numpy()
    assert suspicious_features(pl.DataFrame({"planted": prices}), np.log(prices)) == {}


def test_a_model_run_says_which_feature_is_suspicious(cars: Cars, tmp_path: Path) -> None:
    snapshot = tmp_path / "snapshot.parquet"
    cars(500).with_columns(seller_rating=pl.col("asking_price") / 10_000).write_parquet(snapshot)
    recipe = Recipe(snapshot, "demo", "baseline", folds=2, seed=0, threads=1)
    folder = make_model_run(recipe, tmp_path / "models", lambda _: None)
    assert set(read_manifest(folder).suspicious_features) == {"seller_rating"}
