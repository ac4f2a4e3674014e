"""Numbers in any notation: "20,997", "20.300", "15 015 000", "1,2". Knows neither money nor distance."""

import polars as pl

# A number inside a longer pattern, and the words that multiply it. A lone m is no million: it also means mil or metre.
NUMBER = r"\d(?:[\d.,'\x{2019}\s]*\d)?"
MULTIPLIER = r"(?i:(?:k|mil)\b|tsd\b\.?)|M\b|(?i:mio\.?|mln\.?|mill[oó]n(?:es)?|millions?)\b"

# One separator before exactly three digits groups; before one or two it is a decimal point. Both present: the last one.
POINT_GROUPS = r"^[1-9]\d{0,2}(?:\.\d{3})+(?:,\d+)?$|^\d+,\d{1,2}$"
COMMA_GROUPS = r"^[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?$"
SPACE_GROUPS = r"^[1-9]\d{0,2}(?:[ '\x{2019}]\d{3})+(?:[.,]\d{1,2})?$"
NO_GROUPS = r"^\d+(?:\.\d+)?$"


def number(text: pl.Expr) -> pl.Expr:
    """Return the number that the whole text is, as a float; null where it is none or could be two."""
    digits = (
        pl.when(text.str.contains(POINT_GROUPS))
        .then(text.str.replace_all(".", "", literal=True).str.replace(",", ".", literal=True))
        .when(text.str.contains(COMMA_GROUPS))
        .then(text.str.replace_all(",", "", literal=True))
        .when(text.str.contains(SPACE_GROUPS))
        .then(text.str.replace_all(r"[ '\x{2019}]", "").str.replace(",", ".", literal=True))
        .when(text.str.contains(NO_GROUPS))
        .then(text)
    )
    return digits.cast(pl.Float64, strict=False)


def factor(multiplier: pl.Expr) -> pl.Expr:
    """Return what a captured MULTIPLIER multiplies by; 1 where there is none."""
    word = multiplier.str.to_lowercase()
    return (
        pl.when(word.is_null())
        .then(1.0)
        .when(word.str.contains("^(?:k|mil|tsd)"))
        .then(pl.when(word.str.contains("^mil[lo]")).then(1e6).otherwise(1e3))
        .otherwise(1e6)
    )


def within(value: pl.Expr, lowest: float, highest: float) -> pl.Expr:
    """Return the value where it is plausible, else null; both ends are allowed."""
    return pl.when(value.is_between(lowest, highest)).then(value)


def whole(value: pl.Expr) -> pl.Expr:
    """Return the value as an integer where it is one, else null."""
    return pl.when(value == value.round()).then(value).cast(pl.Int64, strict=False)
