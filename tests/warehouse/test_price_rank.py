"""price_rank: a listing's place among its comparables, by price and by price at its own mileage."""

import math
from typing import Any

import polars as pl
import pytest

from warehouse.contracts import check
from warehouse.transform import build

MILE_SHARE = 0.000005  # what a mile takes of a price in these tests


def compare(crawls: Any, listing: str, *offers: tuple[float | None, float | None, int]) -> None:
    """Record comparables: price, miles more and months older of each."""
    rows = [
        {"market": "us", "listing_id": f"cars.example:{listing}", "rank": rank, "price": price,
         "comparable_listing_id": f"other {rank}", "miles_more": miles, "months_older": months}
        for rank, (price, miles, months) in enumerate(offers, start=1)
    ]  # fmt: skip
    crawls.connection.register("found", pl.DataFrame(rows))
    crawls.connection.execute("insert into comparables by name from found")
    build(crawls.connection, "price_rank")


def price(miles: float, months: int = 0, of: float = 20_000) -> float:
    """Return what a car asks that was driven so many miles more, and is so many months older."""
    return of * math.exp(-MILE_SHARE * miles - 0.01 * months)


def test_a_rank_counts_who_asks_less(crawls: Any) -> None:
    crawls.load(0, crawls.car("a", "$20,000"), crawls.car("alone"), crawls.car("unpriced", "Not Priced"))
    compare(crawls, "a", (19_000, None, 0), (20_000, None, 0), (21_000, None, 0))
    compare(crawls, "unpriced", (19_000, 0, 0))
    query = "select listing_id, price_rank, mileage_adjusted_rank, ranked_offers, comparable_price from price_rank"
    assert crawls.rows(query) == [("cars.example:a", 2, 2, 4, 20_000)]
    check(crawls.connection)


def test_miles_are_worth_what_they_are_among_cars_of_one_age(crawls: Any) -> None:
    crawls.load(0, crawls.car("a", "$20,000"), crawls.car("b", "$19,900"))
    # the older ones were driven further: without age miles would seem to cost more
    drives = [(-20_000, -6), (10_000, 6), (5_000, 0), (20_000, 12)]
    compare(crawls, "a", *((price(miles, months), miles, months) for miles, months in drives), (200_000, 9, 0))
    compare(crawls, "b", *((price(miles), miles, 0) for miles in (-8_000, -4_000, 4_000, 8_000)))
    query = "select price_rank, mileage_adjusted_rank, ranked_offers, mileage_adjusted_price, price_per_mile"
    told = crawls.row(f"{query} from price_rank where listing_id = 'cars.example:b'")
    assert told == (3, 1, 5, pytest.approx(20_000), pytest.approx(0.0995))


def test_where_miles_seem_to_add_value_nothing_is_adjusted(crawls: Any) -> None:
    crawls.load(0, crawls.car("a", "$20,000"))
    compare(crawls, "a", (19_000, -5_000, 0), (20_500, 3_000, 1), (21_000, 6_000, 0))
    query = "select price_rank, mileage_adjusted_rank, price_per_mile from price_rank"
    assert crawls.row(query) == (2, 2, 0)
