"""The transforms over crawls, on rows written by hand: listings, price_changes, rejects, reconciliation, crawl_runs."""

import pytest

from warehouse.refresh import refresh


def test_an_attribute_keeps_its_latest_known_value(crawls):
    crawls.load(0, crawls.car("a", trim="LX", exterior_color="Red"))
    crawls.load(1, crawls.car("a", trim="EX", mileage=None))
    assert crawls.row("select trim, exterior_color, mileage from listings") == ("EX", "red", 30_000)


def test_of_two_statements_of_one_moment_the_later_line_counts(crawls):
    crawls.load(0, crawls.car("a", "$20,000", trim="LX"), crawls.car("a", "$19,500", trim="EX"))
    assert crawls.row("select trim, asking_price, price_changes from listings") == ("EX", 19_500, 0)


def test_the_price_is_the_last_one_said_also_when_that_is_none(crawls):
    crawls.load(0, crawls.car("a", "$20,000"))
    crawls.load(1, crawls.car("a", "Not Priced"))
    row = crawls.row("select asking_price, first_asking_price, lowest_asking_price from listings")
    assert row == (None, 20_000, 20_000)


def test_a_statement_that_returns_is_the_latest_again(crawls):
    for day, price in enumerate(["$20,000", "$19,000", "$20,000"]):
        crawls.load(day, crawls.car("a", price))
    row = crawls.row("select asking_price, first_asking_price, lowest_asking_price, price_changes from listings")
    assert row == (20_000, 20_000, 19_000, 2)


def test_a_listing_was_on_the_market_from_first_to_last_sight(crawls):
    for day in (0, 3, 9):
        crawls.load(day, crawls.car("a"))
    row = crawls.row("select first_seen_at, last_seen_at, scraped_at, days_on_market from listings")
    assert row == (crawls.day(0), crawls.day(9), crawls.day(9), 9)


def test_presence_prolongs_a_listing_and_says_nothing_of_its_price(crawls):
    crawls.load(0, crawls.car("a"))
    crawls.load(4, presence=(crawls.car("a", price=None), crawls.car("never read")))
    row = crawls.row("select asking_price, last_seen_at, scraped_at, days_on_market from listings")
    assert row == (20_000, crawls.day(4), crawls.day(0), 4)


def test_a_vehicle_is_its_vin_where_there_is_one(crawls):
    crawls.load(0, crawls.car("a", vin="1HGCM82633A004352"), crawls.car("b"))
    assert crawls.rows("select vehicle_id from listings order by listing_id") == [
        ("1HGCM82633A004352",),
        ("cars.example:b",),
    ]


def test_a_listing_that_two_later_complete_crawls_miss_is_gone(crawls):
    crawls.load(0, crawls.car("a"), crawls.car("b"))
    crawls.load(1, crawls.car("b"))
    assert crawls.rows("select distinct status from listings") == [("live",)]
    crawls.load(2, crawls.car("b"))
    assert crawls.rows("select status from listings order by listing_id") == [("gone",), ("live",)]


def test_a_listing_that_comes_back_is_live(crawls):
    crawls.load(0, crawls.car("a"))
    crawls.load(1, crawls.car("b"))
    crawls.load(2, crawls.car("b"))
    crawls.load(3, crawls.car("a"), crawls.car("b"))
    assert crawls.rows("select distinct status from listings") == [("live",)]


def test_what_only_a_crawl_without_a_manifest_saw_is_judged_by_those_of_the_whole_site(crawls):
    crawls.load(0, crawls.car("x"), scope="one query")
    crawls.load(1, crawls.car("a"), is_finished=False)
    for day in (2, 3):
        crawls.load(day, crawls.car("b"), scope="another query")
    assert crawls.row("select status from listings where listing_id like '%:a'") == ("live",)
    for day in (4, 5):
        crawls.load(day, crawls.car("b"), scope=["one query", "another query"])
    assert crawls.row("select status from listings where listing_id like '%:a'") == ("gone",)


def test_a_crawl_that_is_not_whole_proves_nothing_gone(crawls):
    crawls.load(0, crawls.car("a"))
    crawls.load(1, crawls.car("b"), is_complete=False)
    crawls.load(2, crawls.car("b"), is_finished=False)
    crawls.load(3, crawls.car("b"), scope="another query")
    crawls.load(4)
    assert crawls.rows("select distinct status from listings") == [("live",)]


@pytest.mark.parametrize("health", ["partial", "changed", "blocked", "failed"])
def test_a_complete_crawl_that_is_not_healthy_proves_nothing_gone(crawls, health):
    crawls.load(0, crawls.car("a"), health="healthy")
    crawls.load(1, crawls.car("b"), health=health)
    crawls.load(2, crawls.car("b"), health=health)
    crawls.load(3, crawls.car("b"), health="healthy")
    assert crawls.rows("select status from listings order by listing_id") == [("live",), ("live",)]
    crawls.load(4, crawls.car("b"), health="healthy")
    assert crawls.rows("select status from listings order by listing_id") == [("gone",), ("live",)]


def test_a_crawl_is_complete_only_when_all_that_it_landed_is_loaded(crawls):
    crawls.load(0, crawls.car("a"))
    crawls.connection.execute("update manifests set rows = 2")
    crawls.load(1, crawls.car("b"), is_finished=False)
    refresh(crawls.connection, anew=True)
    rows = crawls.rows("select is_complete, finish_reason from crawl_runs order by first_scraped_at")
    assert rows == [(False, "finished"), (False, "unfinished")]


def test_each_change_of_price_is_one_row(crawls):
    for day, price in enumerate(["$20,000", "$20,000", "$19,000", "Not Priced", "$19,000", "$19,950"]):
        crawls.load(day, crawls.car("a", price))
    rows = crawls.rows("select changed_at, old_price, new_price, change, change_share from price_changes order by 1")
    assert rows == [(crawls.day(2), 20_000, 19_000, -1_000, -0.05), (crawls.day(5), 19_000, 19_950, 950, 0.05)]


def test_two_prices_in_one_crawl_are_a_contradiction_and_not_a_change(crawls):
    crawls.load(0, crawls.car("a", "$20,000"), crawls.car("a", "$18,000"))
    crawls.connection.execute("update observations set scraped_at = scraped_at + to_seconds(line_number)")
    refresh(crawls.connection, anew=True)
    assert crawls.rows("from price_changes") == []
    crawls.load(1, crawls.car("a", "$17,000"))
    assert crawls.row("select old_price, new_price from price_changes") == (18_000, 17_000)


def test_what_cannot_be_a_listing_is_a_reject_with_its_reason_and_source(crawls):
    writer = crawls.load(0, crawls.car("a"), crawls.car("b", make=None, model=None), rejects=("no structured data",))
    rows = crawls.rows("select reject_reason is not null, listing_id, url, crawl_run_id, line_number from rejects")
    assert sorted(rows, key=lambda row: row[-1]) == [
        (True, "cars.example:b", "https://cars.example/b", writer.crawl_run_id, 2),
        (True, None, "https://cars.example/rejected", writer.crawl_run_id, 3),
    ]
    assert crawls.rows("select listing_id from listings") == [("cars.example:a",)]


def test_every_landed_line_is_accounted_for(crawls):
    nothing = crawls.car("nothing", make=None, model=None)
    listings = [
        crawls.car("a"), crawls.car("a"), crawls.car("a", trim="EX"), crawls.car("b", "Not Priced"),
        nothing, nothing, crawls.car("c"), crawls.car("c", "Not Priced"),
    ]  # fmt: skip
    crawls.load(0, *listings, presence=(crawls.car("d"),), rejects=("blocked", "blocked"))
    query = (
        "select landed_rows, presence_rows, exact_duplicates, further_observations, rejected, listings, unpriced, "
        "reject_reasons from reconciliation"
    )
    *counts, reasons = crawls.row(query)
    assert counts == [11, 1, 2, 2, 3, 3, 2]
    assert reasons.startswith("blocked: 2; ")
