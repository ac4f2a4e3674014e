"""The vocabularies: which published words mean which of ours, in four languages."""

import polars as pl
import pytest

from warehouse.normalize import vocabulary
from warehouse.normalize.vocabulary import Vocabulary, color, condition, word


def meanings(listed: Vocabulary, texts: str) -> list[object]:
    return pl.DataFrame({"text": texts.split("; ")}).select(word(pl.col("text"), listed)).to_series().to_list()


@pytest.mark.parametrize(
    ("listed", "meaning", "texts"),
    [
        (vocabulary.DRIVETRAIN, "awd", "All-wheel Drive; AWD; quattro; xDrive; 4MATIC; Allrad; Tracción integral"),
        (vocabulary.DRIVETRAIN, "4wd", "Four-wheel Drive; 4WD; 4x4"),
        (vocabulary.DRIVETRAIN, "fwd", "Front-wheel Drive; Front Wheel Drive; FWD; Front; Vorderradantrieb"),
        (vocabulary.DRIVETRAIN, "rwd", "Rear-wheel Drive; RWD; Rear; Hinterradantrieb; propulsion"),
        (vocabulary.DRIVETRAIN, None, "Other; 4x2; 2WD; \u2013"),
        (vocabulary.FUEL_TYPE, "gasoline", "Gasoline; Gasoline Fuel; Petrol; Benzin; Essence; Gasolina; Unleaded; Gas"),
        (vocabulary.FUEL_TYPE, "diesel", "Diesel; Diesel Fuel; Gasoil"),
        (vocabulary.FUEL_TYPE, "electric", "Electric; Electric Fuel System; Strom; Elektro; Électrique; Eléctrico"),
        (vocabulary.FUEL_TYPE, "hybrid", "Hybrid; Gasoline/Mild Electric Hybrid; Elektro/Benzin; Híbrido; MHEV"),
        (vocabulary.FUEL_TYPE, "plug_in_hybrid", "Plug-In Hybrid; Plug-In Electric/Gas; PHEV"),
        (vocabulary.FUEL_TYPE, "flex_fuel", "E85 Flex Fuel; Flexible Fuel; Flex Fuel Capability"),
        (vocabulary.FUEL_TYPE, "cng", "CNG; Compressed Natural Gas; Erdgas"),
        (vocabulary.FUEL_TYPE, "lpg", "LPG; Autogas; GLP"),
        (vocabulary.FUEL_TYPE, "hydrogen", "Hydrogen Fuel Cell; Wasserstoff"),
        (vocabulary.FUEL_TYPE, None, "not supported; Other; 2; o"),
        (vocabulary.BODY_STYLE, "suv", "SUV; Sport Utility; SUV/Geländewagen/Pickup; todoterreno"),
        (vocabulary.BODY_STYLE, "sedan", "Sedan; Saloon; Limousine; Berline"),
        (vocabulary.BODY_STYLE, "coupe", "Coupe; Coupé"),
        (vocabulary.BODY_STYLE, "wagon", "Wagon; Kombi; Estate; Break; Familiar"),
        (vocabulary.BODY_STYLE, "hatchback", "Hatchback; Kleinwagen; Citadine"),
        (vocabulary.BODY_STYLE, "convertible", "Convertible; Cabrio/Roadster; descapotable"),
        (vocabulary.BODY_STYLE, "pickup", "Pickup Truck; Crew Cab; Ute / Tray"),
        (vocabulary.BODY_STYLE, "minivan", "Minivan; People Mover"),
        (vocabulary.BODY_STYLE, "van", "Passenger Van; Cargo Van; Transporter"),
        (vocabulary.BODY_STYLE, None, "Commercial; Other; \u2013"),
        (vocabulary.CONDITION, "certified", "BMW Certified; Certified Pre-Owned; CPO"),
        (vocabulary.CONDITION, "used", "Used; USED; UsedCondition; https://schema.org/UsedCondition; Gebraucht; Demo"),
        (vocabulary.CONDITION, "new", "New; NewCondition; Neuwagen; Nuevo; neuf"),
        (vocabulary.CONDITION, None, "renewed; \u2013"),
        (vocabulary.SELLER_TYPE, "dealer", "Dealer; dealership; Händler; AutoDealer; Concessionnaire; Organization"),
        (vocabulary.SELLER_TYPE, "private", "Private; Privat; Particular; for sale by owner"),
        (vocabulary.HAS_ACCIDENTS, False, "None reported; No accidents reported; 0; no; Unfallfrei; Accident free"),
        (vocabulary.HAS_ACCIDENTS, True, "At least 1 accident or damage reported; 1 accident; 2; Yes"),
        (vocabulary.TITLE_STATUS, "clean", "Yes; Clean; clean title"),
        (vocabulary.TITLE_STATUS, "salvage", "Salvage; salvage title"),
        (vocabulary.TITLE_STATUS, None, "No; \u2013"),
    ],
)
def test_published_words_mean_ours(listed: Vocabulary, meaning: object, texts: str) -> None:
    assert meanings(listed, texts) == [meaning] * len(texts.split("; "))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Midnight Black Metallic", "black"),
        ("BLACK", "black"),
        ("Silver Gray", "gray"),
        ("Black Forest Green", "green"),
        ("Platinum White Pearl", "white"),
        ("Red / Black", "red"),
        ("White w/Black Roof", "white"),
        ("Ebony/Ebony", "black"),
        ("Granite Crystal Clearcoat Metallic", "gray"),
        ("Burgundy", "red"),
        ("Weiß", "white"),
        ("Grün metallic", "green"),
        ("Plateado", "silver"),
        ("Bleu", "blue"),
        ("Pink", "other"),
        ("Metallic", None),
        ("5 years / Unlimited km", None),
        ("- / -", None),
    ],
)
def test_a_colour_is_the_last_colour_word_of_its_first_half(text: str, expected: str | None) -> None:
    assert pl.select(color(pl.lit(text))).item() == expected


@pytest.mark.parametrize(
    ("title", "expected"),
    [("Used 2017 Honda Civic", "used"), ("New 2026 Kia Rio", "new"), ("Certified 2020 Kia Rio", "certified"),
     ("New Beetle 2003", None), ("2019 Kia Rio, like new", None)],
)  # fmt: skip
def test_a_title_says_the_condition_only_before_its_year(title: str, expected: str | None) -> None:
    assert pl.select(condition(pl.lit(None, dtype=pl.String), pl.lit(title))).item() == expected
