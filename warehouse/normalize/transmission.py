"""Gearboxes: "8-Speed Automatic", "6-Speed M/T", "Automatic, 8-Spd PDK Dual-Clutch" to a kind and a number of gears."""

import polars as pl

from warehouse.normalize.number import within
from warehouse.normalize.text import plain
from warehouse.normalize.vocabulary import Vocabulary, word

# The first that matches: an automatic with a manual mode is an automatic. Both offered ("AT/MT") is not understood.
TRANSMISSION: Vocabulary = (
    ("single_speed", r"single[- ]speed|\b1[- ]?(?:speed|spd|gang)|fixed[- ]gear|direct[- ]drive|reduction gear"),
    ("dual_clutch", r"(?:dual|double|twin)[- ]clutch|doppelkupplung|doble embrague|double embrayage|\bpdk|\bdct|\bdsg"
                    r"|\bedc\b|s[ -]tronic\b"),
    ("cvt", r"\be?-?cvt|continuously|variable|variador|stufenlos|xtronic|lineartronic|multitronic"),
    ("automatic", r"auto(?:matic|matik|matique|matico|matica|mat)?\b|\ba/t\b|\bat(?:[^/\w]|$)|^a$|tiptronic|steptronic"
                  r"|shiftronic|geartronic|selectshift|shiftable|g[- ]?tronic|dual shift mode|overdrive switch"
                  r"|\bbva\d?\b"),
    ("manual", r"manual|manuell|mecanica?|mecanique|schalt|\bm/t\b|(?:^|[^/\w])mt\b|^m$|stick shift|estandar"
               r"|\bbvm\d?\b"),
)  # fmt: skip

GEARS = r"\b(\d{1,2})[- ]?(?:speed|spd|gang|gear|vitesses|velocidades|marchas|cambios|g[- ]?tronic)"


def kind(text: pl.Expr) -> pl.Expr:
    """Return automatic, manual, cvt, dual_clutch or single_speed."""
    return word(text, TRANSMISSION)


def gears(text: pl.Expr) -> pl.Expr:
    """Return the number of forward gears, 1 to 10; of a CVT, the steps that it imitates."""
    words = plain(text)
    published = words.str.extract(GEARS).cast(pl.Int64, strict=False)
    single = words.str.contains("single[- ]speed").replace_strict({True: 1, False: None}, return_dtype=pl.Int64)
    return pl.coalesce(within(published, 1, 10), single)
