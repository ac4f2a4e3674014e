"""The kinds of cars by which a model run is judged apart: an error may hide in one of them. Knows no metric."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import polars as pl

from models.evaluate.weighted import Floats
from models.prepare.features import build_features

# A segment and its value: make, ford.
Group = tuple[str, str]

# A kind of cars with fewer rows is not judged apart: its figures would be chance.
MINIMUM_ROWS = 50
UNKNOWN = "unknown"
AGES = (1, 3, 6, 10, 15)  # years
PRICE_BANDS = 5


def segments(listings: pl.DataFrame, predicted: Floats) -> pl.DataFrame:
    """Return each listing's kind, one column per segment: make, age, price, seller_type, condition, market.

    Makes with fewer than MINIMUM_ROWS rows stand together. Price bands hold a fifth of the cars each, by *predicted*
    price, shape (rows,): banded by what they ask, cars mistakenly asking too much would fill the dearest band and those
    asking too little the cheapest, and every estimator would seem to err towards the middle.
    """
    features = build_features(listings)
    words = features.select("seller_type", "condition").with_columns(listings["market"])
    return pl.DataFrame({
        "make": _common(features["make"]),
        "age": _banded(features["age"], AGES, " years"),
        "price": _banded(pl.Series(predicted), _price_cuts(predicted), ""),
        **words.fill_null(UNKNOWN).to_dict(),
    })  # fmt: skip


def groups_of(kinds: pl.DataFrame, fewest: int) -> dict[Group, npt.NDArray[np.bool_]]:
    """Return by segment and value which rows are of it, shape (rows,), where they are ``fewest`` or more, and not all.

    ``kinds`` says what kind of car each row is, one column per segment.
    """
    found = {(kind.name, str(value)): (kind == value).to_numpy() for kind in kinds for value in kind.unique().sort()}
    return {group: rows for group, rows in found.items() if fewest <= rows.sum() < len(rows)}


def _common(makes: pl.Series) -> pl.Series:
    known = pl.DataFrame({"make": makes.fill_null(UNKNOWN)})
    is_common = pl.len().over("make") >= MINIMUM_ROWS
    return known.select(pl.when(is_common).then("make").otherwise(pl.lit("other makes"))).to_series()


def _price_cuts(predicted: Floats) -> list[float]:
    """Return the bounds between the bands, rounded to two digits for people's sake."""
    bounds = np.quantile(predicted, np.linspace(0, 1, PRICE_BANDS + 1)[1:-1])
    return sorted({float(f"{bound:.1e}") for bound in bounds})


def _banded(numbers: pl.Series, cuts: Sequence[float], unit: str) -> pl.Series:
    """Return the band of each number, "3 to 6 years", in their order; a bound belongs to the band above it."""
    inner = [f"{low:,.0f} to {high:,.0f}{unit}" for low, high in pairwise(cuts)]
    labels = [f"under {cuts[0]:,.0f}{unit}", *inner, f"{cuts[-1]:,.0f}{unit} and over"]
    bands = [*labels, UNKNOWN]
    found = np.searchsorted(cuts, numbers.to_numpy(), side="right")
    return pl.Series(bands, dtype=pl.Enum(bands))[np.where(numbers.is_null(), len(labels), found)]
