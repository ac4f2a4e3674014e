"""Money, distances, years, VINs and counts: what each notation means, and what is not understood."""

import polars as pl
import pytest

from crawler.clock import ENVIRONMENT_VARIABLE
from warehouse.normalize import count, distance, money, vin, year


def value(expression: pl.Expr) -> object:
    return pl.select(expression).item()


def said(text: str | None) -> pl.Expr:
    return pl.lit(text, dtype=pl.String)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("$20,997", 20_997),
        ("$39,998 ", 39_998),
        ("20.300", 20_300),
        ("20 300 €", 20_300),
        ("20\u00a0300\u00a0€", 20_300),
        ("12'500.50 CHF", 12_500.5),
        ("£15,999", 15_999),
        ("₦ 15,015,000", 15_015_000),
        ("u$s6.800", 6_800),
        ("34.990,- €", 34_990),
        ("1.234.567,89", 1_234_567.89),
        ("$4,500.00", 4_500),
        ("39990.0", 39_990),
        ("1,2 M", 1_200_000),
        ("45 mil", 45_000),
        ("15k", 15_000),
    ],
)
def test_money_is_understood_in_many_notations(text: str, amount: float) -> None:
    assert value(money.amount(said(text), said("USD"))) == amount


@pytest.mark.parametrize(
    "text",
    [
        None, "", "Not Priced", "POA", "Call for price", "\u2013", "$0", "-500", "$279/mo", "$500 price drop",
        "$20,000 - $25,000", "12,34,567", "1'200.000", "1e5", "nan", "inf", "9" * 400,
    ],
)  # fmt: skip
def test_what_names_no_single_amount_of_money_is_null(text: str | None) -> None:
    assert value(money.amount(said(text), said("USD"))) is None


@pytest.mark.parametrize(
    ("published", "price", "code"),
    [
        ("GBP", "15,999", "GBP"),
        ("eur", "15,999", "EUR"),
        ("€", None, "EUR"),
        (None, "£15,999", "GBP"),
        (None, "15.999 €", "EUR"),
        (None, "R$ 45.000", "BRL"),
        (None, "US$ 9,900", "USD"),
        (None, "$15,999", None),
        ("$", "$15,999", None),
        (None, "15,999", None),
        (None, "Not Priced", None),
    ],
)
def test_a_currency_is_known_only_where_the_page_names_it(published: str | None, price: str | None, code: str) -> None:
    assert value(money.currency(said(published), said(price))) == code


@pytest.mark.parametrize(
    ("text", "in_miles", "in_km"),
    [
        ("76,939 mi.", 76_939, 76_939),
        ("45,000", 45_000, 27_961.7),
        ("790 KMT", 490.9, 490.9),
        ("12 SMI", 12, 12),
        ("136.000 km", 84_506.5, 84_506.5),
        ("100000 Kms. · Quito", 62_137.1, 62_137.1),
        ("120 tsd. km", 74_564.5, 74_564.5),
        ("76k mi", 76_000, 76_000),
        ("0 km", 0, 0),
    ],
)
def test_a_distance_becomes_miles_by_its_own_unit_else_by_the_market_s(
    text: str, in_miles: float, in_km: float
) -> None:
    assert value(distance.miles(said(text), said("mi"))) == in_miles
    assert value(distance.miles(said(text), said("km"))) == in_km


@pytest.mark.parametrize(
    "text", [None, "\u2013", "-5", "3,500,000", "45,000 mi. 2 owners", "100 km / 62 mi", "low miles"]
)
def test_an_implausible_or_double_distance_is_null(text: str | None) -> None:
    assert value(distance.miles(said(text), said("mi"))) is None


@pytest.mark.parametrize(
    ("text", "unit", "mpg"),
    [("38", "mi", 38), ("38 mpg", "km", 38), ("8.4 L / 100 km", "km", 28.0), ("38", "km", None), ("0", "mi", None)],
)
def test_fuel_economy_is_miles_per_gallon(text: str, unit: str, mpg: float | None) -> None:
    assert value(distance.miles_per_gallon(said(text), said(unit)).round(1)) == mpg


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2019", 2019), ("2022-08-01", 2022), ("03/2019", 2019), ("10-2024", 2024), ("01.03.2019", 2019),
        ("2019.0", 2019), ("1899", None), ("2060", None), ("2018-2019", None), ("new", None), ("19", None),
    ],
)  # fmt: skip
def test_a_model_year_is_the_one_plausible_year(text: str, expected: int | None) -> None:
    assert value(year.model_year(said(text), said(None))) == expected


def test_next_year_s_models_are_sold_early(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, "2025-06-01T00:00:00+00:00")
    years = [value(year.model_year(said(text), said(None))) for text in ("2026", "2027", "2028")]
    assert years == [2026, 2027, None]


@pytest.mark.parametrize(
    ("title", "expected"),
    [("Used 2017 Honda Civic EX", 2017), ("2019 Peugeot 2008", 2019), ("Certified Pre-Owned 2020 Kia Rio", 2020),
     ("BMW i4", None)],
)  # fmt: skip
def test_a_title_gives_the_year_that_opens_it(title: str, expected: int | None) -> None:
    assert value(year.model_year(said(None), said(title))) == expected
    assert value(year.model_year(said("2001"), said(title))) == 2001


@pytest.mark.parametrize(
    ("text", "number", "is_valid"),
    [
        ("1M8GDM9AXKP042788", "1M8GDM9AXKP042788", True),
        (" 1m8gdm9axkp042788 ", "1M8GDM9AXKP042788", True),
        ("1M8GDM9A0KP042788", "1M8GDM9A0KP042788", False),
        ("1M8GDM9AXKP04278O", None, None),
        ("1M8GDM9AXKP04278", None, None),
        ("00000000000000000", None, None),
        ("\u2013", None, None),
    ],
)
def test_a_vin_has_17_characters_and_a_check_digit(text: str, number: str | None, is_valid: bool | None) -> None:
    assert value(vin.vin(said(text))) == number
    assert value(vin.is_valid(vin.vin(said(text)))) is is_valid


def test_counts_stand_alone_or_with_their_own_word() -> None:
    assert [value(count.doors(said(text))) for text in ("5", " 4 Doors", "3-door", "5 Seats", "4/5", "0")] == [
        5, 4, 3, None, None, None,
    ]  # fmt: skip
    assert [value(count.seats(said(text))) for text in ("5.0", " 7 Seats", "8 Passengers", "many")] == [5, 7, 8, None]
    assert [value(count.owners(said(text))) for text in ("1-owner", "0", "2 Vorbesitzer", "yes")] == [1, 0, 2, None]


def test_a_rating_is_on_the_scale_of_five_stars() -> None:
    assert [value(count.stars(said(text))) for text in ("4.7", "4,7", "4 stars", "4.5/5", "92", "good")] == [
        4.7, 4.7, 4.0, 4.5, None, None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("price", "market", "amount"),
    [
        ("$99,999,999", "USD", 99_999_999),
        ("2147483647", "USD", None),
        ("9" * 40, "EUR", None),
        ("0.50", "USD", None),
        ("$ 2.147.483.647", "COP", 2_147_483_647),
        ("9" * 40, "COP", None),
    ],
)
def test_what_no_car_costs_in_the_market_is_no_price(price: str, market: str, amount: float | None) -> None:
    assert value(money.amount(said(price), said(market))) == amount
