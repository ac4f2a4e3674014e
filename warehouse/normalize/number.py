"""Numbers in any notation: "20,997", "20.300", "15 015 000", "1,2". Knows neither money nor distance."""

import polars as pl

# A number inside a longer pattern, and the words that multiply it. A lone m is no million: it also means mil or metre.
NUMBER = r"\d(?:[\d.,'\x{2019}\s]*\d)?"
MULTIPLIER = r"(?i:(?:k|mil)\b|tsd\b\.?)|M\b|(?i:mio\.?|mln\.?|mill[oó]n(?:es)?|millions?)\b"

FACTORS = {
    **dict.fromkeys(("k", "mil", "tsd"), 1e3),
    **dict.fromkeys(("m", "mio", "mln", "millon", "mill\u00f3n", "millones", "million", "millions"), 1e6),
}

# One separator before exactly three digits groups; before one or two it is a decimal point. Both present: the last one.
POINT_GROUPS = r"^([1-9]\d{0,2}(?:\.\d{3})+(?:,\d+)?|\d+,\d{1,2})$"
COMMA_GROUPS = r"^([1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?)$"
SPACE_GROUPS = r"^([1-9]\d{0,2}(?:[ '\x{2019}]\d{3})+(?:[.,]\d{1,2})?)$"
NO_GROUPS = r"^(\d+(?:\.\d+)?)$"


def number(text: pl.Expr) -> pl.Expr:
    """Return the number that the whole text is, as a float; null where it is none or could be two."""
    return text.map_batches(_numbers, return_dtype=pl.Float64)


def _numbers(texts: pl.Series) -> pl.Series:
    """The notations one by one; on a series, because an expression would compute the text again for each of them."""
    text = pl.col("text")
    digits = pl.coalesce(
        text.str.extract(POINT_GROUPS).str.replace_all(".", "", literal=True).str.replace(",", ".", literal=True),
        text.str.extract(COMMA_GROUPS).str.replace_all(",", "", literal=True),
        text.str.extract(SPACE_GROUPS).str.replace_all(r"[ '\x{2019}]", "").str.replace(",", ".", literal=True),
        text.str.extract(NO_GROUPS),
    )
    return texts.to_frame("text").select(digits.cast(pl.Float64, strict=False)).to_series()


def factor(multiplier: pl.Expr) -> pl.Expr:
    """Return what a captured MULTIPLIER multiplies by; 1 where there is none."""
    word = multiplier.str.to_lowercase().str.strip_chars_end(".")
    return word.replace_strict(FACTORS, default=1.0, return_dtype=pl.Float64)


def where(value: pl.Expr, condition: pl.Expr) -> pl.Expr:
    """Return the number where the condition holds, else null."""
    return pl.when(condition).then(value)


def within(value: pl.Expr, lowest: float, highest: float | pl.Expr) -> pl.Expr:
    """Return the value where it is plausible, else null; both ends are allowed."""
    return where(value, value.is_between(lowest, highest))


def whole(value: pl.Expr) -> pl.Expr:
    """Return the value as an integer where it is one, else null."""
    return where(value, value == value.round()).cast(pl.Int64, strict=False)
