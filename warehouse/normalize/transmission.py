"""Gearboxes: "8-Speed Automatic", "6-Speed M/T", "Automatic, 8-Spd PDK Dual-Clutch" to a kind and a number of gears."""

import polars as pl

from warehouse.normalize.drive_words import TRANSMISSION
from warehouse.normalize.number import within
from warehouse.normalize.text import plain
from warehouse.normalize.vocabulary import word

GEARS = r"\b(\d{1,2})[- ]?(?:speed|spd|gang|gear|vitesses|rapports|velocidades|marchas|cambios|g[- ]?tronic)"


def kind(text: pl.Expr) -> pl.Expr:
    """Return a word of TRANSMISSION."""
    return word(text, TRANSMISSION)


def gears(text: pl.Expr) -> pl.Expr:
    """Return the number of forward gears, 1 to 10; of a CVT, the steps that it imitates."""
    words = plain(text)
    published = words.str.extract(GEARS).cast(pl.Int64, strict=False)
    single = words.str.contains("single[- ]speed").replace_strict({True: 1, False: None}, return_dtype=pl.Int64)
    return pl.coalesce(within(published, 1, 10), single)
