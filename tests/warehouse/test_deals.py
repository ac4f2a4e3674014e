"""Deals: what each step means, why a listing has no rating, and that a rating does not flutter."""

from typing import Any

import polars as pl
import pytest

from warehouse.contracts import check
from warehouse.refresh import refresh
from warehouse.writing import write_model_run, write_predictions, write_promotion


def predictions(price: float, *listings: str, reason_code: str | None = None, half: float = 1.1) -> pl.DataFrame:
    """Return the same prediction for each listing: lower and upper lie a factor ``half`` away."""
    ends = {"lower": price / half, "upper": price * half, "lower_95": price / half**1.5, "upper_95": price * half**1.5}
    told = {"coverage": 0.8, "reason_code": reason_code, "typical_price": price, "reasons": None}
    rows = {"listing_id": [f"cars.example:{name}" for name in listings], "predicted_price": price, **ends, **told}
    return pl.DataFrame(rows, schema_overrides={"reason_code": pl.String})


@pytest.fixture
def market(crawls: Any) -> Any:
    """A market whose champion is run-1."""
    write_model_run(crawls.connection, {"model_run_id": "run-1", "market": "us", "estimator": "forest"})
    crawls.load(0, crawls.car("first"))
    write_promotion(crawls.connection, "us", "run-1", "the first", crawls.day(0))
    return crawls


def score(market: Any, day: float, price: float, *listings: str, **how: Any) -> None:
    write_predictions(market.connection, predictions(price, *listings, **how), "run-1", market.day(day))


def rating(market: Any, name: str = "a") -> str:
    (found,) = market.row(f"select rating from deals where listing_id = 'cars.example:{name}'")
    return str(found)


def test_each_step_is_where_the_price_stands_in_its_range(market: Any) -> None:
    prices = {"great_deal": 18_000, "good_deal": 19_000, "fair": 20_300, "high": 21_500, "overpriced": 22_500}
    market.load(1, *(market.car(name, f"${price}") for name, price in prices.items()))
    score(market, 1, 20_000, *prices)
    assert {name: rating(market, name) for name in prices} == {name: name for name in prices}
    query = "select above_predicted, above_predicted_share, range_position < -1, rated_since from deals"
    (found,) = market.rows(f"{query} where rating = 'great_deal'")
    assert found == (-2_000, pytest.approx(-0.1), True, market.day(1))
    check(market.connection)


def test_the_same_distance_weighs_less_in_a_wider_range(market: Any) -> None:
    market.load(1, market.car("sure", "$19,000"), market.car("unsure", "$19,000"))
    score(market, 1, 20_000, "sure", half=1.03)
    score(market, 2, 20_000, "unsure", half=1.2)
    assert (rating(market, "sure"), rating(market, "unsure")) == ("great_deal", "fair")


def test_no_range_is_taken_as_narrower_than_sellers_round(market: Any) -> None:
    market.load(1, market.car("a", "$19,900"))
    score(market, 1, 20_000, "a", half=1.001)
    assert rating(market) == "fair"


def test_what_is_not_rated_says_why(market: Any) -> None:
    names = ("unpriced", "new", "strange", "typo", "eu")
    cars = {name: market.car(name, "Not Priced" if name == "unpriced" else "$20,000") for name in names}
    market.load(1, *cars.values())
    score(market, 1, 20_000, "unpriced")
    score(market, 2, 20_000, "strange", reason_code="few_comparables")
    score(market, 3, 2_000, "typo")
    market.connection.execute("update listings set market = 'eu' where listing_id = 'cars.example:eu'")
    score(market, 4, 20_000, "none of these")
    reasons = dict(market.rows("select split_part(listing_id, ':', 2), no_rating_reason from deals"))
    assert reasons == {
        "first": "not_scored", "unpriced": "no_price", "new": "not_scored", "strange": "few_comparables",
        "typo": "suspicious_price", "eu": "no_champion",
    }  # fmt: skip
    assert market.row("select count(*) from deals where rating <> 'no_rating' or above_predicted is not null") == (0,)


def test_a_rating_stays_until_the_price_is_clearly_beyond_its_step(market: Any) -> None:
    market.load(1, market.car("a", "$20,000"))
    given = []
    # by range_position: 0.38, 0.42, 0.58, 0.62, 0.42, 0.18
    for day, price in enumerate((19_290, 19_215, 18_925, 18_852, 19_215, 19_660), start=1):
        score(market, day, price, "a")
        given.append(rating(market))
    assert given == ["fair", "fair", "fair", "high", "high", "fair"]
    assert market.row("select rated_since from deals where rating = 'fair'") == (market.day(6),)


def test_deriving_again_or_scoring_again_changes_nothing(market: Any) -> None:
    market.load(1, market.car("a", "$20,000"))
    for day, price in ((1, 19_290), (2, 18_925)):
        score(market, day, price, "a")
    before = market.rows("from deals order by listing_id")
    assert ("fair", market.day(1)) in market.rows("select rating, rated_since from deals")
    score(market, 2, 18_925, "a")
    refresh(market.connection, everything=True)
    assert market.rows("from deals order by listing_id") == before


def test_a_changed_price_is_rated_without_a_new_scoring(market: Any) -> None:
    market.load(1, market.car("a", "$20,000"))
    score(market, 1, 20_000, "a")
    market.load(2, market.car("a", "$17,000"))
    assert market.row("select rating, rated_since from deals where rating <> 'no_rating'") == (
        "great_deal",
        market.day(2),
    )
    market.load(3, market.car("a", "$1,700"))
    assert market.row("select no_rating_reason from deals where asking_price = 1700") == ("suspicious_price",)


def test_what_is_gone_is_no_deal(market: Any) -> None:
    market.load(1, market.car("a"))
    score(market, 1, 20_000, "a")
    for day in (2, 3, 4):
        market.load(day, market.car("b"))
    assert market.rows("select listing_id from deals") == [("cars.example:b",)]
