"""Model years: "2019", "2022-08-01", "EZ 03/19", "MY20", "'19", and the year that opens a headline."""

import polars as pl

from crawler.clock import now
from warehouse.normalize.number import where, within
from warehouse.normalize.text import plain

# Not 1900, the first year of many a form's list: it is a car's whose year nobody chose.
FIRST_YEAR = 1901
YEAR = r"(?:\b|my)((?:19|20|21)\d{2})\b"
COMPACT_DATE = r"^((?:19|20)\d{2})(?:0[1-9]|1[0-2])(?:[0-3]\d)?$"
# Two digits are a year only beside a sign that they are.
TWO_DIGITS = (
    r"^(?:['\x{2019}]|my ?'?|(?:ez|erstzulassung|first reg(?:istration|\.)?):? ?(?:0?[1-9]|1[0-2])[/.])(\d{2})$"
)
HEADLINE_YEAR = r"^(?:[a-z-]+ ){0,3}?((?:19|20)\d{2})\b"


def model_year(text: pl.Expr, title: pl.Expr) -> pl.Expr:
    """Return the one year of the text, else the one that opens the title; null where it is not yet to come."""
    words = plain(text)
    the_one = where(_plausible(words.str.extract(YEAR)), words.str.count_matches(YEAR) == 1)
    date = _plausible(words.str.extract(COMPACT_DATE))
    return pl.coalesce(the_one, date, _two_digits(words), _plausible(plain(title).str.extract(HEADLINE_YEAR)))


def _two_digits(words: pl.Expr) -> pl.Expr:
    digits = words.str.extract(TWO_DIGITS)
    return pl.coalesce(_plausible("20" + digits), _plausible("19" + digits))


def _plausible(digits: pl.Expr) -> pl.Expr:
    # Sites sell next year's models early; a year beyond those is an error of typing.
    return within(digits.cast(pl.Int64, strict=False), FIRST_YEAR, now().year + 2)
