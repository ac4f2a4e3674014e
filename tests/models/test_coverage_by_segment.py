"""Coverage by kind of car, on cars whose ranges are known."""

import polars as pl
import pytest

from models.evaluate.coverage import coverage_by_segment


def _judged(covered: dict[str, int]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return 100 cars of each make, of which so many lie in their range."""
    rows = [
        {"listing_id": f"{make}{n}", "make": make, "asking_price": 10_000.0, "lower": 9_000.0, "inside": n < inside}
        for make, inside in covered.items()
        for n in range(100)
    ]
    cars = pl.DataFrame(rows).with_columns(
        vehicle_id="listing_id", market=pl.lit("us"), predicted_price=pl.lit(9_500.0), model_year=pl.lit(2020)
    )
    upper = pl.when("inside").then(11_000.0).otherwise(9_900.0).alias("upper")
    judged = cars.select("listing_id", "vehicle_id", "asking_price", "predicted_price", "lower", upper)
    return cars.select("listing_id", "vehicle_id", "market", "make", "model_year", "asking_price"), judged


def test_each_make_has_its_share_the_least_covered_first() -> None:
    found = coverage_by_segment(*_judged({"Ford": 90, "Kia": 60}))
    makes = found.filter(segment="make")
    assert makes.select("value", "rows", "coverage").rows() == [("kia", 100, 0.6), ("ford", 100, 0.9)]


def test_the_interval_is_wilsons() -> None:
    kia = coverage_by_segment(*_judged({"Ford": 90, "Kia": 60})).filter(value="kia")
    assert kia.select("lower", "upper").row(0) == pytest.approx((0.5020, 0.6906), abs=1e-4)
