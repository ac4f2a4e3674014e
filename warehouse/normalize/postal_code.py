"""Postal codes: as published, but for zips that a spreadsheet took for numbers ("2139", "95112.0")."""

import polars as pl

from warehouse.normalize.number import where
from warehouse.normalize.text import plain, tidy

UNITED_STATES = r"^(?:us|usa|u\.s\.a?\.?|united states(?: of america)?)$"


def postal_code(text: pl.Expr, country: pl.Expr) -> pl.Expr:
    """Return the postal code; a zip of 3 or 4 digits gets its leading zeros back only where the row says US."""
    code = tidy(text).str.replace(r"^(\d{3,5})\.0$", "$1")
    is_cut = code.str.contains(r"^\d{3,4}$") & plain(country).str.contains(UNITED_STATES)
    return pl.coalesce(where(code.str.zfill(5), is_cut), code)
