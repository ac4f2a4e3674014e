"""Money, distances, years, VINs and counts: what each notation means, and what is not understood."""

import polars as pl
import pytest

from crawler.clock import ENVIRONMENT_VARIABLE
from warehouse.normalize import count, distance, money, postal_code, vin, year


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
        ("1.2 million", 1_200_000),
        ("45 mil", 45_000),
        ("15k", 15_000),
        ("CHF 12'900.\u2013", 12_900),
        ("R$ 45.900,00", 45_900),
        ("Rs. 4.5 Lakh", 450_000),
        ("₹12,50,000", 1_250_000),
        ("45'000.000", 45_000_000),
        ("ab 12.990 EUR", 12_990),
        ("VB 8.500 €", 8_500),
        ("8.500 € VB", 8_500),
        ("$18,500 OBO", 18_500),
        ("12.990 € inkl. 19% MwSt.", 12_990),
        ("Rs 12,50,000/-", 1_250_000),
        ("$12,900*", 12_900),
        ("US $9,900", 9_900),
        ("R 249 900", 249_900),
    ],
)
def test_money_is_understood_in_many_notations(text: str, amount: float) -> None:
    assert value(money.amount(said(text), said("USD"))) == amount


@pytest.mark.parametrize(
    "text",
    [
        None, "", "Not Priced", "POA", "Call for price", "\u2013", "$0", "-500", "$279/mo", "$500 price drop",
        "$20,000 - $25,000",
        "was $9,000 now $8,000", "$299 per month", "£12,000 + VAT", "1.250 million", "12,3456", "1'20.000", "1e5",
        "$1", "$12", "123456", "999.999 €", "1,234,567", "#", "# 9,000 #", "nan", "inf", "9" * 400,
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
        (None, "u$s6.800", "USD"),
        (None, "US $9,900", "USD"),
        (None, "₦ 15,015,000", "NGN"),
        (None, "CHF 12'900.\u2013", "CHF"),
        (None, "ab 12.990 EUR", "EUR"),
        (None, "₹12,50,000", "INR"),
        (None, "Rs. 4.5 Lakh", None),
        (None, "$9,900 AUD", "AUD"),
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
        ("51.000 km", 31_689.9, 31_689.9),
        ("120 tkm", 74_564.5, 74_564.5),
        ("120 Tkm", 74_564.5, 74_564.5),
        ("12k miles", 12_000, 12_000),
        ("0,6 Mio km", 372_822.7, 372_822.7),
        ("ca. 120.000 km", 74_564.5, 74_564.5),
        ("Km: 120.000", 74_564.5, 74_564.5),
        ("1,25,000 kms", 77_671.4, 77_671.4),
        ("45,000+ miles", 45_000, 45_000),
        ("120,000 original miles", 120_000, 120_000),
        ("51.000 kilómetros", 31_689.9, 31_689.9),
        ("0 km", 0, 0),
    ],
)
def test_a_distance_becomes_miles_by_its_own_unit_else_by_the_market_s(
    text: str, in_miles: float, in_km: float
) -> None:
    assert value(distance.miles(said(text), said("mi"))) == in_miles
    assert value(distance.miles(said(text), said("km"))) == in_km


@pytest.mark.parametrize(
    "text",
    [None, "\u2013", "-5", "3,500,000", "45,000 mi. 2 owners", "100 km / 62 mi", "low miles", "Not specified", "New",
     "- / -", "10,000-20,000 km", "1.250k mi", "120 min", "1.200.000 km"],
)  # fmt: skip
def test_an_implausible_or_double_distance_is_null(text: str | None) -> None:
    assert value(distance.miles(said(text), said("mi"))) is None


@pytest.mark.parametrize(
    ("text", "unit", "currency", "mpg"),
    [
        ("38", "mi", "USD", 38),
        ("38 mpg", "km", "EUR", 38),
        ("38 mpg city", "mi", "USD", 38),
        ("38", "km", "EUR", None),
        ("38", "mi", "GBP", 31.6),
        ("38 mpg", "mi", "GBP", 31.6),
        ("38 mpg (US)", "mi", "GBP", 38),
        ("38 mpg (imp)", "mi", "USD", 31.6),
        ("8.4 L / 100 km", "km", "AUD", 28.0),
        ("5,4 l/100 km (kombiniert)", "km", "EUR", 43.6),
        ("15 km/l", "km", "COP", 35.3),
        ("470.8", "mi", "USD", None),
        ("30-38 mpg", "mi", "USD", None),
        ("17.5 kWh/100 km", "km", "EUR", None),
        ("0", "mi", "USD", None),
        ("2.8", "mi", "GBP", None),
    ],
)
def test_fuel_economy_is_us_miles_per_gallon(text: str, unit: str, currency: str, mpg: float | None) -> None:
    assert value(distance.miles_per_gallon(said(text), said(unit), said(currency))) == mpg


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2019", 2019), ("2022-08-01", 2022), ("03/2019", 2019), ("10-2024", 2024), ("01.03.2019", 2019),
        ("2019.0", 2019), ("1899", None), ("2060", None), ("2018-2019", None), ("new", None), ("19", None),
        ("1900", None), ("1901", 1901),
        ("2019/20", 2019), ("Erstzulassung 03/2019", 2019), ("EZ 03/19", 2019), ("03/19", None), ("MY20", 2020),
        ("MY2020", 2020), ("'19", 2019), ("'85", 1985), ("201903", 2019), ("20190315", 2019), ("201999", None),
        ("2018 (68 reg)", 2018), ("EZ 13/19", None),
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
        ("VIN: 1M8GDM9AXKP042788", "1M8GDM9AXKP042788", True),
        ("1M8-GDM9AXK-P042788", "1M8GDM9AXKP042788", True),
        ("00000000000000000", None, None),
        ("12345678901234567", None, None),
        ("XXXXXXXXXXXXXXXXX", None, None),
        ("WBA8E9G50GNT0000", None, None),
        ("\u2013", None, None),
    ],
)
def test_a_vin_has_17_characters_and_a_check_digit(text: str, number: str | None, is_valid: bool | None) -> None:
    assert value(vin.vin(said(text))) == number
    assert value(vin.is_valid(vin.vin(said(text)))) is is_valid


def test_counts_stand_alone_or_with_their_own_word() -> None:
    doors = [value(count.doors(said(text))) for text in ("5", " 4 Doors", "3-door", "5-türig", "5 Seats", "4/5", "0")]
    assert doors == [5, 4, 3, 5, None, None, None]
    assert [value(count.seats(said(text))) for text in ("5.0", " 7 Seats", "8 Passengers", "many")] == [5, 7, 8, None]
    assert [value(count.owners(said(text))) for text in ("1-owner", "0", "2 Vorbesitzer", "yes")] == [1, 0, 2, None]
    assert [value(count.owners(said(text))) for text in ("One owner", "2nd owner", "1. Hand", "Único dueño")] == [
        1,
        2,
        1,
        1,
    ]


def test_a_rating_is_on_the_scale_of_five_stars() -> None:
    texts = ("4.7", "4,7", "4 stars", "4.5 out of 5 stars", "4.5/5", "92", "good")
    assert [value(count.stars(said(text))) for text in texts] == [4.7, 4.7, 4.0, 4.5, 4.5, None, None]


@pytest.mark.parametrize(
    ("price", "market", "amount"),
    [
        ("$99,000,000", "USD", 99_000_000),
        ("2147483647", "USD", None),
        ("9" * 40, "EUR", None),
        ("0.50", "USD", None),
        ("$ 2.147.483.647", "COP", 2_147_483_647),
        ("9" * 40, "COP", None),
    ],
)
def test_what_no_car_costs_in_the_market_is_no_price(price: str, market: str, amount: float | None) -> None:
    assert value(money.amount(said(price), said(market))) == amount


@pytest.mark.parametrize(
    ("code", "country", "expected"),
    [
        ("2139", "US", "02139"), ("601", "United States", "00601"), ("2139", None, "2139"), ("2139", "AU", "2139"),
        ("95112.0", None, "95112"), ("95112-1234", "US", "95112-1234"), ("SW1A 1AA", "UK", "SW1A 1AA"),
        ("\u2013", "US", None),
    ],
)  # fmt: skip
def test_a_zip_gets_its_zeros_back_only_where_the_row_says_us(
    code: str, country: str | None, expected: str | None
) -> None:
    assert value(postal_code.postal_code(said(code), said(country))) == expected
