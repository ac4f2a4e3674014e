"""What models ask by age, and how long their stock lasts: depreciation and market_days_supply."""

from typing import Any

VIN = "1HGCM82633A004352"


def fleet(crawls: Any, years: dict[int, list[int]], **said: Any) -> list[Any]:
    """Return a car for each price by model year."""
    return [
        crawls.car(f"{year}-{number}", f"${price}", model_year=str(year), **said)
        for year, prices in years.items()
        for number, price in enumerate(prices)
    ]


def test_each_age_is_beside_the_youngest_that_has_enough_cars(crawls):
    years = {
        2025: [30_000] * 4, 2024: [24_000, 26_000, 25_000, 23_000, 27_000], 2022: [20_000] * 5, 2021: [9_000],
    }  # fmt: skip
    crawls.load(0, *fleet(crawls, years))
    query = (
        "select age_years, median_price, lower_quartile, upper_quartile, vehicles, youngest_age, retained_share "
        "from depreciation order by age_years"
    )
    assert crawls.rows(query) == [
        (0, None, None, None, 4, 1, None),
        (1, 25_000, 24_000, 26_000, 5, 1, 1.0),
        (3, 20_000, 20_000, 20_000, 5, 1, 0.8),
        (4, None, None, None, 1, 1, None),
    ]


def test_a_vehicle_with_two_listings_depreciates_once_and_a_new_one_not_at_all(crawls):
    crawls.load(0, crawls.car("a", vin=VIN), crawls.car("b", vin=VIN), crawls.car("c", condition="New"))
    assert crawls.rows("select age_years, vehicles, listings from depreciation") == [(4, 1, 2)]


def test_what_went_more_than_a_year_ago_says_nothing_of_prices_today(crawls):
    crawls.load(0, crawls.car("old"), crawls.car("a"))
    for day in (300, 301, 500):
        crawls.load(day, crawls.car("a"), *([crawls.car("b")] if day == 300 else []))
    assert crawls.rows("select status, count(*) from listings group by status order by status") == [
        ("gone", 2), ("live", 1),
    ]  # fmt: skip
    assert crawls.rows("select age_years, vehicles from depreciation order by age_years") == [(4, 1), (5, 1)]


def test_stock_lasts_as_many_days_as_cars_went_in(crawls):
    for day in range(0, 24, 2):  # one car goes with each crawl; the last judges the last but one
        crawls.load(day, *(crawls.car(str(number)) for number in range(day // 2, 31)))
    query = (
        "select live_vehicles, gone_vehicles, observed_days, days_supply, supply_reason, median_days_live, "
        "median_days_gone from market_days_supply"
    )
    assert crawls.row(query) == (21, 10, 20.0, 42.0, None, 22.0, 9.0)


def test_a_short_history_and_few_cars_that_went_say_so(crawls):
    everything = [crawls.car(str(number)) for number in range(8)]
    crawls.load(0, *everything)
    query = "select days_supply, supply_reason, observed_days from market_days_supply"
    assert crawls.row(query) == (None, "no_complete_crawls", None)
    crawls.load(7, *everything)
    crawls.load(8, *everything)
    assert crawls.row(query) == (None, "short_history", 7.0)
    for day in (20, 21):
        crawls.load(day, *everything[:4])
    assert crawls.row(query) == (None, "few_gone", 20.0)


def test_only_the_last_45_days_count(crawls):
    crawls.load(0, *(crawls.car(str(number)) for number in range(20)))
    for day in (1, 60, 61):
        crawls.load(day, *(crawls.car(str(number)) for number in range(10)))
    assert crawls.row("select gone_vehicles, observed_days, supply_reason from market_days_supply") == (
        0, 45.0, "few_gone",
    )  # fmt: skip


def test_incomplete_crawls_never_tell_how_stock_goes(crawls):
    for day in (0, 10, 20, 30):
        crawls.load(day, *(crawls.car(str(number)) for number in range(day, 31)), is_complete=False)
    assert crawls.row("select live_vehicles, gone_vehicles, supply_reason from market_days_supply") == (
        31, 0, "no_complete_crawls",
    )  # fmt: skip
