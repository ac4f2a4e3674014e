"""Model years: "2019", "2022-08-01", "03/2019", and the year that opens a headline ("Used 2017 Honda Civic")."""

import polars as pl

from crawler.clock import now
from warehouse.normalize.number import within
from warehouse.normalize.text import plain

FIRST_YEAR = 1900
YEAR = r"\b((?:19|20|21)\d{2})\b"
HEADLINE_YEAR = r"^(?:[a-z-]+ ){0,3}?((?:19|20)\d{2})\b"


def model_year(text: pl.Expr, title: pl.Expr) -> pl.Expr:
    """Return the one year of the text, else the one that opens the title; null where it is not yet to come."""
    words = plain(text)
    year = pl.when(words.str.count_matches(YEAR) == 1).then(words.str.extract(YEAR))
    return _plausible(pl.coalesce(_plausible(year), plain(title).str.extract(HEADLINE_YEAR)))


def _plausible(year: pl.Expr) -> pl.Expr:
    # Sites sell next year's models early; a year beyond that is an error of typing.
    return within(year.cast(pl.Int64, strict=False), FIRST_YEAR, now().year + 2)
