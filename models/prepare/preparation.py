"""What an estimator eats: a fitted Preparation turns listings into one float matrix, in training and ever after.

Fitted on training rows only, saved without pickle, and never dropping a row. Knows no estimator.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, NamedTuple, Self

import numpy as np
import numpy.typing as npt
import polars as pl

from models.prepare.dense import DenseColumns
from models.prepare.features import FEATURES, blank, build_features, features_of, unlearnable
from models.prepare.levels import EXPECTED, LEVELS, STEPS, PriceLevels

Kind = Literal["native", "dense", "plain"]
Floats = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.floating]

NUMBERS = tuple(feature.name for feature in FEATURES if feature.kind == "number")
CATEGORIES = tuple(feature.name for feature in FEATURES if feature.kind == "category")
MISSING, UNKNOWN = 0, -1
STATE_NAME = "preparation.json"

# A dense matrix holds the steps below make, and neighbourhoods, as price levels or not at all: one-hot columns of them
# are hundreds, and measured no better.
ONE_HOT = tuple(name for name in CATEGORIES if name not in {*STEPS, "postal_area"} - {"brand_class", "make"})


class Prepared(NamedTuple):
    """A matrix of shape (n, columns), and the log prices that levels, age and mileage let expect, shape (n,)."""

    matrix: Matrix
    expected: Floats


class Preparation:
    """Listings in, matrix out: ``columns`` names the matrix's columns, ``categorical`` says which of them are codes.

    ``native`` (for trees that know both): numbers with NaN where unknown, then price levels, then category codes
    (0 missing, -1 never seen in training). ``dense`` (for the forest and networks): numbers and levels imputed by
    chained equations and scaled, indicators of what was missing, then one-hot columns of the smaller categories, in
    which missing is a value of its own; float32. ``plain`` (for the study group's recipe, which knew no price levels):
    dense without levels, and with one-hot columns of every category.
    The features of the families named in ``without`` are unknown throughout.
    """

    def __init__(self, kind: Kind, *, seed: int = 0, without: Sequence[str] = ()) -> None:
        self.kind = kind
        self.seed = seed
        self.without = without

    def fit_transform(self, listings: pl.DataFrame, log_prices: Floats) -> Prepared:
        """Fit on training rows and return them prepared; levels and expected log prices are out-of-fold."""
        known = build_features(listings)
        self.unknown_ = sorted({*features_of(self.without), *unlearnable(known)})
        features = blank(known, self.unknown_)
        self.vocabularies_ = {name: features[name].drop_nulls().unique().sort().to_list() for name in CATEGORIES}
        self.levels_ = PriceLevels(seed=self.seed)
        levels = self.levels_.fit_transform(features, log_prices)
        matrix = self._native(features, levels)
        self.dense_ = None if self.kind == "native" else self._dense()
        return Prepared(matrix if self.dense_ is None else self.dense_.fit_transform(matrix), levels[:, EXPECTED])

    def transform(self, listings: pl.DataFrame) -> Prepared:
        """Return any listings prepared, one row each in order."""
        return self.prepare(build_features(listings))

    def prepare(self, features: pl.DataFrame) -> Prepared:
        """Return listings prepared whose features are built already, one row each in order."""
        features = blank(features, self.unknown_)
        levels = self.levels_.transform(features)
        matrix = self._native(features, levels)
        return Prepared(matrix if self.dense_ is None else self.dense_.transform(matrix), levels[:, EXPECTED])

    def parts(self, features: pl.DataFrame) -> Floats:
        """Return what makes up the expected log prices of listings by their features: see PriceLevels.parts."""
        return self.levels_.parts(blank(features, self.unknown_))

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the matrix's columns."""
        native = (*self._continuous, *CATEGORIES)
        return native if self.dense_ is None else self.dense_.columns

    @property
    def categorical(self) -> tuple[int, ...]:
        """The positions of the columns that hold category codes."""
        return self.positions(CATEGORIES) if self.kind == "native" else ()

    @property
    def continuous(self) -> tuple[int, ...]:
        """The positions of the columns that hold numbers and levels, indicators apart."""
        return self.positions(self._continuous)

    def positions(self, names: Sequence[str]) -> tuple[int, ...]:
        """Return where the named columns stand in the matrix."""
        columns = self.columns
        return tuple(columns.index(name) for name in names)

    def save(self, folder: Path) -> None:
        """Write preparation.json and, for the dense kind, imputation.skops into an existing folder."""
        state = {
            "kind": self.kind,
            "seed": self.seed,
            "without": self.without,
            "unknown": self.unknown_,
            "vocabularies": self.vocabularies_,
            "levels": self.levels_.state(),
            "dense": self.dense_ and self.dense_.save(folder),
        }
        (folder / STATE_NAME).write_text(json.dumps(state))

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what ``save`` wrote; skops refuses any type that is not scikit-learn's or numpy's."""
        state = json.loads((folder / STATE_NAME).read_text())
        preparation = cls(state["kind"], seed=state["seed"], without=state["without"])
        preparation.unknown_ = state["unknown"]
        preparation.vocabularies_ = state["vocabularies"]
        preparation.levels_ = PriceLevels.from_state(state["levels"])
        preparation.dense_ = state["dense"] and DenseColumns.load(folder, state["dense"])
        return preparation

    def _native(self, features: pl.DataFrame, levels: Floats) -> Floats:
        numbers = features.select(pl.col(NUMBERS).fill_null(np.nan)).to_numpy()
        codes = [_codes(features[name], self.vocabularies_[name]) for name in CATEGORIES]
        return np.column_stack([numbers, *([] if self.kind == "plain" else [levels]), *codes])

    @property
    def _continuous(self) -> tuple[str, ...]:
        return NUMBERS if self.kind == "plain" else (*NUMBERS, *LEVELS)

    def _dense(self) -> DenseColumns:
        one_hot = CATEGORIES if self.kind == "plain" else ONE_HOT
        return DenseColumns(self._continuous, CATEGORIES, imputed=NUMBERS, one_hot=one_hot, seed=self.seed)


def _codes(categories: pl.Series, vocabulary: list[str]) -> Floats:
    """Return 1, 2, ... for the vocabulary's words in order, MISSING for null and UNKNOWN for any other word."""
    known = pl.Enum(vocabulary)
    codes = categories.cast(known, strict=False).to_physical().cast(pl.Float64) + 1
    return (
        pl.select(pl.when(categories.is_null()).then(MISSING).otherwise(codes.fill_null(UNKNOWN)))
        .to_series()
        .to_numpy()
    )
