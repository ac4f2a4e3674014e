"""Numbers in any notation: "20,997", "20.300", "15 015 000", "12,50,000", "1,2". Knows neither money nor distance.

A separator before exactly three digits groups, whatever the locale: no price and no distance is given in thousandths,
so "20.300" is 20,300 in Ecuador's dollars too. Before one or two digits it is a decimal point, and so is the
last of two kinds.
"""

from collections.abc import Callable

import polars as pl
from polars import col

# A number inside a longer text, and the words that multiply it. A lone m is no million: it also means mil or metre.
NUMBER = r"[0-9](?:[0-9.,'\x{2019}\x{b4} ]*[0-9])?"
MULTIPLIER = (
    r"(?i:(?:k|mil)\b|tsd\b\.?)|M\b|(?i:mio\b\.?|mln\b\.?|mill[oó]n(?:es)?\b|millions?\b|la(?:kh|c)s?\b|crores?\b|cr\b)"
)
FACTORS = {
    **dict.fromkeys(("k", "mil", "tsd", "t"), 1e3),
    **dict.fromkeys(("m", "mio", "mln", "millon", "millón", "millones", "million", "millions"), 1e6),
    **dict.fromkeys(("lakh", "lakhs", "lac", "lacs"), 1e5),
    **dict.fromkeys(("crore", "crores", "cr"), 1e7),
}

NO_GROUPS = r"^[0-9]+(?:\.[0-9]+)?$"
POINT_GROUPS = r"^(?:[1-9][0-9]{0,2}(?:\.[0-9]{3})+(?:,[0-9]+)?|[0-9]+,[0-9]{1,2})$"
COMMA_GROUPS = r"^[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+)?$"
INDIAN_GROUPS = r"^[1-9][0-9]?(?:,[0-9]{2})+,[0-9]{3}(?:\.[0-9]+)?$"
SPACE_GROUPS = r"^[1-9][0-9]{0,2}(?:[ '\x{2019}][0-9]{3})+(?:[.,][0-9]{1,2})?$"
# "45'000.000": Colombia and Ecuador mark the millions.
MILLION_GROUPS = r"^[1-9][0-9]{0,2}['\x{2019}\x{b4}][0-9]{3}[.,][0-9]{3}$"
ONE_GROUP = r"^[0-9]+[.,][0-9]{3}$"


def number(text: pl.Expr) -> pl.Expr:
    """Return the number that the whole text is, as a float; null where it is none or could be two."""
    return text.map_batches(_numbers, return_dtype=pl.Float64, is_elementwise=True)


def first_number(text: pl.Expr) -> pl.Expr:
    """Return the digits and separators of the first number in the text."""
    return text.str.extract(f"({NUMBER})")


def around(text: pl.Expr) -> pl.Expr:
    """Return the text with "#" for its first number: what stands around numbers is the same for thousands of rows."""
    return text.str.replace(NUMBER, "#")


def once(text: pl.Expr, reader: Callable[[pl.Expr], pl.Expr], dtype: type[pl.DataType]) -> pl.Expr:
    """Return what the reader makes of the text, read once for each distinct text."""

    def read(texts: pl.Series) -> pl.Series:
        distinct = texts.unique()
        meanings = distinct.to_frame("text").select(reader(col("text"))).to_series()
        return texts.replace_strict(distinct, meanings, return_dtype=dtype).cast(dtype)  # of no texts it returns texts

    return text.map_batches(read, return_dtype=dtype, is_elementwise=True)


def multiplied(digits: pl.Expr, factor: pl.Expr) -> pl.Expr:
    """Return the number times the factor; null for "1.250 million", whose point may group or not."""
    return where(number(digits) * factor, (factor == 1) | ~digits.str.contains(ONE_GROUP))


def factor(multiplier: pl.Expr) -> pl.Expr:
    """Return what a captured MULTIPLIER multiplies by; 1 where there is none."""
    word = multiplier.str.to_lowercase().str.strip_chars_end(".")
    return word.replace_strict(FACTORS, default=1.0, return_dtype=pl.Float64)


def where(value: pl.Expr, condition: pl.Expr) -> pl.Expr:
    """Return the number where the condition holds, else null."""
    return pl.when(condition).then(value)


def within(value: pl.Expr, lowest: float, highest: float) -> pl.Expr:
    """Return the value where it is plausible, else null; both ends are allowed."""
    # On the series: in an expression that has a when, polars would compute the value anew for each mention of it.
    return value.map_batches(
        lambda values: values.to_frame("v").select(where(col("v"), col("v").is_between(lowest, highest))).to_series(),
        return_dtype=pl.self_dtype(),
        is_elementwise=True,
    )


def whole(value: pl.Expr) -> pl.Expr:
    """Return the value as an integer where it is one, else null."""
    return where(value, value == value.round()).cast(pl.Int64, strict=False)


def _numbers(texts: pl.Series) -> pl.Series:
    """The notations one by one; on a series, because an expression would compute the text again for each of them."""
    digits = pl.coalesce(
        _in(COMMA_GROUPS).str.replace_all(",", "", literal=True),
        _in(POINT_GROUPS).str.replace_all(".", "", literal=True).str.replace(",", ".", literal=True),
        _in(INDIAN_GROUPS).str.replace_all(",", "", literal=True),
        _in(SPACE_GROUPS).str.replace_all(r"[ '\x{2019}]", "").str.replace(",", ".", literal=True),
        _in(MILLION_GROUPS).str.replace_all(r"[^0-9]", ""),
        _in(NO_GROUPS),
    )
    return texts.to_frame("text").select(digits.cast(pl.Float64, strict=False)).to_series()


def _in(notation: str) -> pl.Expr:
    return where(col("text"), col("text").str.contains(notation))
