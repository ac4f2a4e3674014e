"""How features, predictions and residuals of a model run's training rows were distributed: bins and counts.

Learned at training and kept with the model run, for models/predict/drift.py. Knows features and prices, no estimator.
"""

import math
from dataclasses import asdict, dataclass
from typing import Self

import numpy as np
import polars as pl

from models.prepare.features import FEATURES, build_features

BINS = 10
PREDICTION, RESIDUAL = "predicted_price", "log_residual"

# A season differs from a whole year's by nature, and the logarithm has the bins of what it is taken of.
FAMILIES = {
    feature.name: feature.family for feature in FEATURES if feature.family != "season" and feature.name != "log_mileage"
}

SCHEMA = pl.Schema(
    {
        "feature": pl.String(),
        "edges": pl.List(pl.Float64()),
        "words": pl.List(pl.String()),
        "counts": pl.List(pl.Int64()),
        "missing": pl.Int64(),
        "held_out": pl.Int64(),
        "new_words": pl.Int64(),
    }
)


@dataclass(frozen=True, slots=True)
class Distribution:
    """One feature of the training rows: ``counts`` of its known values by bin, and how many are ``missing``.

    A number's bins end with ``edges``, each its own bin's, and a category's are its most frequent ``words``; the last
    bin holds all others. Of the ``held_out`` known words ``new_words`` were in no training row.
    """

    feature: str
    edges: list[float] | None
    words: list[str] | None
    counts: list[int]
    missing: int
    held_out: int
    new_words: int

    @classmethod
    def learn(cls, training: pl.Series, held_out: pl.Series) -> Self:
        """Learn from a feature's values in the training and in the held-out rows."""
        known, tested = training.drop_nulls(), held_out.drop_nulls()
        words = commonest(known, BINS - 1) if known.dtype == pl.String else None
        edges = None if words is not None else _edges(known.to_numpy())
        return cls(
            feature=training.name,
            edges=edges,
            words=words,
            counts=_count(known, edges, words),
            missing=training.null_count(),
            held_out=len(tested),
            new_words=0 if words is None else int((~tested.is_in(known.unique().implode())).sum()),
        )

    def count(self, values: pl.Series) -> list[int]:
        """Return how many of the known values lie in each bin."""
        return _count(values.drop_nulls(), self.edges, self.words)


def learn_distributions(
    training: pl.DataFrame, prices: np.ndarray, holdout: pl.DataFrame, holdout_prices: np.ndarray
) -> pl.DataFrame:
    """Return the distributions of what ``watched`` gives, as a table: one row per feature, columns as SCHEMA.

    ``prices`` are those that training rows have out of fold, and ``holdout_prices`` the holdout's, both of shape (n,).
    """
    known, tested = watched(training, prices), watched(holdout, holdout_prices)
    learned = [asdict(Distribution.learn(known[name], tested[name])) for name in known.columns]
    return pl.DataFrame(learned, schema=SCHEMA)


def watched(listings: pl.DataFrame, prices: np.ndarray) -> pl.DataFrame:
    """Return one row per listing: its features in FAMILIES, its PREDICTION, and its RESIDUAL where it asks a price.

    That is ln(asking_price / predicted_price).
    """
    asked = listings["asking_price"].cast(pl.Float64)
    predicted = pl.Series(PREDICTION, prices, dtype=pl.Float64)
    residual = pl.select(pl.when(asked > 0).then((asked / predicted).log())).to_series().alias(RESIDUAL)
    features = build_features(listings).with_columns(pl.col("age") + _within_a_year())
    return features.select(*FAMILIES, predicted, residual)


def commonest(words: pl.Series, at_most: int) -> list[str]:
    """Return the words that stand most often in a column without nulls, most first."""
    counted = words.value_counts().sort(["count", words.name], descending=[True, False])
    return counted[words.name].head(at_most).to_list()


def _within_a_year() -> pl.Expr:
    """Return -0.5 to 0.5, evenly over the rows by the golden ratio.

    A model year is a year wide. Without this, the ages of a crawl stand a whole year apart, and all cross the edges of
    bins in the same few weeks.
    """
    return pl.int_range(pl.len()) * ((math.sqrt(5) - 1) / 2) % 1 - 0.5


def _edges(known: np.ndarray) -> list[float]:
    """Return where bins end: at each value but the largest where there are few, else at the quantiles."""
    values = np.unique(known)
    if len(values) > BINS:
        values = np.unique(np.quantile(known, np.arange(1, BINS + 1) / BINS))
    edges: list[float] = values[:-1].tolist()
    return edges


def _count(known: pl.Series, edges: list[float] | None, words: list[str] | None) -> list[int]:
    if words is not None:
        bins = known.cast(pl.Enum(words), strict=False).to_physical().fill_null(len(words)).to_numpy()
    else:
        bins = np.searchsorted(edges or [], known.to_numpy())
    counts: list[int] = np.bincount(bins, minlength=len(words or edges or []) + 1).tolist()
    return counts
