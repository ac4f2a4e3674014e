"""Preparation: listings in, one finite and repeatable matrix out."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from skops.io.exceptions import UntrustedTypesFoundException

from models.prepare.features import build_features
from models.prepare.levels import LEVELS, PriceLevels
from models.prepare.outliers import describe_outliers, find_outliers
from models.prepare.preparation import MISSING, UNKNOWN, Preparation

Cars = Callable[..., pl.DataFrame]
KINDS = ("native", "dense", "plain")
STRANGER = pl.DataFrame({"make": ["Trabant"], "model": ["601"], "mileage": [None]})


def prepared(kind: str, listings: pl.DataFrame) -> tuple[Preparation, np.ndarray]:
    preparation = Preparation(kind)  # type: ignore[arg-type]
    return preparation, preparation.fit_transform(listings, np.log(listings["asking_price"].to_numpy())).matrix


@pytest.mark.parametrize("kind", KINDS)
def test_training_and_any_listings_give_the_named_columns(kind: str, cars: Cars) -> None:
    preparation, matrix = prepared(kind, cars(200))
    assert matrix.shape == (200, len(preparation.columns))
    assert preparation.transform(cars(30, seed=1)).matrix.shape == (30, len(preparation.columns))
    assert preparation.transform(STRANGER).matrix.shape == (1, len(preparation.columns))


@pytest.mark.parametrize("kind", KINDS)
def test_a_saved_preparation_prepares_the_same(kind: str, cars: Cars, tmp_path: Path) -> None:
    preparation, _ = prepared(kind, cars(200))
    preparation.save(tmp_path)
    listings = pl.concat([cars(30, seed=1), STRANGER], how="diagonal_relaxed")
    loaded = Preparation.load(tmp_path)
    assert loaded.columns == preparation.columns
    np.testing.assert_array_equal(loaded.transform(listings).matrix, preparation.transform(listings).matrix)


@pytest.mark.parametrize("kind", KINDS)
def test_a_listing_is_prepared_alike_alone_and_among_others(kind: str, cars: Cars) -> None:
    preparation, _ = prepared(kind, cars(200))
    others = cars(30, seed=1).with_columns(pl.when(pl.col("mileage") > 60_000).then(None).otherwise("mileage"))
    np.testing.assert_allclose(
        preparation.transform(others[3:4]).matrix[0], preparation.transform(others).matrix[3], atol=1e-9
    )


def test_only_the_plain_matrix_knows_no_price_levels(cars: Cars) -> None:
    known = {kind: set(LEVELS) & set(prepared(kind, cars(50))[0].columns) for kind in KINDS}
    assert known == {"native": set(LEVELS), "dense": set(LEVELS), "plain": set()}


def test_the_dense_matrix_has_no_holes_and_is_scaled(cars: Cars) -> None:
    with_holes = cars(300).with_columns(
        mileage=pl.when(pl.int_range(pl.len()) % 3 > 0).then("mileage"), horsepower=pl.lit(None, pl.Float64)
    )
    preparation, matrix = prepared("dense", with_holes)
    assert np.isfinite(matrix).all()
    assert np.isfinite(preparation.transform(STRANGER).matrix).all()
    mileage = matrix[:, preparation.positions(["mileage"])[0]]
    assert (mileage.mean(), mileage.std()) == pytest.approx((0, 1), abs=1e-6)
    assert "mileage_is_missing" in preparation.columns


def test_imputation_knows_that_old_cars_have_driven_far(cars: Cars) -> None:
    listings = cars(600)
    hidden = listings.with_columns(mileage=pl.when(pl.int_range(pl.len()) % 3 > 0).then("mileage"))
    preparation, matrix = prepared("dense", hidden)
    position = preparation.positions(["mileage"])[0]
    truth = listings["mileage"].to_numpy()[::3]
    assert np.corrcoef(matrix[::3, position], truth)[0, 1] > 0.4


def test_missing_and_unseen_categories_have_codes_of_their_own(cars: Cars) -> None:
    preparation, _ = prepared("native", cars(200))
    asked = pl.DataFrame({"make": ["BMW", "bmw ", None, "Trabant"]})
    bmw, spelled_differently, missing, unseen = preparation.transform(asked).matrix[
        :, preparation.positions(["make"])[0]
    ]
    assert bmw == spelled_differently > 0
    assert (missing, unseen) == (MISSING, UNKNOWN)


def test_only_native_matrices_have_codes(cars: Cars) -> None:
    native, dense = prepared("native", cars(50))[0], prepared("dense", cars(50))[0]
    assert [native.columns[position] for position in native.categorical][:2] == ["brand_class", "make"]
    assert dense.categorical == ()


def test_a_file_with_a_foreign_type_is_not_loaded(cars: Cars, tmp_path: Path) -> None:
    preparation, _ = prepared("dense", cars(50))
    preparation.dense_.imputer_.forests_.append(pytest.approx(1))
    preparation.save(tmp_path)
    with pytest.raises(UntrustedTypesFoundException):
        Preparation.load(tmp_path)


def test_a_rows_own_price_takes_no_part_in_its_levels(cars: Cars) -> None:
    listings = cars(200)
    log_prices = np.log(listings["asking_price"].to_numpy())
    absurd = log_prices.copy()
    absurd[17] += 20
    features = build_features(listings)
    before, after = (PriceLevels(seed=3).fit_transform(features, prices)[17] for prices in (log_prices, absurd))
    np.testing.assert_array_equal(before, after)


def test_a_level_moves_from_its_parents_only_as_far_as_its_rows_warrant() -> None:
    features = build_features(
        pl.DataFrame({"make": ["Kia"] * 12, "model": ["Rio"] * 11 + ["Stinger"], "model_year": [2020] * 12})
    )
    levels = PriceLevels(shrinkage=1.0).fit(features, np.array([9.0] * 11 + [11.0]))
    rio, stinger, unseen = levels.transform(
        build_features(pl.DataFrame({"make": ["Kia"] * 3, "model": ["Rio", "Stinger", "Soul"]}))
    )
    words, line = LEVELS.index("words_level"), LEVELS.index("model_line_level")
    assert unseen[LEVELS.index("vin_descriptor_level")] == unseen[words]
    assert rio[line] < unseen[line] < stinger[line] < 11.0 - 9.0


def test_only_absurd_prices_are_outliers_and_the_reason_says_why(cars: Cars) -> None:
    listings = cars(500).with_columns(
        asking_price=pl.when(pl.int_range(pl.len()) == 7).then(1.0).otherwise(pl.col("asking_price") * 1.0)
    )
    outliers = find_outliers(listings)
    assert outliers["listing_id"].to_list() == [listings["listing_id"][7]]
    assert outliers["reason"][0].startswith("asks 1 where cars of its kind ask about ")
    assert describe_outliers(outliers).startswith("1 with a price that no car of their kind asks")
    assert describe_outliers(outliers).endswith(outliers["reason"][0])


def test_a_model_run_without_outliers_says_so(cars: Cars) -> None:
    assert describe_outliers(find_outliers(cars(200))) == "no car was left out of training"


def test_a_category_that_training_never_saw_has_no_column_and_a_constant_says_nothing(cars: Cars) -> None:
    preparation, matrix = prepared("dense", cars(200).with_columns(doors=pl.lit(4.0)))
    strange = preparation.transform(STRANGER.with_columns(doors=pl.lit(2.0))).matrix
    makes = [place for place, name in enumerate(preparation.columns) if name.startswith("make_") and name[5:].isdigit()]
    assert len(makes) == cars(200)["make"].n_unique()
    assert (strange[:, makes] == 0).all()
    doors = preparation.positions(["doors"])[0]
    assert (strange[:, doors], matrix[:, doors].std()) == (0, 0)
    assert matrix.dtype == strange.dtype == np.float32
