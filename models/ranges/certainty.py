"""How sure a model run is of its prices: ranges, and reasons not to judge; learned, asked, written and read whole.

Knows members by the prices they give. A market of fewer than MINIMUM_ROWS training rows has one spread for all cars.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt
import polars as pl

from models.evaluate.crossfit import NEW, geometric_mean
from models.prepare.features import build_features
from models.ranges.abstention import Limits
from models.ranges.comparables import Comparables
from models.ranges.intervals import USUAL, WIDE, Ranges, calibrate, from_state
from models.ranges.spread import Spread, spread_inputs

Floats = npt.NDArray[np.float64]

MINIMUM_ROWS = 200
STATE_NAME, COMPARABLES_NAME = "certainty.json", "comparables.parquet"


@dataclass(frozen=True)
class Certainty:
    """What was learned from a model run's out-of-fold prices; ``spread`` is None in a young market."""

    comparables: Comparables
    spread: Spread | None
    ranges: Ranges
    limits: Limits

    @classmethod
    def learn(
        cls,
        training: pl.DataFrame,
        prices: Floats,
        fold: pl.Series,
        folds: int,
        unseen: pl.DataFrame,
        by_member: Floats,
    ) -> Self:
        """Learn from training rows, their out-of-fold prices and folds, both of shape (n,).

        ``unseen`` are listings that no member saw and ``by_member`` their prices, shape (rows, members): they tell how
        far the members agree. Their asking prices are not looked at.
        """
        features = build_features(training)
        comparables = Comparables.count(features, fold, folds)
        residuals = np.log(training["asking_price"].to_numpy()) - np.log(prices)
        if training.height < MINIMUM_ROWS:
            return cls(comparables, None, calibrate(residuals, prices), Limits.learn(features, residuals))
        inputs = spread_inputs(features, comparables.of(features, fold), prices)
        spread = Spread.fit(inputs, residuals, fold.to_numpy(), folds)
        scores = residuals / spread.predict(inputs, fold.to_numpy())
        spread.average(by_member, _inputs_of_new(comparables, unseen, by_member), scores)
        return cls(comparables, spread, calibrate(scores, prices), Limits.learn(features, scores))

    def judge(self, listings: pl.DataFrame, features: pl.DataFrame, prices: Floats, fold: pl.Series) -> pl.DataFrame:
        """Return lower, upper, coverage, lower_95, upper_95 and reason_code, one row per listing.

        ``features`` are those of the listings, of which beside only the asking prices are looked at. ``prices`` are the
        model run's and ``fold`` the listings' folds, NEW where they were not in training, both of shape (n,). The
        wider bounds are null where there were too few training rows for them.
        """
        comparables = self.comparables.of(features, fold)
        spread = np.ones(len(prices))
        if self.spread:
            spread = self.spread.predict(spread_inputs(features, comparables, prices), fold.to_numpy())
        lower, upper = self.ranges.around(prices, spread, USUAL)
        lower_95, upper_95 = self.ranges.around(prices, spread, WIDE)
        scores = (np.log(_asked(listings)) - np.log(prices)) / spread
        return pl.DataFrame({"lower": lower, "upper": upper, "lower_95": lower_95, "upper_95": upper_95}).select(
            "lower",
            "upper",
            pl.lit(USUAL).alias("coverage"),
            pl.col("lower_95", "upper_95").fill_nan(None),
            self.limits.reason_codes(features, comparables, scores, lower, upper),
        )

    def save(self, folder: Path) -> None:
        """Write STATE_NAME and COMPARABLES_NAME into an existing folder."""
        state = {
            "folds": self.comparables.folds,
            "spread": self.spread.state() if self.spread else None,
            "ranges": self.ranges.state(),
            "limits": asdict(self.limits),
        }
        (folder / STATE_NAME).write_text(json.dumps(state))
        self.comparables.table.write_parquet(folder / COMPARABLES_NAME)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what ``save`` wrote."""
        state = json.loads((folder / STATE_NAME).read_text())
        return cls(
            Comparables(pl.read_parquet(folder / COMPARABLES_NAME), state["folds"]),
            Spread(**state["spread"]) if state["spread"] else None,
            from_state(state["ranges"]),
            Limits(**state["limits"]),
        )


def _inputs_of_new(comparables: Comparables, unseen: pl.DataFrame, by_member: Floats) -> Floats:
    features, fold = build_features(unseen), pl.repeat(NEW, unseen.height, dtype=pl.Int32, eager=True)
    return spread_inputs(features, comparables.of(features, fold), geometric_mean(by_member))


def _asked(listings: pl.DataFrame) -> Floats:
    """Return the asking prices, NaN where there is none; a table of cars to appraise may have no such column."""
    if "asking_price" not in listings.columns:
        return np.full(listings.height, np.nan)
    asked = listings["asking_price"].cast(pl.Float64)
    return np.asarray(asked.set(asked <= 0, None).fill_null(np.nan).to_numpy())
