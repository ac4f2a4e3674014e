"""Where a car stands: towns without their introduction, regions without pieces of a street."""

import polars as pl
import pytest

from warehouse.normalize.place import city, region


def said(text: str | None) -> pl.Expr:
    return pl.lit(text, dtype=pl.String)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  Saint\n Albans ", "Saint Albans"),
        ("El vehículo está en Medellín", "Medellín"),
        ("Standort: Köln", "Köln"),
        ("Situé à Lyon", "Lyon"),
        ("Ortenberg", "Ortenberg"),
        ("\u2013", None),
    ],
)
def test_a_town_stands_without_the_words_that_introduce_it(text: str, expected: str | None) -> None:
    assert pl.select(city(said(text))).item() == expected
    assert pl.select(city(city(said(text)))).item() == expected


@pytest.mark.parametrize(
    ("text", "postal_code", "expected"),
    [
        ("TX", "75001", "TX"),
        ("NE", "68001", "NE"),
        ("Antioquia", None, "Antioquia"),
        ("NSW", "2000", "NSW"),
        ("Greater London", "W1 2AB", "Greater London"),
        ("Paris (75)", "75001", "Paris (75)"),
        ("Suite", "210", None),
        ("Bldg.", None, None),
        ("US-12", "60000", None),
        ("SW", None, None),
        ("North", "Falls", None),
        ("Michigan", "City", None),
        ("RT", "1", None),
    ],
)
def test_a_piece_of_a_street_is_no_region(text: str, postal_code: str | None, expected: str | None) -> None:
    assert pl.select(region(said(text), said(postal_code))).item() == expected
