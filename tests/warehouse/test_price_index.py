"""The price index: a change of mix moves nothing, a change of prices moves it by as much, ageing is told apart."""

from typing import Any

import pytest

KINDS = (("Honda", "Civic", 20_000.0), ("BMW", "X5", 60_000.0))


def cars(crawls: Any, civics: int, x5s: int, factor: float = 1.0, **said: Any) -> list[Any]:
    """Return so many cars of two models, each at its model's price times a factor."""
    return [
        crawls.car(f"{model}{number}", f"${price * factor:,.0f}", make=make, model=model, **said)
        for (make, model, price), count in zip(KINDS, (civics, x5s), strict=True)
        for number in range(count)
    ]


def index(crawls: Any, column: str = "price_index") -> list[Any]:
    """Return the index of the weeks."""
    return [value for (value,) in crawls.rows(f"select {column} from price_index order by market, is_new, week")]


def test_a_change_of_mix_moves_nothing(crawls):
    for week, mix in enumerate([(9, 1), (5, 5), (1, 9)]):
        crawls.load(7 * week, *cars(crawls, *mix))
    assert crawls.row("select max(asking_price) - min(asking_price) from listings") == (40_000,)
    assert index(crawls) == [100, 100, 100]


def test_three_percent_on_every_price_move_it_by_three_percent_also_with_another_mix(crawls):
    crawls.load(0, *cars(crawls, 9, 1))
    crawls.load(7, *cars(crawls, 4, 6, 1.03))
    crawls.load(14, *cars(crawls, 2, 8, 1.03 * 0.97))
    assert index(crawls) == [100, 103, pytest.approx(103 * 0.97, abs=0.01)]


def test_cars_that_came_and_cars_that_went_are_compared_with_their_like(crawls):
    for week, factor in enumerate([1, 0.98]):
        crawls.load(
            7 * week, *(crawls.car(f"{week}-{number}", f"${20_000 * factor:,.0f}") for number in range(5)), scope="all"
        )
    query = "select price_index, cells, compared_listings, listings from price_index order by week"
    assert crawls.rows(query) == [(100, 0, 0, 5), (98, 1, 5, 5)]


def test_dearer_trims_are_no_rise(crawls):
    crawls.load(0, crawls.car("a", trim="LX"), crawls.car("b", "$26,000", trim="Touring"))
    crawls.load(7, crawls.car("b", "$26,000", trim="Touring"), crawls.car("c", "$26,000", trim="Touring"))
    assert index(crawls) == [100, 100]


def test_a_slip_of_a_seller_moves_nothing(crawls):
    crawls.load(0, *cars(crawls, 9, 0))
    crawls.load(7, *cars(crawls, 8, 0), crawls.car("Civic8", "$999,999"), crawls.car("x", "$1"))
    assert index(crawls) == [100, 100]


def test_new_cars_have_an_index_of_their_own(crawls):
    for week, factor in enumerate([1, 0.9]):
        crawls.load(7 * week, *cars(crawls, 3, 3), crawls.car("n", f"${30_000 * factor:,.0f}", condition="New"))
    assert crawls.rows("select is_new, price_index from price_index order by all") == [
        (False, 100), (False, 100), (True, 90), (True, 100),
    ]  # fmt: skip


def test_of_a_week_without_a_common_kind_nobody_knows_the_index(crawls):
    crawls.load(0, crawls.car("a"))
    crawls.load(7, crawls.car("b", model="Accord"))
    crawls.load(14, crawls.car("b", model="Accord"))
    assert index(crawls) == [100, None, None]


def test_weeks_in_which_nobody_looked_are_bridged(crawls):
    crawls.load(0, crawls.car("a"))
    crawls.load(21, crawls.car("b", "$19,000"))
    assert crawls.rows("select week::varchar, price_index from price_index order by week") == [
        ("2025-02-24", 100),
        ("2025-03-17", 95),
    ]


def test_of_two_prices_in_a_week_the_later_one_counts(crawls):
    crawls.load(2, crawls.car("a", "$20,000"))
    crawls.load(9, crawls.car("a", "$19,000"))
    crawls.load(10, crawls.car("a", "$18,000"))
    assert index(crawls) == [100, 90]


def test_cars_of_the_same_age_keep_their_price_where_cars_only_grow_older(crawls):
    yearly = 0.85
    for week in (0, 26):
        fleet = [
            crawls.car(f"{year}-{n}", f"${30_000 * yearly ** (2025 + week / 52 - year):,.2f}", model_year=str(year))
            for year in range(2018, 2025)
            for n in range(15)
        ]
        crawls.load(7 * week, *fleet)
    assert index(crawls)[-1] == pytest.approx(100 * yearly**0.5, abs=0.1)
    assert index(crawls, "same_age_index")[-1] == pytest.approx(100, abs=0.1)
