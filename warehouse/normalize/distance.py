"""Distances and fuel economy: miles and km to miles; mpg, litres per 100 km and km per litre to US mpg."""

import polars as pl

from warehouse.normalize.number import MULTIPLIER, around, factor, first_number, multiplied, number, once, where, within
from warehouse.normalize.text import plain, tidy

KM_PER_MILE = 1.609344
# Beyond it stand slips of a digit and what people type who do not know: a two-year-old car of a million km.
MAX_MILES = 500_000
LITERS_PER_100KM_OF_ONE_MPG = 235.214583
KM_PER_LITER_OF_ONE_MPG = 0.42514371
US_GALLONS_PER_IMPERIAL = 1.20095
# The thirstiest cars reach 8 mpg. Below it another figure stands in the field: 2.8 is litres, or a plug-in's.
MIN_MPG, MAX_MPG = 8, 300

OPENING = (
    r"(?i:(?:ca|approx|approximately|about|circa|rund|nur|only|mileage|km|kms|odometer|laufleistung)\b\.?:?\s*|~\s*)"
)
UNIT = r"(?i:miles?|meilen|mls|mi|smi|kil[oó]metros?|kilom[eèé]tres?|kilometers?|kmt|kms?)\b"
# After a unit anything but another number may follow ("100000 Kms. · Quito"); without one, nothing. Tkm are thousands.
DISTANCE = (
    rf"^(?P<opening>{OPENING})?(?P<number>#)\s*(?P<multiplier>{MULTIPLIER}|[tT])?\+?\s*(?:original )?"
    rf"(?:(?P<unit>{UNIT})(?:[^\p{{L}}\d][^\d]*)?)?$"
)

# Around the number of a fuel economy; what stands in brackets, or after mpg, is when or where it was measured.
FUEL_ECONOMY = {
    "imperial": r"^# ?mpg ?\(?(?:imp|uk)",
    "mpg": r"^# ?mpg",
    "bare": r"^#$",
    "liters": r"^# ?(?:l|liters?|litros?|litres?) ?/ ?100 ?km\b",
    "km": r"^# ?(?:km ?/ ?l(?:iter|itro|itre)?|kmp?l|km per lit(?:er|re))\b",
}


def miles(text: pl.Expr, market_unit: pl.Expr) -> pl.Expr:
    """Return the distance in miles, 0 to half a million; without a unit it is in the market's (mi or km)."""
    words = tidy(text)
    value = multiplied(first_number(words), once(around(words), _factor, pl.Float64))
    unit = pl.coalesce(once(around(words), _unit, pl.String), market_unit)
    units_per_mile = pl.when(unit == "km").then(KM_PER_MILE).otherwise(1.0)
    return within((value / units_per_mile).round(1), 0, MAX_MILES)


def miles_per_gallon(text: pl.Expr, market_unit: pl.Expr, market_currency: pl.Expr) -> pl.Expr:
    """Return the fuel economy in US mpg, 8 to 300; a number without a unit is mpg only in a market of miles.

    Where prices are in pounds a gallon is imperial, unless the text says otherwise: 38 mpg there are 31.6 here.
    """
    words = plain(text)
    value, kind = number(first_number(words)), once(around(words), _kind, pl.String)
    is_mpg = (kind == "mpg") | ((kind == "bare") & (market_unit == "mi"))
    is_imperial = (kind == "imperial") | (is_mpg & (market_currency == "GBP") & ~words.str.contains(r"\bus\b"))
    mpg = (
        pl.when(is_imperial)
        .then(value / US_GALLONS_PER_IMPERIAL)
        .when(is_mpg)
        .then(value)
        .when(kind == "liters")
        .then(LITERS_PER_100KM_OF_ONE_MPG / value)
        .when(kind == "km")
        .then(value / KM_PER_LITER_OF_ONE_MPG)
    )
    return within(mpg.round(1), MIN_MPG, MAX_MPG)


def _factor(words: pl.Expr) -> pl.Expr:
    """What the distance's number is multiplied by; null where the words around it are not those of a distance."""
    return where(factor(_part(words, "multiplier")), words.str.contains(DISTANCE))


def _unit(words: pl.Expr) -> pl.Expr:
    """The unit that the words name, mi or km; null where they name none."""
    named = pl.coalesce(_part(words, "unit"), _part(words, "opening").str.extract(r"(?i)^(km)")).str.to_lowercase()
    return named.str.slice(0, 1).replace_strict({"k": "km", "m": "mi", "s": "mi"}, default=None, return_dtype=pl.String)


def _part(words: pl.Expr, name: str) -> pl.Expr:
    return words.str.extract_groups(DISTANCE).struct.field(name)


def _kind(words: pl.Expr) -> pl.Expr:
    """How the fuel economy is measured; two numbers ("30-38 mpg") are not one."""
    is_one = ~words.str.replace(r"100 ?km", "").str.contains(r"\d")
    kinds = (where(pl.lit(kind), words.str.contains(pattern)) for kind, pattern in FUEL_ECONOMY.items())
    return where(pl.coalesce(kinds), is_one)
