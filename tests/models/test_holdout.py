"""The holdout rule and the folds."""

import hashlib

import polars as pl
import pytest

from crawler.errors import TasadorError
from models.holdout import fold_of, is_holdout, read_split

VEHICLES = pl.Series("vehicle_id", [f"VEHICLE-{number}" for number in range(4000)])


def test_the_holdout_follows_the_published_rule() -> None:
    by_rule = [int(hashlib.sha256(name.encode()).hexdigest(), 16) % 5 == 0 for name in VEHICLES]
    assert is_holdout(VEHICLES).to_list() == by_rule


def test_about_one_vehicle_in_five_is_held_out() -> None:
    assert is_holdout(VEHICLES).mean() == pytest.approx(0.2, abs=0.02)


def test_folds_are_of_equal_size_on_both_sides_of_the_holdout() -> None:
    sides = pl.DataFrame({"fold": fold_of(VEHICLES), "held_out": is_holdout(VEHICLES)})
    shares = sides.group_by("held_out", "fold").len().with_columns(pl.col("len") / pl.col("len").sum().over("held_out"))
    assert shares.height == 10
    assert shares["len"].is_between(0.16, 0.24).all()


def test_a_vehicle_does_not_change_its_fold_with_the_company_it_keeps() -> None:
    assert fold_of(VEHICLES[::-1]).to_list() == fold_of(VEHICLES)[::-1].to_list()


def test_no_vehicle_is_on_both_sides_of_a_snapshot(snapshot) -> None:
    training, holdout = read_split(snapshot(600, twice=100), "demo")
    assert training.height + holdout.height == 700
    assert not set(training["vehicle_id"]) & set(holdout["vehicle_id"])


def test_other_markets_and_cars_without_a_price_are_not_in_the_split(snapshot, cars, tmp_path) -> None:
    rows = cars(300)
    price = pl.when(pl.int_range(pl.len()) >= 50).then("asking_price").alias("asking_price")
    market = pl.when(pl.int_range(pl.len()) < 250).then(pl.lit("demo")).otherwise(pl.lit("us")).alias("market")
    rows.with_columns(price, market).write_parquet(tmp_path / "mixed.parquet")
    training, holdout = read_split(tmp_path / "mixed.parquet", "demo")
    assert training.height + holdout.height == 200


def test_a_snapshot_that_cannot_be_read_is_one_line(tmp_path) -> None:
    (tmp_path / "broken.parquet").write_bytes(b"no parquet")
    for name in ("missing.parquet", "broken.parquet"):
        with pytest.raises(TasadorError, match=name) as raised:
            read_split(tmp_path / name, "demo")
        assert "\n" not in str(raised.value)
