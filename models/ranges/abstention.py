"""Which listings a model run cannot judge, and why: a reason code each. Knows no estimator and no warehouse."""

import math
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
import polars as pl

from models.prepare.outliers import TO_STANDARD_DEVIATION

Floats = npt.NDArray[np.float64]

# What each code says, in the order in which they are looked for: the first that holds is given.
REASONS = {
    "unseen_make": "its make is not named, or no car in training was of it",
    "no_model_year": "its model year is not known, on which most of a price hangs",
    "few_comparables": "fewer than two cars in training were of its make and model's first word",
    "mileage_outside": "it was driven less or further than nearly all cars in training",
    "suspicious_price": "it asks a price that no car of its kind asks: mistyped, a part, a monthly payment",
    "range_too_wide": "the upper end of its range is more than three times the lower",
}

# Measured out of fold on cars_com_dealers: with no car of its kind in training a price errs by four times the usual,
# with one by twice, from two on by little more than usual.
FEWEST_COMPARABLES = 2
COMPARABLE_KIND = "model_line"
# Quantiles of the mileages in training, beyond which hardly a car was learned from.
DRIVEN = (0.0005, 0.9995)
# In robust standard deviations of the residual over its spread: of 6,774 real cars, four ask such a price.
FARTHEST = 10.0
WIDEST = 3.0


@dataclass(frozen=True, slots=True)
class Limits:
    """What the training rows allow: mileages in miles, and the farthest log residual in spreads."""

    least_mileage: float
    most_mileage: float
    farthest: float

    @classmethod
    def learn(cls, features: pl.DataFrame, scores: Floats) -> Self:
        """Learn from the features of training rows and their out-of-fold log residuals over their spread, (n,)."""
        driven = features["mileage"].drop_nulls().to_numpy()
        least, most = np.quantile(driven, DRIVEN).tolist() if len(driven) else (0.0, math.inf)
        return cls(least, most, FARTHEST * TO_STANDARD_DEVIATION * float(np.median(np.abs(scores))))

    def reason_codes(
        self, features: pl.DataFrame, comparables: pl.DataFrame, scores: Floats, lower: Floats, upper: Floats
    ) -> pl.Series:
        """Return ``reason_code``, shape (n,), one of REASONS or null where the model run can judge.

        ``scores`` are ln(asking_price / predicted_price) over its spread, NaN where no price is asked.
        """
        mileage = pl.col("mileage")
        holds = {
            "unseen_make": pl.col("seen_makes") == 0,
            "no_model_year": pl.col("age").is_null(),
            "few_comparables": pl.col("comparables") < FEWEST_COMPARABLES,
            "mileage_outside": (mileage < self.least_mileage) | (mileage > self.most_mileage),
            "suspicious_price": pl.col("score").abs() > self.farthest,  # no price asked: null, which does not hold
            "range_too_wide": pl.col("width") > WIDEST,
        }
        asked = features.select("age", "mileage").with_columns(
            comparables["make"].alias("seen_makes"),
            comparables[COMPARABLE_KIND].alias("comparables"),
            pl.Series("score", scores).fill_nan(None),
            pl.Series("width", upper / lower).fill_nan(None),
        )
        first = pl.coalesce(pl.when(holds[code]).then(pl.lit(code)) for code in REASONS)
        return asked.select(first.alias("reason_code")).to_series()
