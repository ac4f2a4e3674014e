"""The bench of feature families and leaks, on invented cars."""

from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
import pytest

from bench.ablation import CrossValidation, ablation, leaks

Cars = Callable[..., pl.DataFrame]
QUICK = CrossValidation(folds=2, iterations=40, seeds=1)


@pytest.fixture(scope="module")
def listings(cars: Cars) -> pl.DataFrame:
    return cars(400).with_columns(pl.format("VIN{}", pl.int_range(pl.len())).alias("vin"))


def test_each_family_that_the_table_tells_of_is_left_out_once(listings: pl.DataFrame) -> None:
    lines = list(ablation(listings.drop("vin"), QUICK))
    added: dict[Any, Any] = {line["without"]: line.get("mae_added") for line in lines}
    assert set(added) == {None, "age_and_use", "name"}  # everybody's condition is used
    assert min(added["age_and_use"], added["name"]) > 0.5


def test_a_badge_and_a_vehicle_on_both_sides_make_errors_smaller(listings: pl.DataFrame) -> None:
    of_its_kind = listings.select(pl.col("asking_price") / pl.col("asking_price").median().over("make", "model_year"))
    badge = np.digitize(of_its_kind.to_series(), [0.9, 0.95, 1, 1.05, 1.1]).astype(str)
    raw = pl.DataFrame({"VIN": listings["vin"], "DealType": badge})
    lines = {line["leak"]: line["mae"] for line in leaks(listings, pl.concat([raw, raw]), QUICK)}
    assert lines["the site's badge"] < lines[None]
    assert lines["repeated VINs, random split"] < lines["repeated VINs, split by vehicle"]
