"""Model years: "2019", "2022-08-01", "03/2019", and the year that opens a headline ("Used 2017 Honda Civic")."""

import polars as pl

from crawler.clock import now
from warehouse.normalize.number import where, within
from warehouse.normalize.text import plain

FIRST_YEAR = 1900
YEAR = r"\b((?:19|20|21)\d{2})\b"
HEADLINE_YEAR = r"^(?:[a-z-]+ ){0,3}?((?:19|20)\d{2})\b"


def model_year(text: pl.Expr, title: pl.Expr) -> pl.Expr:
    """Return the one year of the text, else the one that opens the title; null where it is not yet to come."""
    words = plain(text)
    the_one = where(_plausible(words.str.extract(YEAR)), words.str.count_matches(YEAR) == 1)
    return pl.coalesce(the_one, _plausible(plain(title).str.extract(HEADLINE_YEAR)))


def _plausible(digits: pl.Expr) -> pl.Expr:
    # Sites sell next year's models early; a year beyond those is an error of typing.
    return within(digits.cast(pl.Int64, strict=False), FIRST_YEAR, now().year + 2)
