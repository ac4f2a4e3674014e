"""Values that slipped into another field's column, and words that only look so."""

import polars as pl
import pytest

from warehouse.normalize.shifted import FOREIGN, is_shifted


def shifted(field: str, text: str | None) -> bool:
    return pl.DataFrame({field: [text]}, {field: pl.String}).select(is_shifted(field)).item()


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("transmission", "£15,999"), ("fuel_type", "$9,000"), ("engine_displacement", "£145"), ("make", "9.000 €"),
        ("mileage", "Petrol"), ("model_year", "Automatic"), ("price", "Semi-Auto"), ("doors", "Diesel"),
        ("model", "https://cars.example/1"), ("price", "www.cars.example"), ("mileage", "US$ 12,000"),
    ],
)  # fmt: skip
def test_a_value_of_another_kind_is_shifted(field: str, text: str) -> None:
    assert shifted(field, text)


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("transmission", "Manual"), ("fuel_type", "RON 95"), ("fuel_type", "2"), ("price", "£15,999"),
        ("price", "Call for a manual quote"), ("mileage", "41,000 mi."), ("model_year", "2019"), ("make", "Seat"),
        ("engine_displacement", "Electric"), ("engine_displacement", "1.0"), ("model", "500"), ("power", "85 kW"),
        ("mileage", None), ("price", ""), ("model", "Manual de uso"), ("owners", "1 owner"),
    ],
)  # fmt: skip
def test_an_odd_value_of_the_right_kind_is_not(field: str, text: str | None) -> None:
    assert not shifted(field, text)


def test_a_silent_field_is_never_shifted() -> None:
    assert not any(shifted(field, None) for field in FOREIGN)
