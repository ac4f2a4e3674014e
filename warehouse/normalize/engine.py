"""Engines: litres, cylinders, horsepower and aspiration, from one string or from the fields that say one thing each."""

import polars as pl

from warehouse.normalize.number import number, where, whole, within
from warehouse.normalize.text import plain
from warehouse.normalize.vocabulary import Vocabulary, word

HP_PER_KW = 1.34102
HP_PER_METRIC_HP = 0.98632  # PS, cv, ch, pk

LITERS = (
    r"\b(\d{1,2}(?:[.,]\d{1,3})?)[ -]?(?:l|lt|ltr|lit[er]{2}s?|litros?)\b",
    r"\b(\d[.,]\d)(?:t\b|/\d{2,3}\b)",  # "1.5T", and litres with cubic inches: "2.4/145"
)
CUBIC_CENTIMETERS = r"\b(\d{3,4}|\d[.,]\d{3})\s?(?:cc|ccm|cm3|cm³)\b"
CYLINDERS = (
    r"\b(?:vr?|i|h|w|l|flat|straight|inline)[- ]?(2|3|4|5|6|8|10|12|16)\b",
    r"\b(2|3|4|5|6|8|10|12|16)[- ]?(?:cyl|zyl|cilindros)",
)
HORSEPOWER = r"\b(\d{2,4}(?:[.,]\d{1,2})?)\s?(?:b?hp|horsepower)\b"
KILOWATTS = r"\b(\d{2,4}(?:[.,]\d{1,2})?)\s?kwt?\b"
METRIC_HORSEPOWER = r"\b(\d{2,4}(?:[.,]\d{1,2})?)\s?(?:ps|cv|ch|pk)\b"

# Cars.com writes valves, injection and camshaft; Chrome Data writes fuel, layout and size. Both always name a charger,
# so where one of them is silent, there is none. Of other strings silence says nothing.
FULL_DESCRIPTION = (
    r"\d+v (?:[a-z]?[dpm]{1,2}f?i) (?:dohc|sohc|ohv)|^(?:regular|premium|midgrade) unleaded [vihw]-?\d+ \d\.\d l"
)
ASPIRATION: Vocabulary = (
    ("twin_turbo", r"twin[- ]?turbo|bi-?turbo|double turbo"),
    ("supercharged", r"supercharg|kompressor|\bsc\b"),
    ("turbo", r"turbo|\d\.\dt\b|\bt/c\b|\btf?si\b|\btdi\b|\bgtdi\b|ecoboost"),
    ("natural", rf"naturally aspirated|saugmotor|{FULL_DESCRIPTION}"),
)


def liters(engine: pl.Expr, displacement: pl.Expr) -> pl.Expr:
    """Return the displacement in litres, 0.4 to 10; a bare displacement from 400 up is in cc."""
    bare = number(plain(displacement))
    stated = (within(bare, 0.4, 10), within(bare, 400, 10_000) / 1000)
    return pl.coalesce(*stated, _liters_in(plain(displacement)), _liters_in(plain(engine)))


def cylinders(engine: pl.Expr, count: pl.Expr) -> pl.Expr:
    """Return the number of cylinders, 2 to 16."""
    bare = within(whole(number(plain(count))), 2, 16)
    found = [words.str.extract(pattern) for words in (plain(count), plain(engine)) for pattern in CYLINDERS]
    return pl.coalesce(bare, *[digits.cast(pl.Int64, strict=False) for digits in found])


def horsepower(engine: pl.Expr, power: pl.Expr, market_unit: pl.Expr) -> pl.Expr:
    """Return the power in hp, 10 to 2,500; a number without a unit is hp only in a market of miles."""
    bare = where(number(plain(power)), market_unit == "mi")
    return within(pl.coalesce(_horsepower_in(plain(power)), bare, _horsepower_in(plain(engine))), 10, 2_500)


def aspiration(engine: pl.Expr) -> pl.Expr:
    """Return turbo, twin_turbo, supercharged or natural."""
    return word(engine, ASPIRATION)


def _liters_in(words: pl.Expr) -> pl.Expr:
    litres = [_decimal(words.str.extract(pattern)) for pattern in LITERS]
    cubic = _decimal(words.str.extract(CUBIC_CENTIMETERS).str.replace_all(r"[.,]", "")) / 1000
    return pl.coalesce(within(value, 0.4, 10) for value in (*litres, cubic))


def _horsepower_in(words: pl.Expr) -> pl.Expr:
    units = ((HORSEPOWER, 1.0), (KILOWATTS, HP_PER_KW), (METRIC_HORSEPOWER, HP_PER_METRIC_HP))
    return pl.coalesce((_the_one(words, pattern) * factor).round(1) for pattern, factor in units)


def _the_one(words: pl.Expr, pattern: str) -> pl.Expr:
    """Two figures of the same unit (a motor on each axle) are not one power."""
    return where(_decimal(words.str.extract(pattern)), words.str.count_matches(pattern) == 1)


def _decimal(digits: pl.Expr) -> pl.Expr:
    return digits.str.replace(",", ".", literal=True).cast(pl.Float64, strict=False)
