"""How many training cars share a listing's kind: what makes a car common or rare. Knows features, no estimator."""

from typing import Self

import polars as pl

from models.evaluate.crossfit import NEW

# Features that name what a car is, from the general to the particular.
KINDS = ("make", "model_line", "make_model", "make_model_trim", "vin_descriptor")

SCHEMA: dict[str, type[pl.DataType]] = {"kind": pl.String, "name": pl.String, "fold": pl.Int32, "cars": pl.UInt32}


class Comparables:
    """The training cars of each kind by fold, in ``table``: one row per kind, name and fold, columns as SCHEMA."""

    def __init__(self, table: pl.DataFrame, folds: int) -> None:
        self.table = table
        self.folds = folds

    @classmethod
    def count(cls, features: pl.DataFrame, fold: pl.Series, folds: int) -> Self:
        """Count the cars of a feature frame, each in its fold, shape (n,)."""
        named = [features.select(pl.lit(kind).alias("kind"), pl.col(kind).alias("name"), fold) for kind in KINDS]
        counted = pl.concat(named).drop_nulls("name").group_by("kind", "name", "fold").agg(pl.len().alias("cars"))
        return cls(counted.sort("kind", "name", "fold").cast(pl.Schema(SCHEMA)), folds)

    def of(self, features: pl.DataFrame, fold: pl.Series) -> pl.DataFrame:
        """Return a column per kind: how many cars of it the members that price each listing learned from, 0 if unnamed.

        That is all but those of the listing's own fold; for a listing that was not in training (NEW) the mean over
        the members, so that both count alike.
        """
        return pl.DataFrame([self._of_kind(kind, features[kind], fold) for kind in KINDS])

    def _of_kind(self, kind: str, names: pl.Series, fold: pl.Series) -> pl.Series:
        own = self.table.filter(pl.col("kind") == kind).drop("kind")
        every = own.group_by("name").agg(pl.col("cars").sum().alias("every"))
        asked = pl.DataFrame({"name": names, "fold": fold.cast(pl.Int32)})
        found = asked.join(every, on="name", how="left", maintain_order="left")
        found = found.join(own, on=["name", "fold"], how="left", maintain_order="left")
        new = pl.col("every") * ((self.folds - 1) / self.folds)
        seen = pl.when(pl.col("fold") == NEW).then(new).otherwise(pl.col("every") - pl.col("cars").fill_null(0))
        return found.select(seen.fill_null(0).cast(pl.Float64).alias(kind)).to_series()
