"""The kinds of cars that a model run is judged by."""

from collections.abc import Callable

import numpy as np
import polars as pl

from models.evaluate.segments import segments

Cars = Callable[..., pl.DataFrame]


def test_a_rare_make_stands_with_the_others_and_a_missing_word_is_unknown() -> None:
    listings = pl.DataFrame({"make": ["Ford"] * 60 + ["Lada", "Tata"], "market": "demo", "seller_type": None})
    found = segments(listings, np.linspace(5_000, 50_000, 62))
    assert found.columns == ["make", "age", "price", "seller_type", "condition", "market"]
    assert found["make"].to_list() == ["ford"] * 60 + ["other makes"] * 2
    assert set(found["age"]) == set(found["seller_type"]) == {"unknown"}
    assert set(found["market"]) == {"demo"}


def test_price_bands_hold_a_fifth_each_in_order_of_the_predicted_price(cars: Cars) -> None:
    predicted = np.linspace(1_000, 101_000, 500)
    bands = segments(cars(500), predicted)["price"]
    assert bands.is_sorted()
    assert bands.unique().sort().cast(str).to_list() == [
        "under 21,000", "21,000 to 41,000", "41,000 to 61,000", "61,000 to 81,000", "81,000 and over",
    ]  # fmt: skip
    assert bands.value_counts()["count"].is_between(98, 102).all()


def test_price_bands_know_nothing_of_what_is_asked(cars: Cars) -> None:
    listings, predicted = cars(100), np.linspace(1_000, 101_000, 100)
    dearer = listings.with_columns(pl.col("asking_price") * 3)
    assert segments(listings, predicted).equals(segments(dearer, predicted))


def test_a_car_is_in_the_band_that_begins_with_its_age() -> None:
    seen = pl.Series(["2024-01-01T00:00:00Z"] * 3).str.to_datetime(time_unit="us", time_zone="UTC")
    listings = pl.DataFrame({"make": "Ford", "model_year": [2023, 2021, 2000], "market": "demo", "scraped_at": seen})
    assert segments(listings, np.ones(3))["age"].cast(str).to_list() == [
        "1 to 3 years", "3 to 6 years", "15 years and over",
    ]  # fmt: skip
