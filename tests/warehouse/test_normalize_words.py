"""The vocabularies: which published words mean which of ours, in four languages."""

import polars as pl
import pytest

from warehouse.normalize import drive_words, known_words
from warehouse.normalize.color import color
from warehouse.normalize.condition import condition
from warehouse.normalize.vocabulary import Vocabulary, word


def meanings(listed: Vocabulary, texts: str) -> list[object]:
    return pl.DataFrame({"text": texts.split("; ")}).select(word(pl.col("text"), listed)).to_series().to_list()


@pytest.mark.parametrize(
    ("listed", "meaning", "texts"),
    [
        (drive_words.DRIVETRAIN, "awd", "All-wheel Drive; AWD; quattro; xDrive; 4MATIC; Allrad; Tracción integral"),
        (drive_words.DRIVETRAIN, "4wd", "Four-wheel Drive; 4WD; 4x4"),
        (drive_words.DRIVETRAIN, "fwd", "Front-wheel Drive; Front Wheel Drive; FWD; Front; Vorderradantrieb"),
        (drive_words.DRIVETRAIN, "rwd", "Rear-wheel Drive; RWD; Rear; Hinterradantrieb; propulsion"),
        (drive_words.DRIVETRAIN, None, "Other; \u2013"),
        (
            drive_words.FUEL_TYPE,
            "gasoline",
            "Gasoline; Gasoline Fuel; Petrol; Benzin; Essence; Gasolina; Unleaded; Gas",
        ),
        (drive_words.FUEL_TYPE, "diesel", "Diesel; Diesel Fuel; Gasoil"),
        (drive_words.FUEL_TYPE, "electric", "Electric; Electric Fuel System; Strom; Elektro; Électrique; Eléctrico"),
        (drive_words.FUEL_TYPE, "hybrid", "Hybrid; Gasoline/Mild Electric Hybrid; Elektro/Benzin; Híbrido; MHEV"),
        (drive_words.FUEL_TYPE, "plug_in_hybrid", "Plug-In Hybrid; Plug-In Electric/Gas; PHEV"),
        (drive_words.FUEL_TYPE, "flex_fuel", "E85 Flex Fuel; Flexible Fuel; Flex Fuel Capability"),
        (drive_words.FUEL_TYPE, "cng", "CNG; Compressed Natural Gas; Erdgas"),
        (drive_words.FUEL_TYPE, "lpg", "LPG; Autogas; GLP"),
        (drive_words.FUEL_TYPE, "hydrogen", "Hydrogen Fuel Cell; Wasserstoff"),
        (drive_words.FUEL_TYPE, None, "not supported; Other; 2; o"),
        (known_words.BODY_STYLE, "suv", "SUV; Sport Utility; SUV/Geländewagen/Pickup; todoterreno"),
        (known_words.BODY_STYLE, "sedan", "Sedan; Saloon; Limousine; Berline"),
        (known_words.BODY_STYLE, "coupe", "Coupe; Coupé"),
        (known_words.BODY_STYLE, "wagon", "Wagon; Kombi; Estate; Break; Familiar"),
        (known_words.BODY_STYLE, "hatchback", "Hatchback; Kleinwagen; Citadine"),
        (known_words.BODY_STYLE, "convertible", "Convertible; Cabrio/Roadster; descapotable"),
        (known_words.BODY_STYLE, "pickup", "Pickup Truck; Crew Cab; Ute / Tray"),
        (known_words.BODY_STYLE, "minivan", "Minivan; People Mover"),
        (known_words.BODY_STYLE, "van", "Passenger Van; Cargo Van; Transporter"),
        (known_words.BODY_STYLE, None, "Camioneta; Utilitario; Caravan; Pick of the week"),
        (drive_words.FUEL_TYPE, "hybrid", "electrique-essence; Electro/Petrol; Hybride (non rechargeable)"),
        (drive_words.FUEL_TYPE, "gasoline", "Supercharged Petrol; Super E10"),
        (drive_words.TRANSMISSION, "automatic", "Automatik mit Schaltwippen; Automatique, mode manuel"),
        (drive_words.TRANSMISSION, "dual_clutch", "Semi-automatic DSG; Automatique EDC"),
        (drive_words.DRIVETRAIN, "fwd", "2WD front; Traction (avant)"),
        (known_words.CONDITION, "used", "Uncertified; Not certified; Neuwertiger Gebrauchter; Casi nuevo"),
        (known_words.BODY_STYLE, None, "Commercial; Other; \u2013"),
        (known_words.CONDITION, "certified", "BMW Certified; Certified Pre-Owned; CPO"),
        (known_words.CONDITION, "used", "Used; USED; UsedCondition; https://schema.org/UsedCondition; Gebraucht; Demo"),
        (known_words.CONDITION, "new", "New; NewCondition; Neuwagen; Nuevo; neuf"),
        (known_words.CONDITION, None, "renewed; \u2013"),
        (known_words.SELLER_TYPE, "dealer", "Dealer; dealership; Händler; AutoDealer; Concessionnaire; Organization"),
        (known_words.SELLER_TYPE, "private", "Private; Privat; Particular; for sale by owner"),
        (known_words.HAS_ACCIDENTS, False, "None reported; No accidents reported; 0; no; Unfallfrei; Accident free"),
        (known_words.HAS_ACCIDENTS, True, "At least 1 accident or damage reported; 1 accident; 2; Yes"),
        (known_words.TITLE_STATUS, "clean", "Yes; Clean; clean title"),
        (known_words.TITLE_STATUS, "salvage", "Salvage; salvage title"),
        (known_words.TITLE_STATUS, None, "No; \u2013"),
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
        ("Dunkelblau", "blue"),
        ("Perlweiß-Metallic", "white"),
        ("Weinrot", "red"),
        ("Schwarze Perle", "black"),
        ("Azul marino", "blue"),
        ("Gris Anthracite", "gray"),
        ("Blanc et noir", "white"),
        ("Rojo y negro", "red"),
        ("Or", "gold"),
        ("Black or Blue", "blue"),
        ("Pearl White Multi-Coat", "white"),
        ("Ice Cap w/Black Roof", "white"),
        ("Lead Foot", "gray"),
        ("Karotte", None),
        ("Storm Cloud", None),
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
