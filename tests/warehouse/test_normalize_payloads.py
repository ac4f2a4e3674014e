"""normalize(): frames in, frames out, rejects, and nothing that a page can say makes it fail."""

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler.items import FIELD_NAMES
from warehouse.normalize import SCHEMA, normalize

PUBLISHED = tuple("published_currency" if name == "currency" else name for name in FIELD_NAMES)
RAW = dict.fromkeys(("payload_hash", "currency", "distance_unit", *PUBLISHED), pl.String)
AMERICAN = {"currency": "USD", "distance_unit": "mi"}
GERMAN = {"currency": "EUR", "distance_unit": "km"}


def parse(*cars: dict[str, str | None], market: dict[str, str] = AMERICAN) -> pl.DataFrame:
    rows = [{"payload_hash": str(number), **market, **car} for number, car in enumerate(cars)]
    return normalize(pl.DataFrame(rows, schema=RAW))


def test_the_rows_keep_their_order_and_have_the_schema_s_columns() -> None:
    parsed = parse({"make": "Kia"}, {"make": "Audi"}, {}, {"make": "Kia"})
    assert dict(parsed.schema) == SCHEMA
    assert parsed["payload_hash"].to_list() == ["0", "1", "2", "3"]
    assert parsed["make"].to_list() == ["Kia", "Audi", None, "Kia"]


def test_no_rows_are_no_rows() -> None:
    assert dict(parse().schema) == SCHEMA
    assert parse().height == 0


def test_an_american_card_is_understood() -> None:
    card = {
        "title": "Used 2017 Honda Civic EX", "price": "$14,914", "msrp": "0", "mileage": "103,188 mi.",
        "engine": "2.0L I4 16V MPFI DOHC", "transmission": "Automatic CVT", "exterior_color": "Aegean Blue Metallic",
        "region": "CA", "seller_type": "Dealer", "postal_code": "95112",
    }  # fmt: skip
    row = parse(card).row(0, named=True)
    expected = {
        "make": "Honda", "model": "Civic", "trim": "EX", "model_year": 2017, "condition": "used",
        "asking_price": 14_914, "currency": "USD", "msrp": None, "mileage": 103_188, "engine_liters": 2.0,
        "cylinders": 4, "aspiration": "natural", "transmission": "cvt", "exterior_color": "blue",
        "engine": "2.0L I4 16V MPFI DOHC", "region": "CA", "postal_code": "95112", "reject_reason": None,
    }  # fmt: skip
    assert {name: row[name] for name in expected} == expected


def test_a_german_car_is_understood() -> None:
    car = {
        "make": "bmw", "model": "i4", "model_year": "2022-08-01", "price": "34990", "published_currency": "EUR",
        "mileage": "790 KMT", "power": "250 KWT", "fuel_type": "Strom", "transmission": "Automatik",
        "body_style": "Coupé", "condition": "UsedCondition", "exterior_color": "Grau", "doors": "5", "owners": "1",
    }  # fmt: skip
    row = parse(car, market=GERMAN).row(0, named=True)
    expected = {
        "make": "BMW", "model": "i4", "model_year": 2022, "asking_price": 34_990, "currency": "EUR", "mileage": 490.9,
        "horsepower": 335.3, "fuel_type": "electric", "transmission": "automatic", "body_style": "coupe",
        "condition": "used", "exterior_color": "gray", "doors": 5, "owners": 1, "reject_reason": None,
    }  # fmt: skip
    assert {name: row[name] for name in expected} == expected


def test_the_engine_says_the_fuel_where_the_field_is_silent() -> None:
    parsed = parse(
        {"engine": "835.0HP Electric Motor Electric Fuel System"},
        {"engine": "3.0L I6 24V DDI DOHC Turbo Diesel", "fuel_type": "\u2013"},
        {"engine": "300.0HP 3.7L V6 Cylinder Engine Gasoline Fuel", "fuel_type": "E85 Flex Fuel"},
    )
    assert parsed["fuel_type"].to_list() == ["electric", "diesel", "flex_fuel"]


@pytest.mark.parametrize(
    ("car", "reason"),
    [
        ({"price": "$9,000"}, "no car named"),
        ({"make": "\u2013", "model": "n/a", "title": " "}, "no car named"),
        ({"make": "Honda", "body_style": "Motorcycle"}, "not a car"),
        ({"title": "Remolques Prototipo"}, "not a car"),
        ({"make": "Polaris", "model": "RZR"}, "not a car"),
        ({"make": "Polestar", "model": "2"}, None),
        ({"make": "Kia", "title": "Boat hitch, Kia Sorento"}, None),
        ({"make": "Honda", "price": "9000", "published_currency": "GBP"}, "currency GBP is not the market's USD"),
        ({"make": "Honda", "price": "£9,000"}, "currency GBP is not the market's USD"),
        ({"make": "Honda", "price": "$9,000"}, None),
        ({"make": "Honda", "price": "$9,000", "published_currency": "USD"}, None),
        ({"make": "Honda", "price": "Not Priced"}, None),
        ({"make": "Honda", "published_currency": "GBP"}, None),
        ({"title": "A great car for you"}, None),
        ({"make": "Dodge", "model": "Grand Caravan"}, None),
    ],
)
def test_only_what_cannot_be_a_listing_is_rejected(car: dict[str, str | None], reason: str | None) -> None:
    assert parse(car)["reject_reason"].item() == reason


WORDS = st.text(max_size=40) | st.sampled_from(
    ["9" * 400, "1.2.3,4", "\x00", "|", "(", "\\", "$", "0/0", "\uff12\uff10\uff11\uff19", "İ"]
)


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.dictionaries(st.sampled_from(PUBLISHED), st.none() | WORDS), min_size=1, max_size=20))
def test_nothing_that_a_page_can_say_makes_it_fail(cars: list[dict[str, str | None]]) -> None:
    parsed = parse(*cars)
    assert parsed["payload_hash"].to_list() == [str(number) for number in range(len(cars))]
    assert dict(parsed.schema) == SCHEMA
