"""What is offered like a car, as it is told; and that a scoring keeps it for each live listing."""

from pathlib import Path
from typing import Any

import polars as pl

from crawler.home import Home
from flows.show import published
from flows.summaries.comparables import tell_comparables

OFFER = {
    "comparable_listing_id": "demo:1", "price": 9_500.0, "make": "Honda", "model": "Civic", "trim": None,
    "model_year": 2019, "mileage": 51_200.0, "months_older": 12, "miles_more": 10_200.0, "has_same_trim": False,
    "has_same_descriptor": None, "has_same_region": False, "days_gone": 9,
}  # fmt: skip


def test_what_differs_is_said_in_words(capsys: Any) -> None:
    like_it = {**OFFER, "months_older": 0, "miles_more": None, "has_same_trim": True, "has_same_region": True}
    tell_comparables(pl.DataFrame([OFFER, {**like_it, "months_older": -2, "days_gone": None}]))
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Offered like it, the most alike first"
    assert "9,500         2019    51,200   Honda Civic   12 months older, 10,200 mi more, other trim and" in lines[4]
    assert "Honda Civic   2 months younger" in "".join(lines[5:])


def test_of_a_car_that_nothing_is_like_nothing_is_told(capsys: Any) -> None:
    tell_comparables(pl.DataFrame([OFFER]).clear())
    assert capsys.readouterr().out == ""


def test_each_scored_listing_has_comparables_of_its_make(demo: tuple[Path, Any]) -> None:
    (counts,) = published(
        Home(demo[0]),
        """
        select
            count(distinct comparables.listing_id) as listings,
            (select count(*) from predicted_prices) as scored,
            max(rank) as ranks,
            bool_and(one.make = other.make) as are_of_one_make,
            bool_and(one.vehicle_id <> other.vehicle_id) as are_two_vehicles,
            bool_and(comparables.price = other.asking_price) as ask_what_they_ask,
            count(days_gone) as gone
        from comparables
        inner join listings as one using (listing_id)
        inner join listings as other on comparables.comparable_listing_id = other.listing_id
        """,
    ).to_dicts()
    assert counts["listings"] > 0.9 * counts["scored"] and counts["ranks"] == 8
    assert counts["are_of_one_make"] and counts["are_two_vehicles"] and counts["ask_what_they_ask"]
    assert counts["gone"] > 0, "on the third day some are gone"
