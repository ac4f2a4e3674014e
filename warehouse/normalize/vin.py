"""Vehicle identification numbers: 17 characters, and the check digit that North America puts in the ninth."""

import polars as pl

from warehouse.normalize.text import tidy

# ISO 3779 and 49 CFR 565: I, O and Q are never used; each letter has a value, each place a weight, modulo 11.
VALUES = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", "12345678123457923456789", strict=True))
WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)

ALPHABET = r"^[A-HJ-NPR-Z0-9]{17}$"


def vin(text: pl.Expr) -> pl.Expr:
    """Return the VIN in upper case, null where the text is not 17 characters of the VIN's alphabet."""
    letters = tidy(text).str.to_uppercase().str.replace_all(r"^VIN\b[:#.]*|[\s-]", "")
    # Letters alone or digits alone ("00000000000000000") fill a form, and are no VIN.
    is_vin = letters.str.contains(ALPHABET) & letters.str.contains("[A-Z]") & letters.str.contains("[0-9]")
    return pl.when(is_vin).then(letters)


def is_valid(number: pl.Expr) -> pl.Expr:
    """Return whether the check digit of a 17-character VIN is right; European VINs have none, so false is a flag."""
    # On the series, because an expression would find the VIN again for each of its places.
    return number.map_batches(_is_valid, return_dtype=pl.Boolean, is_elementwise=True)


def _is_valid(numbers: pl.Series) -> pl.Series:
    digits = numbers.str.replace_many(list(VALUES), list(VALUES.values()))
    products = [
        digits.str.slice(place, 1).cast(pl.Int32, strict=False) * weight for place, weight in enumerate(WEIGHTS)
    ]
    remainder = pl.select(pl.sum_horizontal(products, ignore_nulls=False) % 11).to_series()
    return remainder.cast(pl.String).replace("10", "X") == numbers.str.slice(8, 1)
