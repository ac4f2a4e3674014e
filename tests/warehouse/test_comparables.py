"""What is offered in a market, and the comparables that a scoring leaves beside its predictions."""

from typing import Any

import polars as pl
import pytest

from warehouse.contracts import check
from warehouse.market import open_market
from warehouse.offers import GONE_DAYS, offers
from warehouse.publish import publish
from warehouse.writing import write_model_run, write_predictions, write_promotion

PRICES = pl.DataFrame(
    {"listing_id": ["cars.example:a"], "predicted_price": 1.0, "lower": 0.5, "upper": 2.0, "coverage": 0.8,
     "lower_95": 0.4, "upper_95": 3.0, "reason_code": None, "typical_price": 1.0, "reasons": None},
    schema_overrides={"reason_code": pl.String},
)  # fmt: skip


def comparables(*others: str) -> pl.DataFrame:
    rows = {"listing_id": "cars.example:a", "rank": range(1, len(others) + 1), "comparable_listing_id": others}
    same = {f"has_same_{what}": True for what in ("trim", "descriptor", "seller", "region")}
    told = {"distance": 0.5, "price": 9_000.0, "currency": "USD", "months_older": 3, "miles_more": -10.0}
    return pl.DataFrame({**rows, **told, **same, "days_gone": None, "unstored": 1})


@pytest.fixture
def scored(crawls: Any) -> Any:
    """Three listings, a champion, and its scoring."""
    crawls.load(0, crawls.car("a"), crawls.car("b"), crawls.car("c"))
    write_model_run(crawls.connection, {"model_run_id": "run-1", "market": "us", "estimator": "forest"})
    write_promotion(crawls.connection, "us", "run-1", "the first", crawls.day(1))
    found = comparables("cars.example:b", "cars.example:c")
    write_predictions(crawls.connection, PRICES, "run-1", crawls.day(1), found)
    return crawls


def test_comparables_are_published_with_the_predictions(scored):
    check(scored.connection)
    publish(scored.home)
    with open_market(scored.home) as market:
        rows = market.execute("select market, rank, comparable_listing_id, price from comparables").fetchall()
    assert rows == [("us", 1, "cars.example:b", 9_000.0), ("us", 2, "cars.example:c", 9_000.0)]


def test_a_scoring_replaces_its_market_s_comparables(scored):
    scored.connection.execute("insert into comparables by name select 'eu' as market, 'x' as listing_id, 1 as rank")
    write_predictions(scored.connection, PRICES, "run-1", scored.day(2), comparables("cars.example:c"))
    query = "select market, rank, comparable_listing_id from comparables order by market"
    assert scored.rows(query) == [("eu", 1, None), ("us", 1, "cars.example:c")]


def test_a_scoring_without_comparables_leaves_them(scored):
    write_predictions(scored.connection, PRICES, "run-1", scored.day(2))
    assert scored.row("select count(*) from comparables") == (2,)


def test_comparables_that_cannot_be_written_leave_no_predictions(scored):
    scored.connection.execute("alter table comparables rename column price to paid")
    with pytest.raises(Exception, match="price"):
        write_predictions(scored.connection, PRICES, "run-1", scored.day(2), comparables("cars.example:c"))
    assert scored.row("select max(scored_at) from predictions") == (scored.day(1),)


def test_offers_are_what_is_live_or_went_a_short_while_ago(crawls):
    unpriced = crawls.car("unpriced", "Not Priced")
    crawls.load(0, crawls.car("stays"), crawls.car("sold"), crawls.car("unpriced sold", "Not Priced"))
    for day in (2, 3):
        crawls.load(day, crawls.car("stays"), unpriced)
    assert offers(crawls.connection, "us").select("listing_id", "days_gone").rows() == [
        ("cars.example:sold", 3),
        ("cars.example:stays", None),
        ("cars.example:unpriced", None),
    ]
    crawls.load(GONE_DAYS + 1, crawls.car("stays"), unpriced)
    assert offers(crawls.connection, "us")["listing_id"].to_list() == ["cars.example:stays", "cars.example:unpriced"]


def test_offers_may_be_asked_of_one_make(crawls):
    crawls.load(0, crawls.car("a"), crawls.car("b", make="Ford", model="Focus"))
    assert offers(crawls.connection, "us", "Ford")["listing_id"].to_list() == ["cars.example:b"]
    assert offers(crawls.connection, "eu").height == 0
