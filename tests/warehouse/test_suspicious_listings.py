"""suspicious_listings: what each signal finds, and what it leaves alone."""

from typing import Any

import polars as pl

from warehouse.contracts import check
from warehouse.writing import write_contradictions, write_model_run, write_predictions, write_promotion

VIN, OTHER_VIN = "1HGCM82633A004352", "1HGCM82633A004353"


def signals(crawls: Any) -> list[tuple[str, str]]:
    query = "select split_part(listing_id, ':', 2), signal from suspicious_listings order by all"
    return list(crawls.rows(query))


def test_prices_far_outside_their_range_and_slips_of_a_digit(crawls: Any) -> None:
    prices = {"fine": 20_000, "outside": 25_000, "far": 30_000, "many": 210_000, "few": 1_900, "cheap": 12_000}
    crawls.load(0, *(crawls.car(name, f"${price}") for name, price in prices.items()), crawls.car("none", None))
    write_model_run(crawls.connection, {"model_run_id": "run-1", "market": "us", "estimator": "forest"})
    write_promotion(crawls.connection, "us", "run-1", "the first", crawls.day(0))
    ends = {"lower": 19_000.0, "upper": 22_000.0, "lower_95": 16_000.0, "upper_95": 24_000.0}
    told = {"coverage": 0.8, "reason_code": None, "typical_price": 20_000.0, "reasons": None}
    listings = [f"cars.example:{name}" for name in (*prices, "none")]
    predicted = pl.DataFrame({"listing_id": listings, "predicted_price": 20_000.0, **ends, **told})
    write_predictions(crawls.connection, predicted, "run-1", crawls.day(0))
    assert signals(crawls) == [
        ("cheap", "price_far_outside_its_range"),
        ("far", "price_far_outside_its_range"),
        ("few", "price_has_a_digit_too_few"),
        ("many", "price_has_a_digit_too_many"),
    ]
    query = "select evidence from suspicious_listings where asking_price = 210000"
    assert crawls.row(query) == ("asks 210,000; 95 % of such cars ask 16,000 to 24,000",)
    check(crawls.connection)


def test_mileages_that_no_car_of_its_age_has(crawls: Any) -> None:
    said = {
        "taxi": ("2021", "250,000 mi.", "Used"),
        "far": ("2024", "130,000 mi.", "Used"),
        "little": ("2020", "25 mi.", "Used"),
        "new": ("2021", "25 mi.", "New"),
        "young": ("2024", "25 mi.", "Used"),
    }  # fmt: skip
    cars = [
        crawls.car(name, model_year=year, mileage=miles, condition=kind) for name, (year, miles, kind) in said.items()
    ]
    crawls.load(0, *cars)
    assert signals(crawls) == [
        ("far", "mileage_impossible_for_its_age"),
        ("little", "mileage_impossible_for_its_age"),
    ]


def test_one_vin_of_two_sellers_or_in_two_places(crawls: Any) -> None:
    here, there = {"seller_name": "Sunrise", "region": "NY"}, {"seller_name": "Harbor", "region": "NY"}
    crawls.load(
        0,
        crawls.car("one", vin=VIN, **here),
        crawls.car("two", vin=VIN, **there),
        crawls.car("twice", vin=OTHER_VIN, **here),
        crawls.car("again", vin=OTHER_VIN, **here),
        crawls.car("without", **there),
    )
    assert signals(crawls) == [("one", "vin_in_two_places"), ("two", "vin_in_two_places")]


def test_contradictions_are_signals_until_the_next_ones_are_written(crawls: Any) -> None:
    crawls.load(0, crawls.car("a"), crawls.car("b"))
    found = {"feature": "horsepower", "said": 1_580.0, "expected": 160.0, "spreads": 12.0}
    for name in ("a", "b"):
        write_contradictions(crawls.connection, pl.DataFrame({"listing_id": f"cars.example:{name}", **found}), "us")
    assert signals(crawls) == [("b", "contradicts_itself")]
    write_contradictions(crawls.connection, pl.DataFrame({"listing_id": "cars.example:a", **found}).clear(), "us")
    assert signals(crawls) == []
