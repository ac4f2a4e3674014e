"""Towns and regions: as published, but for the pieces of an address that a source cut wrongly. Knows no map."""

import polars as pl

from warehouse.normalize.text import plain, tidy

INTRODUCTION = r"(?i)^(?:el veh[ií]culo est[aá] en|located in|standort:?|situ[eé] [aà]|ubicad[oa] en|ort:)\s+"
# What belongs to a street and never names a state or a province: "Suite", "US-12".
PIECE_OF_A_STREET = (
    r"^(?:suite|ste|unit|bldg|building|apt|floor|room|lot|rte?|route|h(?:igh)?wy|highway|loop|road|rd|street|st|avenue|ave"
    r"|blvd|nw|s[ew])\.?$|^[a-z]{1,3}[- ]\d+$"
)
SHORTEST_POSTAL_CODE = 3


def city(text: pl.Expr) -> pl.Expr:
    """Return the town, without the words that introduce it."""
    return tidy(text).str.replace(INTRODUCTION, "")


def region(text: pl.Expr, postal_code: pl.Expr) -> pl.Expr:
    """Return the state or province, null where it, or the postal code beside it, is another piece of an address."""
    code = tidy(postal_code)
    is_code = code.is_null() | (code.str.contains(r"\d") & (code.str.len_chars() >= SHORTEST_POSTAL_CODE))
    return pl.when(is_code & ~plain(text).str.contains(PIECE_OF_A_STREET)).then(tidy(text))
