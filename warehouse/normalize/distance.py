"""Distances and fuel economy: miles and km to miles; mpg and litres per 100 km to mpg."""

import polars as pl

from warehouse.normalize.number import MULTIPLIER, NUMBER, factor, number, where, within
from warehouse.normalize.text import plain, tidy

KM_PER_MILE = 1.609344
MAX_MILES = 1_000_000
LITERS_PER_100KM_OF_ONE_MPG = 235.214583

UNIT = r"(?i:miles?|mi|smi|kilom[eèé]tros?|kilom[eèé]tres?|kilometers?|kmt|kms?)\b"
# After a unit anything but another number may follow ("100000 Kms. · Quito"); without one, nothing.
DISTANCE = rf"^(?P<number>{NUMBER})\s*(?P<multiplier>{MULTIPLIER})?\s*(?:(?P<unit>{UNIT})(?:[^\p{{L}}\d][^\d]*)?)?$"


def miles(text: pl.Expr, market_unit: pl.Expr) -> pl.Expr:
    """Return the distance in miles, 0 to a million; without a unit it is in the market's (mi or km)."""
    parts = tidy(text).str.extract_groups(DISTANCE)
    value = number(parts.struct.field("number")) * factor(parts.struct.field("multiplier"))
    unit = pl.coalesce(parts.struct.field("unit").str.to_lowercase(), market_unit)
    units_per_mile = unit.str.slice(0, 1).replace_strict({"k": KM_PER_MILE}, default=1.0, return_dtype=pl.Float64)
    return within((value / units_per_mile).round(1), 0, MAX_MILES)


def miles_per_gallon(text: pl.Expr, market_unit: pl.Expr) -> pl.Expr:
    """Return the fuel economy in mpg, 1 to 300; a number without a unit is mpg only in a market of miles."""
    words = plain(text)
    value = number(words.str.extract(rf"^({NUMBER})"))
    is_mpg = words.str.contains(rf"^{NUMBER}\s*mpg")
    is_bare = words.str.contains(rf"^{NUMBER}$") & (market_unit == "mi")
    is_metric = words.str.contains(rf"^{NUMBER}\s*(?:l|liter|litros?|litres?)\s*/\s*100\s*km")
    metric = LITERS_PER_100KM_OF_ONE_MPG / where(value, is_metric)
    return within(pl.coalesce(where(value, is_mpg | is_bare), metric), 1, 300)
