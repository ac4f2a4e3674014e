"""Make, model and trim: cut makes, models that carry the trim, cars named only by a title."""

import polars as pl
import pytest

from warehouse.normalize import catalog
from warehouse.normalize.make_model import key, make_model_trim

Named = tuple[str | None, str | None, str | None]


def car(make: str | None = None, model: str | None = None, trim: str | None = None, title: str | None = None) -> Named:
    fields = {"make": make, "model": model, "trim": trim, "headline": title}
    make, model, trim = make_model_trim(pl.DataFrame([fields], schema=dict.fromkeys(fields, pl.String))).row(0)
    return make, model, trim


@pytest.mark.parametrize(
    ("make", "expected"),
    [("mercedes benz", "Mercedes-Benz"), ("MERCEDES-BENZ", "Mercedes-Benz"), ("Mercedes", "Mercedes-Benz"),
     ("bmw", "BMW"), ("VW", "Volkswagen"), ("Skoda", "Škoda"), ("citroen", "Citroën"), ("Zastava", "Zastava")],
)  # fmt: skip
def test_a_make_has_one_spelling_and_an_unknown_one_keeps_its_own(make: str, expected: str) -> None:
    assert car(make, "Any")[0] == expected


@pytest.mark.parametrize(
    ("make", "model", "expected"),
    [
        ("Land", "Rover Range Rover Velar", ("Land Rover", "Range Rover Velar", None)),
        ("Alfa", "Romeo Giulia Ti", ("Alfa Romeo", "Giulia", "Ti")),
        ("Aston", "Martin DBX Base", ("Aston Martin", "DBX", "Base")),
        ("Mercedes", "Benz C 200", ("Mercedes-Benz", "C 200", None)),
        ("Chevrolet", "Chevrolet Luv D-max", ("Chevrolet", "LUV D-Max", None)),
        ("MINI", "MINI Cooper S", ("MINI", "Cooper S", None)),
        (None, "Ford Explorer XLT", ("Ford", "Explorer", "XLT")),
    ],
)
def test_a_make_cut_short_repeated_or_left_out_is_repaired(make: str | None, model: str, expected: Named) -> None:
    assert car(make, model) == expected


@pytest.mark.parametrize(
    ("make", "model", "expected"),
    [
        ("Toyota", "Sienna SE", ("Sienna", "SE")),
        ("Toyota", "RAV4 Hybrid Hybrid Limited", ("RAV4 Hybrid", "Hybrid Limited")),
        ("Ford", "F-150 Lariat", ("F-150", "Lariat")),
        ("Ford", "F 150 Lariat", ("F-150", "Lariat")),
        ("Ford", "Mustang Mach-E Premium", ("Mustang Mach-E", "Premium")),
        ("Jeep", "Grand Cherokee Limited", ("Grand Cherokee", "Limited")),
        ("Jeep", "Grand Cherokee L Summit", ("Grand Cherokee L", "Summit")),
        ("BMW", "X5 xDrive40i", ("X5", "xDrive40i")),
        ("BMW", "X5 M Base", ("X5 M", "Base")),
        ("BMW", "X3 M40i", ("X3", "M40i")),
        ("BMW", "430 Gran Coupe i xDrive", ("430 Gran Coupe", "i xDrive")),
        ("BMW", "3 Series 320d", ("3 Series", "320d")),
        ("Mercedes-Benz", "C-Class C 300 4MATIC", ("C-Class", "C 300 4MATIC")),
        ("Mercedes-Benz", "GLC 300 Base 4MATIC", ("GLC 300", "Base 4MATIC")),
        ("Mercedes-Benz", "AMG C 63 S", ("AMG C 63", "S")),
        ("Lexus", "RX 350 RX 350 F SPORT", ("RX 350", "F SPORT")),
        ("Audi", "RS 5 2.9T", ("RS 5", "2.9T")),
        ("Hyundai", "Santa Fe", ("Santa Fe", None)),
        ("Tesla", "Model 3 Long Range", ("Model 3", "Long Range")),
        ("RAM", "1500 Laramie", ("1500", "Laramie")),
        ("Zastava", "Yugo 55", ("Yugo", "55")),
    ],
)
def test_a_model_without_a_trim_is_split_after_the_longest_known_name_else_the_first_word(
    make: str, model: str, expected: tuple[str, str | None]
) -> None:
    assert car(make, model)[1:] == expected


def test_a_published_trim_is_believed_and_its_model_kept_whole() -> None:
    assert car("Honda", "CR-V Hybrid", "Sport-L") == ("Honda", "CR-V Hybrid", "Sport-L")
    assert car("Hyundai", "SONATA", "SE") == ("Hyundai", "Sonata", "SE")
    assert car("volkswagen", "Golf Variant", "Life") == ("Volkswagen", "Golf Variant", "Life")


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Used 2017 Honda Civic EX", ("Honda", "Civic", "EX")),
        ("2019 Toyota Sienna SE", ("Toyota", "Sienna", "SE")),
        ("2019 Peugeot 2008", ("Peugeot", "2008", None)),
        ("Certified Pre-Owned 2020 Land Rover Range Rover Velar P250 S", ("Land Rover", "Range Rover Velar", "P250 S")),
        ("\n   Chevrolet Grand Vitara SZ \n", ("Chevrolet", "Grand Vitara", "SZ")),
        ("2015 Ford F150 XLT - LOW MILES!", ("Ford", "F-150", "XLT")),
        ("BMW i4", ("BMW", "i4", None)),
        ("A great car for you", (None, None, None)),
    ],
)
def test_a_title_alone_names_the_car_where_it_begins_with_a_known_make(title: str, expected: Named) -> None:
    assert car(title=title) == expected


def test_a_title_helps_only_the_make_that_it_names() -> None:
    assert car("Honda", title="2017 Honda Civic EX") == ("Honda", "Civic", "EX")
    assert car("Honda", title="2017 Toyota Camry") == ("Honda", None, None)
    assert car("Land", "Rover", title="2018 Land Rover Discovery Sport TD4") == ("Land Rover", "Discovery Sport", "TD4")


def test_no_two_names_of_the_catalogue_are_spellings_of_one() -> None:
    for make, models in catalog.MODELS.items():
        names = [key(name) for name in models.split(", ")]
        assert sorted(set(names)) == sorted(names), make
    assert set(catalog.MODELS) | set(catalog.MODEL_CODES) | set(catalog.MAKE_ALIASES.values()) <= set(catalog.MAKES)
