"""The training set: its grain, its window, and that later knowledge does not change an earlier moment."""

from itertools import pairwise
from typing import Any

import polars as pl

from warehouse.load import load_landing
from warehouse.normalize import normalize
from warehouse.refresh import refresh
from warehouse.training import freeze, training_set

VIN = "1HGCM82633A004352"


def prices(crawls: Any, *, as_of: float | None = None, **how: Any) -> list[tuple[Any, ...]]:
    moment = None if as_of is None else crawls.day(as_of)
    return training_set(crawls.connection, "us", moment, **how).select("listing_id", "asking_price").rows()


def test_a_vehicle_gives_its_last_priced_observation(crawls):
    crawls.load(0, crawls.car("a", "$20,000", vin=VIN), crawls.car("b", "$18,000"))
    crawls.load(1, crawls.car("c", "$19,000", vin=VIN), crawls.car("b", "Not Priced"))
    assert prices(crawls) == [("cars.example:c", 19_000), ("cars.example:b", 18_000)]


def test_the_same_vehicle_new_and_used_stays_two_rows(crawls):
    new = crawls.car("a", "$30,000", vin=VIN, condition="New")
    crawls.load(0, new, crawls.car("b", "$20,000", vin=VIN, condition="Used"))
    assert prices(crawls) == [("cars.example:a", 30_000), ("cars.example:b", 20_000)]


def test_a_listing_that_never_had_a_price_is_not_trained_on(crawls):
    crawls.load(0, crawls.car("a", "Not Priced"))
    assert prices(crawls) == []


def test_a_price_far_above_the_list_price_is_kept_and_not_trained_on(crawls):
    slip = crawls.car("slip", "$3,728,040", msrp="$39,000")
    crawls.load(0, slip, crawls.car("dear", "$79,000", msrp="$39,000"), crawls.car("rare", "$3,728,040"))
    assert prices(crawls) == [("cars.example:dear", 79_000), ("cars.example:rare", 3_728_040)]
    assert crawls.row("select asking_price from listings where listing_id = 'cars.example:slip'") == (3_728_040,)


def test_a_price_outside_the_window_is_not_trained_on(crawls):
    crawls.load(0, crawls.car("old"))
    crawls.load(30, crawls.car("young"))
    assert prices(crawls, window_days=20) == [("cars.example:young", 20_000)]
    assert len(prices(crawls, window_days=40)) == 2


def test_of_too_many_rows_whole_vehicles_are_drawn_the_same_ones_however_many_there_are(crawls):
    cars = [crawls.car(f"{number}") for number in range(40)]
    pair = [crawls.car("new", "$30,000", vin=VIN, condition="New"), crawls.car("used", vin=VIN, condition="Used")]
    crawls.load(0, *pair, *cars)
    drawn = [{listing for listing, _ in prices(crawls, most_rows=most)} for most in range(1, 43)]
    twins = {"cars.example:new", "cars.example:used"}
    assert all(most - 1 <= len(rows) <= most and len(rows & twins) != 1 for most, rows in enumerate(drawn, start=1))
    assert all(fewer <= more for fewer, more in pairwise(drawn))
    crawls.load(1, *(crawls.car(f"{number}") for number in range(40, 80)))
    kept = {listing for listing, _ in prices(crawls, most_rows=40)}
    assert kept & {*drawn[-1]} < drawn[25], "who was not drawn among fewer is not drawn among more"


def test_another_market_is_not_trained_on(crawls):
    crawls.load(0, crawls.car("a"))
    assert training_set(crawls.connection, "germany").is_empty()


def test_what_is_seen_later_does_not_change_an_earlier_moment(crawls):
    crawls.load(0, crawls.car("a", "$20,000"))
    before = training_set(crawls.connection, "us", crawls.day(0.5))
    crawls.load(1, crawls.car("a", "$15,000", trim="EX"), crawls.car("b"))
    assert training_set(crawls.connection, "us", crawls.day(0.5)).equals(before)
    assert prices(crawls, as_of=1.5) == [("cars.example:a", 15_000), ("cars.example:b", 20_000)]


def test_what_was_seen_early_but_loaded_late_does_not_change_the_past(crawls):
    crawls.load(0, crawls.car("a", "$20,000"))
    late = crawls.land(0.2, crawls.car("a", "$17,000", trim="EX"), crawls.car("b"))
    before = training_set(crawls.connection, "us", crawls.day(0.5))
    crawls.load(3, crawls.car("c"))
    assert crawls.row(f"select count(*) from observations where crawl_run_id = '{late.crawl_run_id}'") == (2,)
    assert training_set(crawls.connection, "us", crawls.day(0.5)).equals(before)
    assert prices(crawls, as_of=3.5)[0] == ("cars.example:a", 17_000)


def test_the_present_is_a_moment_like_any_other(crawls):
    crawls.load(0, crawls.car("a", "$20,000", vin=VIN), crawls.car("b", "$18,000", trim="LX"))
    crawls.load(1, crawls.car("c", "$19,000", vin=VIN), crawls.car("b", "Not Priced", trim=None))
    assert training_set(crawls.connection, "us").equals(training_set(crawls.connection, "us", crawls.day(2)))


def test_a_better_parser_does_not_change_the_past(crawls, monkeypatch):
    crawls.load(0, crawls.car("a", "$20,000"), crawls.car("b", "$18,000"))
    before = training_set(crawls.connection, "us", crawls.day(0.5))
    for day, factor in ((1, 2), (2, 3)):
        better = lambda raw, factor=factor: normalize(raw).with_columns(pl.col("asking_price") * factor)  # noqa: E731
        monkeypatch.setattr("warehouse.parse.normalize", better)
        crawls.at(crawls.day(day))
        refresh(crawls.connection, everything=True)
    assert prices(crawls) == [("cars.example:a", 60_000), ("cars.example:b", 54_000)]
    assert prices(crawls, as_of=1.5) == [("cars.example:a", 40_000), ("cars.example:b", 36_000)]
    assert training_set(crawls.connection, "us", crawls.day(0.5)).equals(before)


def test_what_was_parsed_late_means_what_its_first_parse_said(crawls):
    crawls.land(0, crawls.car("a", "$20,000"))
    load_landing(crawls.connection, crawls.home.landing)
    crawls.at(crawls.day(3))
    refresh(crawls.connection)
    assert prices(crawls, as_of=1) == [("cars.example:a", 20_000)]


def test_an_understanding_that_is_the_same_is_not_kept_twice(crawls):
    crawls.load(0, crawls.car("a"), crawls.car("b", "Not Priced"))
    refresh(crawls.connection, everything=True)
    assert crawls.rows("from parsed_listings_past") == []


def test_it_has_the_columns_of_listings_that_are_known_then(crawls):
    crawls.load(0, crawls.car("a"))
    listings = crawls.connection.execute("select * from listings").pl()
    later = {"first_asking_price", "lowest_asking_price", "price_changes", "first_offered_at", "first_seen_at",
             "last_seen_at", "days_on_market", "status"}  # fmt: skip
    expected = {name: kind for name, kind in listings.schema.items() if name not in later}
    assert dict(training_set(crawls.connection, "us").schema) == expected


def test_a_frozen_set_is_named_and_hashed_by_its_content(crawls, tmp_path):
    crawls.load(0, crawls.car("a"), crawls.car("b"))
    frame = training_set(crawls.connection, "us")
    snapshot, again = freeze(frame, tmp_path), freeze(frame, tmp_path)
    other = freeze(frame.head(1), tmp_path)
    assert snapshot == again
    assert snapshot.sha256[:16] in snapshot.path.name
    assert snapshot.rows == 2
    assert other.path != snapshot.path
    assert pl.read_parquet(snapshot.path).equals(frame)
