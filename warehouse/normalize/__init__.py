"""Understands the published strings of payloads, vectorised: one small file per kind of string.

What is not understood is null and nothing is guessed. It knows no database; the loader hands it frames.
"""

from collections.abc import Callable

import polars as pl
from polars import col

from crawler.items import FIELD_NAMES
from warehouse.normalize import count, distance, engine, money, place, postal_code, transmission, vin, year
from warehouse.normalize import known_words as words
from warehouse.normalize.color import color
from warehouse.normalize.condition import condition
from warehouse.normalize.drive_words import DRIVETRAIN, FUEL_TYPE
from warehouse.normalize.make_model import headline, make_model_trim
from warehouse.normalize.rejects import is_other_vehicle, reject_reason
from warehouse.normalize.shifted import FOREIGN, is_shifted
from warehouse.normalize.text import tidy
from warehouse.normalize.vocabulary import word

# Raise it with every change that makes a string mean something else: a refresh then says that history needs --all.
PARSER_VERSION = 3

SCHEMA: dict[str, type[pl.DataType]] = {
    "payload_hash": pl.String,
    "url": pl.String,
    "title": pl.String,
    "vin": pl.String,
    "vin_is_valid": pl.Boolean,
    "stock_number": pl.String,
    "make": pl.String,
    "model": pl.String,
    "trim": pl.String,
    "model_year": pl.Int64,
    "asking_price": pl.Float64,
    "currency": pl.String,
    "msrp": pl.Float64,
    "mileage": pl.Float64,
    "condition": pl.String,
    "body_style": pl.String,
    "drivetrain": pl.String,
    "transmission": pl.String,
    "gears": pl.Int64,
    "engine": pl.String,
    "engine_liters": pl.Float64,
    "cylinders": pl.Int64,
    "horsepower": pl.Float64,
    "aspiration": pl.String,
    "fuel_type": pl.String,
    "fuel_economy_city": pl.Float64,
    "fuel_economy_highway": pl.Float64,
    "exterior_color": pl.String,
    "interior_color": pl.String,
    "doors": pl.Int64,
    "seats": pl.Int64,
    "owners": pl.Int64,
    "has_accidents": pl.Boolean,
    "title_status": pl.String,
    "seller_type": pl.String,
    "seller_name": pl.String,
    "seller_rating": pl.Float64,
    "city": pl.String,
    "region": pl.String,
    "postal_code": pl.String,
    "country": pl.String,
    "reject_reason": pl.String,
}

KEPT_AS_PUBLISHED = (
    "url", "title", "stock_number", "engine", "seller_name", "country",
)  # fmt: skip

# Some columns, understood together, make others.
Reader = Callable[[pl.DataFrame], pl.DataFrame]


def normalize(raw: pl.DataFrame) -> pl.DataFrame:
    """Return what the payloads mean: the same rows in the same order, with the columns of SCHEMA.

    Args:
        raw: one row per payload: ``payload_hash``, the market's ``currency`` (ISO 4217) and ``distance_unit`` (mi or
            km), and every field of a listing as a string, its own currency as ``published_currency``.
    """
    fields = [name for name in FIELD_NAMES if name != "currency"]
    published = raw.with_columns(col(*fields, "published_currency", "distance_unit").cast(pl.String)).with_columns(
        headline=headline(col("make"), col("model"), col("trim"), col("title"))
    )
    understood = [_read(published, inputs, reader) for inputs, reader in _readers()]
    parsed = pl.concat([published.select("payload_hash", "currency"), *understood], how="horizontal")
    return parsed.with_columns(reject_reason=reject_reason()).select(
        col(name).cast(kind) for name, kind in SCHEMA.items()
    )


def _read(published: pl.DataFrame, inputs: tuple[str, ...], reader: Reader) -> pl.DataFrame:
    """Read each distinct combination of the inputs once, and put what it means at every row that has it."""
    keys = {name: f"published {name}" for name in inputs}
    asked = published.select(inputs)
    distinct = asked.unique()
    meanings = pl.concat([distinct.rename(keys), reader(distinct)], how="horizontal")
    return (
        asked.rename(keys)
        .join(meanings, on=list(keys.values()), how="left", nulls_equal=True, maintain_order="left")
        .drop(keys.values())
    )


def _reader(*inputs: str, **outputs: pl.Expr) -> tuple[tuple[str, ...], Reader]:
    # Lazily, because only the optimizer computes once what several outputs and patterns share.
    return inputs, lambda published: published.lazy().select(**outputs).collect()


def _readers() -> list[tuple[tuple[str, ...], Reader]]:
    """Every group of parsed columns, with the published columns that it is understood from."""
    return [
        (("make", "model", "trim", "headline"), make_model_trim),
        *(_reader(name, **{name: tidy(col(name))}) for name in KEPT_AS_PUBLISHED),
        *_read_numbers(),
        *_read_engine(),
        *_read_words(),
        *(_reader(name, **{f"{name} is shifted": is_shifted(name)}) for name in FOREIGN),
    ]


def _read_numbers() -> list[tuple[tuple[str, ...], Reader]]:
    unit = col("distance_unit")
    return [
        _reader("vin", vin=vin.vin(col("vin")), vin_is_valid=vin.is_valid(vin.vin(col("vin")))),
        _reader("model_year", "title", model_year=year.model_year(col("model_year"), col("title"))),
        _reader(
            "price",
            "published_currency",
            "currency",
            asking_price=money.amount(col("price"), col("currency")),
            named_currency=money.currency(col("published_currency"), col("price")),
        ),
        _reader("msrp", "currency", msrp=money.amount(col("msrp"), col("currency"))),
        _reader("mileage", "distance_unit", mileage=distance.miles(col("mileage"), unit)),
        *(
            _reader(
                name,
                "distance_unit",
                "currency",
                **{name: distance.miles_per_gallon(col(name), unit, col("currency"))},
            )
            for name in ("fuel_economy_city", "fuel_economy_highway")
        ),
        _reader("doors", doors=count.doors(col("doors"))),
        _reader("seats", seats=count.seats(col("seats"))),
        _reader("owners", owners=count.owners(col("owners"))),
        _reader("city", city=place.city(col("city"))),
        _reader("region", "postal_code", region=place.region(col("region"), col("postal_code"))),
        _reader("postal_code", "country", postal_code=postal_code.postal_code(col("postal_code"), col("country"))),
        _reader("seller_rating", seller_rating=count.stars(col("seller_rating"))),
    ]


def _read_engine() -> list[tuple[tuple[str, ...], Reader]]:
    engine_words, gearbox = col("engine"), col("transmission")
    return [
        _reader(
            "engine",
            "engine_displacement",
            engine_liters=engine.liters(engine_words, col("engine_displacement")),
            aspiration=engine.aspiration(engine_words),
        ),
        _reader("engine", "cylinders", cylinders=engine.cylinders(engine_words, col("cylinders"))),
        _reader(
            "engine",
            "power",
            "distance_unit",
            horsepower=engine.horsepower(engine_words, col("power"), col("distance_unit")),
        ),
        _reader(
            "fuel_type",
            "engine",
            fuel_type=pl.coalesce(word(col("fuel_type"), FUEL_TYPE), word(engine_words, FUEL_TYPE)),
        ),
        _reader("transmission", transmission=transmission.kind(gearbox), gears=transmission.gears(gearbox)),
    ]


def _read_words() -> list[tuple[tuple[str, ...], Reader]]:
    vocabularies = {
        "drivetrain": DRIVETRAIN,
        "title_status": words.TITLE_STATUS,
        "seller_type": words.SELLER_TYPE,
    }
    return [
        *(_reader(name, **{name: word(col(name), vocabulary)}) for name, vocabulary in vocabularies.items()),
        *(_reader(name, **{name: color(col(name))}) for name in ("exterior_color", "interior_color")),
        _reader("body_style", body_style=word(col("body_style"), words.BODY_STYLE)),
        _reader("body_style", "make", "headline", is_other_vehicle=is_other_vehicle()),
        _reader("condition", "title", condition=condition(col("condition"), col("title"))),
        _reader("accidents", has_accidents=word(col("accidents"), words.HAS_ACCIDENTS)),
    ]
