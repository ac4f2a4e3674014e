"""The holdout rule and the folds."""

import hashlib
from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest

from crawler.errors import TasadorError
from models.evaluate.holdout import (
    fold_of,
    hold_out_by_hash,
    hold_out_by_time,
    is_holdout,
    read_split,
    split,
    vehicle_ids,
)

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


AD = {"make": "Kia", "model": "Rio", "model_year": 2019, "mileage": 45_210.0, "vehicle_id": "a:1", "listing_id": "a:1"}


def ids_of(*changes: dict[str, object]) -> list[str]:
    return vehicle_ids(pl.DataFrame([AD | change for change in changes])).to_list()


@pytest.mark.parametrize("same", [{"model": "RIO LX"}, {"asking_price": 1.0}, {"exterior_color": "red"}, {"trim": "S"}])
def test_two_ads_of_one_car_without_a_vin_are_one_vehicle(same: dict[str, object]) -> None:
    first, second = ids_of({}, same | {"vehicle_id": "b:2", "listing_id": "b:2"})
    assert first == second


@pytest.mark.parametrize(
    "other", [{"make": "Ford"}, {"model": "Soul"}, {"model_year": 2018}, {"mileage": 45_211.0}, {"mileage": None}]
)
def test_another_car_is_another_vehicle(other: dict[str, object]) -> None:
    first, second = ids_of({}, other | {"vehicle_id": "b:2", "listing_id": "b:2"})
    assert first != second


def test_cars_that_were_hardly_driven_or_have_a_vin_keep_their_id() -> None:
    assert ids_of({"mileage": 12.0}, {"vehicle_id": "1FTFW1E50KFA12345"}) == ["a:1", "1FTFW1E50KFA12345"]


def test_a_car_of_which_nothing_is_known_keeps_its_id() -> None:
    assert ids_of(dict.fromkeys(("make", "model", "model_year", "mileage"))) == ["a:1"]


def test_two_ads_of_one_car_are_never_on_both_sides(cars, tmp_path) -> None:
    first = cars(300).with_columns(vehicle_id="listing_id")
    again = first.with_columns(pl.col("vehicle_id", "listing_id") + "-again", pl.col("asking_price") * 0.95)
    pl.concat([first, again]).write_parquet(tmp_path / "snapshot.parquet")
    training, holdout = read_split(tmp_path / "snapshot.parquet", "demo")
    cars_of = [set(side["listing_id"].str.strip_suffix("-again")) for side in (training, holdout)]
    assert not cars_of[0] & cars_of[1]
    assert min(map(len, cars_of)) > 30


def test_other_markets_and_cars_without_a_price_are_not_in_the_split(snapshot, cars, tmp_path) -> None:
    rows = cars(300)
    price = pl.when(pl.int_range(pl.len()) >= 50).then("asking_price").alias("asking_price")
    market = pl.when(pl.int_range(pl.len()) < 250).then(pl.lit("demo")).otherwise(pl.lit("us")).alias("market")
    rows.with_columns(price, market).write_parquet(tmp_path / "mixed.parquet")
    training, holdout = read_split(tmp_path / "mixed.parquet", "demo")
    assert training.height + holdout.height == 200


CUT = datetime(2026, 1, 5, tzinfo=UTC)
NO_LISTING = {"listing_id": pl.String, "vehicle_id": pl.String, "make": pl.String, "model": pl.String,
              "model_year": pl.Int64, "mileage": pl.Float64}  # fmt: skip


def by_time(then: pl.DataFrame, now: pl.DataFrame, seen: pl.DataFrame | None = None) -> Any:
    return hold_out_by_time(then, now, pl.DataFrame(schema=NO_LISTING) if seen is None else seen, CUT)


def test_by_time_what_came_later_is_held_out_and_the_rest_trained_on_at_the_prices_of_then(cars) -> None:
    then, new = cars(600), cars(250, seed=1)
    now = pl.concat([then.with_columns(pl.col("asking_price") * 0.9), new])
    training, holdout = split(by_time(then, now), "demo")
    assert training["asking_price"].to_list() == then["asking_price"].to_list()
    assert holdout["listing_id"].to_list() == new["listing_id"].to_list()
    assert holdout["holdout_rule"].unique().to_list() == ["first seen after 2026-01-05"]


def test_by_time_no_car_that_was_known_before_is_held_out(cars) -> None:
    then, new, unpriced = cars(600).with_columns(vehicle_id="listing_id"), cars(250, seed=1), cars(30, seed=2)
    posted_again = then.head(10).with_columns(pl.col("vehicle_id", "listing_id") + "-again")
    with_its_vin = then[10:20].with_columns(vehicle_id=pl.lit("VIN-") + pl.col("vehicle_id"))
    relisted = unpriced.with_columns(pl.col("listing_id") + "-again")
    now = pl.concat([new, posted_again, with_its_vin, relisted])
    assert by_time(then, now, unpriced).filter("is_holdout").equals(by_time(then, new).filter("is_holdout"))


@pytest.mark.parametrize("newcomers", [199, 301])
def test_too_few_newcomers_or_too_many_are_no_holdout_by_time(cars, newcomers: int) -> None:
    then = cars(600)
    assert by_time(then, pl.concat([then, cars(newcomers, seed=1)])) is None


def test_a_snapshot_says_which_rows_it_holds_out(cars) -> None:
    rows = hold_out_by_hash(cars(300))
    assert split(rows, "demo")[1].equals(split(cars(300), "demo")[1])
    training, holdout = split(rows.with_columns(pl.col("is_holdout").not_()), "demo")
    assert training["listing_id"].to_list() == split(cars(300), "demo")[1]["listing_id"].to_list()
    assert training.height + holdout.height == 300


def test_a_vehicle_planted_on_both_sides_is_refused(cars) -> None:
    rows = cars(100)
    leaking = rows.with_columns(pl.col("vehicle_id").replace(rows["vehicle_id"][90], rows["vehicle_id"][3]))
    with pytest.raises(TasadorError, match="vehicle-demo:0-3 and 0 other vehicles are trained on and held out"):
        split(leaking.with_columns(is_holdout=pl.int_range(pl.len()) >= 80, holdout_rule=pl.lit("by hand")), "demo")


def test_a_snapshot_that_cannot_be_read_is_one_line(tmp_path) -> None:
    (tmp_path / "broken.parquet").write_bytes(b"no parquet")
    for name in ("missing.parquet", "broken.parquet"):
        with pytest.raises(TasadorError, match=name) as raised:
            read_split(tmp_path / name, "demo")
        assert "\n" not in str(raised.value)
