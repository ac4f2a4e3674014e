"""What a listing asked over time, and what fell: price_history, price_drops, and price_changes of the same source."""

from typing import Any


def periods(crawls: Any) -> list[tuple[Any, ...]]:
    """Return each period's first and last day, counted from the first crawl, its price and its change."""
    days = "date_diff('day', '2025-03-01'::date, {}::date)"
    return crawls.rows(
        f"select {days.format('asked_from')}, {days.format('asked_until')}, asking_price, change "
        "from price_history order by listing_id, asked_from"
    )


def test_a_price_stands_until_another_is_seen_and_the_last_one_still_does(crawls):
    for day, price in enumerate(["$20,000", "$20,000", "$19,000", "$19,000", "$19,950"]):
        crawls.load(day, crawls.car("a", price))
    assert periods(crawls) == [(0, 2, 20_000, None), (2, 4, 19_000, -1_000), (4, None, 19_950, 950)]
    assert crawls.row("select change_share from price_history where change < 0") == (-0.05,)


def test_what_is_gone_asks_nothing_any_more(crawls):
    crawls.load(0, crawls.car("a"), crawls.car("b"))
    crawls.load(1, crawls.car("a"), crawls.car("b"))
    for day in (2, 3):
        crawls.load(day, crawls.car("b"))
    assert periods(crawls) == [(0, 1, 20_000, None), (0, None, 20_000, None)]


def test_a_price_that_is_taken_back_no_longer_stands(crawls):
    crawls.load(0, crawls.car("a", "$20,000"))
    crawls.load(2, crawls.car("a", "Not Priced"))
    crawls.load(4, crawls.car("a", "Not Priced"))
    assert periods(crawls) == [(0, 2, 20_000, None)]


def test_a_crawl_between_that_names_no_price_ends_nothing(crawls):
    for day, price in enumerate(["$20,000", "Not Priced", "$20,000", "$21,000"]):
        crawls.load(day, crawls.car("a", price))
    assert periods(crawls) == [(0, 3, 20_000, None), (3, None, 21_000, 1_000)]


def test_every_change_begins_a_period(crawls):
    for day, prices in enumerate([("$20,000", "$9,000"), ("$19,000", "$9,000"), ("$19,500", "$8,500")]):
        crawls.load(day, *(crawls.car(name, price) for name, price in zip("ab", prices, strict=True)))
    begun = "select listing_id, asked_from, old_price, asking_price, change, change_share from price_history"
    changed = "select listing_id, changed_at, old_price, new_price, change, change_share from price_changes"
    assert crawls.rows(f"{begun} where old_price is not null order by all") == crawls.rows(f"{changed} order by all")
    assert crawls.row("select count(*) from price_changes") == (3,)


def test_drops_are_added_up_whatever_rises_lie_between(crawls):
    for day, price in enumerate(["$20,000", "$19,000", "$19,500", "$18,000", "$18,000"]):
        crawls.load(day, crawls.car("a", price), crawls.car("b"))
    query = (
        "select listing_id, first_asking_price, asking_price, round(below_first_share, 4), drops, total_drop, "
        "last_drop, round(last_drop_share, 4), last_drop_at, days_since_drop from price_drops"
    )
    assert crawls.row(query) == (
        "cars.example:a", 20_000, 18_000, 0.1, 2, 2_500, 1_500, 0.0769, crawls.day(3), 1,
    )  # fmt: skip


def test_a_slip_that_is_put_right_is_no_drop(crawls):
    for day, price in enumerate(["$199,999", "$19,999"]):
        crawls.load(day, crawls.car("a", price))
    assert crawls.rows("from price_drops") == []


def test_only_what_is_still_offered_has_dropped(crawls):
    crawls.load(0, crawls.car("a"), crawls.car("b"), crawls.car("c"))
    crawls.load(1, crawls.car("a", "$19,000"), crawls.car("b", "$19,000"), crawls.car("c", "$19,000"))
    crawls.load(2, crawls.car("a", "$19,000"), crawls.car("c", "Not Priced"))
    crawls.load(3, crawls.car("a", "$19,000"))
    assert crawls.rows("select listing_id from price_drops") == [("cars.example:a",)]
