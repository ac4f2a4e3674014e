"""Make, model and trim: cut makes, models that carry the trim, cars named only by a title."""

import polars as pl
import pytest

from warehouse.normalize import catalog
from warehouse.normalize.make_model import headline, key, make_model_trim

Named = tuple[str | None, str | None, str | None]


def car(make: str | None = None, model: str | None = None, trim: str | None = None, title: str | None = None) -> Named:
    return cars([(make, model, trim, title)])[0]


def cars(said: list[tuple[str | None, str | None, str | None, str | None]]) -> list[Named]:
    published = pl.DataFrame(said, schema=dict.fromkeys(("make", "model", "trim", "title"), pl.String), orient="row")
    needed = headline(*(pl.col(name) for name in published.columns))
    return make_model_trim(published.with_columns(headline=needed)).rows()


@pytest.mark.parametrize(
    ("make", "expected"),
    [("mercedes benz", "Mercedes-Benz"), ("MERCEDES-BENZ", "Mercedes-Benz"), ("Mercedes", "Mercedes-Benz"),
     ("bmw", "BMW"), ("VW", "Volkswagen"), ("Mercedes-AMG", "Mercedes-Benz"), ("Mercedez", "Mercedes-Benz"),
     ("Range Rover", "Land Rover"), ("LAND-ROVER", "Land Rover"), ("Ssangyong", "SsangYong"), ("smart", "smart"),
     ("Alfa", "Alfa Romeo"), ("alfa-romeo", "Alfa Romeo"), ("great wall", "Great Wall"),
     ("Rolls Royce", "Rolls-Royce"), ("Skoda", "Škoda"), ("citroen", "Citroën"), ("Chana", "Changan"),
     ("Zastava", "Zastava")],
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
        ("Great", "Wall Wingle 5 4x4", ("Great Wall", "Wingle 5", "4x4")),
        ("Mercedes-AMG", "C 63 S", ("Mercedes-Benz", "AMG C 63", "S")),
        ("Mercedes-AMG", "AMG GT", ("Mercedes-Benz", "AMG GT", None)),
        ("Range Rover", "Sport HSE", ("Land Rover", "Range Rover Sport", "HSE")),
        (" vw ", " Golf SV", ("Volkswagen", "Golf SV", None)),
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
        ("Mercedes-Benz", "c-220", ("C 220", None)),
        ("Mercedes-Benz", "C220d", ("C 220", "d")),
        ("Mercedes-Benz", "A 180 CDI", ("A 180", "CDI")),
        ("Mercedes-Benz", "E63 AMG", ("E 63", "AMG")),
        ("Mercedes-Benz", "EQS 450+", ("EQS 450+", None)),
        ("Mercedes-Benz", "300SE", ("300 SE", None)),
        ("Mercedes-Benz", "C-Klasse C 180", ("C-Class", "C 180")),
        ("Mercedes-Benz", "Classe A 180", ("A-Class", "180")),
        ("Mercedes-Benz", "Clase E", ("E-Class", None)),
        ("Mercedes-Benz", "glb class", ("GLB-Class", None)),
        ("BMW", "320d", ("320", "d")),
        ("BMW", "330e iPerformance", ("330", "e iPerformance")),
        ("BMW", "m340i xDrive", ("M340", "i xDrive")),
        ("BMW", "420i Gran Coupe", ("420 Gran Coupe", "i")),
        ("BMW", "3er Touring", ("3 Series", "Touring")),
        ("BMW", "Série 5", ("5 Series", None)),
        ("BMW", "5-Series", ("5 Series", None)),
        ("Lexus", "RX350 Luxury", ("RX 350", "Luxury")),
        ("Lexus", "ct-200h", ("CT 200h", None)),
        ("Audi", "RS6 Avant", ("RS 6", "Avant")),
        ("Mazda", "3 SP25", ("Mazda3", "SP25")),
        ("Mazda", "Mazda 6", ("Mazda6", None)),
        ("Mazda", "323", ("323", None)),
        ("Toyota", "4 Runner SR5", ("4Runner", "SR5")),
        ("Toyota", "Rav 4", ("RAV4", None)),
        ("Suzuki", "Gran Vitara", ("Grand Vitara", None)),
        ("Volkswagen", "New Jetta", ("Jetta", None)),
        ("Volkswagen", "New Beetle", ("New Beetle", None)),
        ("Mazda", "Nuevo Mazda 2", ("Mazda2", None)),
        ("Hyundai", "Kona N Line", ("Kona", "N Line")),
        ("Renault", "Mégane RS", ("Megane", "RS")),
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


def test_a_code_is_a_model_beside_a_published_trim_too() -> None:
    assert car("BMW", "320d", "M Sport") == ("BMW", "320", "d M Sport")
    assert car("Mercedes-Benz", "GLC 300 4MATIC", "AMG Line") == ("Mercedes-Benz", "GLC 300", "4MATIC AMG Line")


@pytest.mark.parametrize("trim", ["LUV D-Max", "luv dmax", "Chevrolet Luv D-MAX", "CHEVROLET", "."])
def test_a_trim_that_repeats_the_car_is_none(trim: str) -> None:
    assert car("Chevrolet", "Luv D-Max", trim) == ("Chevrolet", "LUV D-Max", None)


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


def test_a_title_made_of_fields_says_the_trim_that_no_field_says_and_the_rest_of_a_cut_model() -> None:
    assert car("Holden", "Commodore", title="2007 Holden Commodore SS-V") == ("Holden", "Commodore", "SS-V")
    assert car("Jeep", "Grand", title="Used 2019 Jeep Grand Cherokee Limited (4x4)") == (
        "Jeep", "Grand Cherokee", "Limited"
    )  # fmt: skip
    assert car("Great", "Wall", title="2019 Great Wall Steed") == ("Great Wall", "Steed", None)
    assert car("Land", title="2019 Land Rover Defender 90 SE") == ("Land Rover", "Defender 90", "SE")


def test_a_title_in_the_sellers_own_words_or_of_another_car_says_no_trim() -> None:
    assert car("Honda", "Civic", title="Honda Civic like new") == ("Honda", "Civic", None)
    assert car("Honda", "Civic", title="2019 Honda Accord EX") == ("Honda", "Civic", None)
    assert car("Honda", "Civic", "LX", title="2019 Honda Civic EX") == ("Honda", "Civic", "LX")


def test_every_name_of_the_catalogue_is_understood_as_itself_in_any_case() -> None:
    named = [(make, name) for make, models in catalog.MODELS.items() for name in models.split(", ")]
    for spelling in (str, str.upper, str.lower):
        assert cars([(spelling(make), spelling(name), None, None) for make, name in named]) == [
            (make, name, None) for make, name in named
        ]


def test_a_car_that_was_understood_is_understood_as_itself() -> None:
    said = ["BMW 320d M Sport", "Mercedes Benz C220d AMG Line", "Land Rover Range Rover Velar P250", "VW Golf 1.6 TDI"]
    once = cars([(None, None, None, title) for title in said])
    assert cars([(*car, None) for car in once]) == once


def test_no_two_names_of_the_catalogue_are_spellings_of_one() -> None:
    for make, models in catalog.MODELS.items():
        names = [key(name) for name in models.split(", ")]
        assert sorted(set(names)) == sorted(names), make
    assert set(catalog.MODELS) | set(catalog.MODEL_CODES) | set(catalog.MAKE_ALIASES.values()) <= set(catalog.MAKES)
