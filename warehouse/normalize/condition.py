"""New, used or certified: from a field of its own, else from a headline that begins with it."""

import polars as pl

from warehouse.normalize.known_words import CONDITION
from warehouse.normalize.text import plain
from warehouse.normalize.vocabulary import word


def condition(text: pl.Expr, title: pl.Expr) -> pl.Expr:
    """Return new, used or certified, from the title only where it begins with the word and a year ("Used 2017 …")."""
    headline = plain(title).str.extract(r"^((?:new|used|certified(?: pre-?owned| used)?)) (?:19|20)\d\d\b")
    return pl.coalesce(word(text, CONDITION), word(headline, CONDITION))
