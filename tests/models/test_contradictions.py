"""Contradictions: the autoencoder finds planted slips, leaves sound cars alone, and knows rare and silent ones."""

import numpy as np
import polars as pl
import pytest

from models.predict.contradictions import COLUMNS, Autoencoder

ROWS = 1_000


def cars(rows: int = ROWS) -> pl.DataFrame:
    """Return listings whose price follows from age, mileage and engine."""
    dice = np.random.default_rng(5)
    year, liters = dice.integers(2010, 2025, rows), dice.choice([1.2, 1.6, 2.0, 3.0], rows)
    mileage = (2025 - year) * 9_000 * dice.lognormal(0, 0.2, rows) + 1_000
    price = 12_000 * liters * np.exp(-0.1 * (2025 - year)) * dice.lognormal(0, 0.08, rows)
    told = {"listing_id": [f"listing {row}" for row in range(rows)], "asking_price": price, "model_year": year}
    engine = {"mileage": mileage, "engine_liters": liters, "horsepower": 80 * liters, "make": "Honda"}
    frame = pl.DataFrame({**told, **engine})
    return frame.with_columns(pl.lit(None).alias(name) for name in COLUMNS if name not in frame.columns)


def changed(listings: pl.DataFrame, row: int, **values: float | None) -> pl.DataFrame:
    is_it = pl.int_range(pl.len()) == row
    return listings.with_columns(
        pl.when(is_it).then(value).otherwise(name).alias(name) for name, value in values.items()
    )


@pytest.fixture(scope="module")
def autoencoder() -> Autoencoder:
    return Autoencoder.learn(cars())


def test_planted_slips_are_found_and_named(autoencoder: Autoencoder) -> None:
    listings = cars()
    price = listings["asking_price"][3]
    slips = changed(changed(listings, 3, asking_price=price * 10), 8, horsepower=1_600.0)
    found = autoencoder.contradictions(slips)
    assert found["listing_id"].to_list() == ["listing 3", "listing 8"]
    assert found.select("feature", "said").row(1) == ("horsepower", 1_600.0)
    assert found["expected"][1] == pytest.approx(listings["horsepower"][8], rel=0.4)


def test_sound_cars_and_silent_ones_do_not_contradict_themselves(autoencoder: Autoencoder) -> None:
    assert autoencoder.contradictions(cars()).is_empty()
    silent = cars(3).with_columns(pl.lit(None, pl.Float64).alias(name) for name in ("asking_price", "horsepower"))
    assert autoencoder.contradictions(silent).is_empty()


def test_learning_again_finds_the_same(autoencoder: Autoencoder) -> None:
    slip = changed(cars(), 5, mileage=450_000.0)
    again = Autoencoder.learn(cars()).contradictions(slip)
    assert again.rows() == autoencoder.contradictions(slip).rows()
    assert again["feature"].to_list() == ["mileage"]


def test_slips_among_what_is_learned_from_hide_none() -> None:
    slips = cars().with_columns(
        asking_price=pl.col("asking_price") * pl.when(pl.int_range(pl.len()) < 10).then(10).otherwise(1)
    )
    found = Autoencoder.learn(slips).contradictions(slips)
    assert found["listing_id"].to_list() == [f"listing {row}" for row in range(10)]
