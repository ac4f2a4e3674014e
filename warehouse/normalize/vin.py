"""Vehicle identification numbers: 17 characters, and the check digit that North America puts in the ninth."""

import polars as pl

from warehouse.normalize.text import tidy

# ISO 3779 and 49 CFR 565: I, O and Q are never used; each letter has a value, each place a weight, modulo 11.
VALUES = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", "12345678123457923456789", strict=True))
WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


def vin(text: pl.Expr) -> pl.Expr:
    """Return the VIN in upper case, null where the text is not 17 characters of the VIN's alphabet."""
    letters = tidy(text).str.to_uppercase().str.replace_all(r"[\s-]", "")
    # Seventeen times the same character is a placeholder.
    return pl.when(letters.str.contains(r"^[A-HJ-NPR-Z0-9]{17}$") & ~letters.str.contains(r"^(?:0+|1+|X+)$")).then(
        letters
    )


def is_valid(number: pl.Expr) -> pl.Expr:
    """Return whether the check digit of a 17-character VIN is right; European VINs have none, so false is a flag."""
    digits = number.str.replace_many(list(VALUES), list(VALUES.values()))
    products = [
        digits.str.slice(place, 1).cast(pl.Int32, strict=False) * weight for place, weight in enumerate(WEIGHTS)
    ]
    remainder = pl.sum_horizontal(products, ignore_nulls=False) % 11
    expected = pl.when(remainder == 10).then(pl.lit("X")).otherwise(remainder.cast(pl.String))
    return expected == number.str.slice(8, 1)
