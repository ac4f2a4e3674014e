"""The outlier rule: which training rows ask a price that no car of their kind asks. Scoring knows no such rule."""

import numpy as np
import polars as pl

from models.prepare.features import build_features
from models.prepare.levels import EXPECTED, PriceLevels

SCHEMA = {"listing_id": pl.String, "reason": pl.String}

# In robust standard deviations. Real prices have heavy tails: a rare version of a plain car is ten away. What lies
# beyond is a price of 1 or of 999,999, of a monthly payment or of a part.
LIMIT = 15.0
TO_STANDARD_DEVIATION = 1.4826  # of a normal distribution's median absolute deviation


def find_outliers(training_set: pl.DataFrame) -> pl.DataFrame:
    """Return listing_id and reason of the rows to leave out of training.

    A row is left out when the logarithm of its asking price lies further than LIMIT robust standard deviations (from
    all rows' median absolute deviation) from what other rows of its kind, age and mileage ask.
    """
    log_prices = np.log(training_set["asking_price"].cast(pl.Float64).to_numpy())
    expected = PriceLevels().from_others(build_features(training_set), log_prices)[:, EXPECTED]
    residuals = log_prices - expected
    spread = TO_STANDARD_DEVIATION * float(np.median(np.abs(residuals)))
    far = np.abs(residuals) > LIMIT * spread
    reasons = [_reason(*prices) for prices in np.exp(np.column_stack([log_prices, expected])[far])]
    return pl.DataFrame({"listing_id": training_set["listing_id"].filter(far), "reason": reasons}, schema=SCHEMA)


def describe_outliers(outliers: pl.DataFrame) -> str:
    """Return in one line how many listings members left out of training, and why the first of them."""
    cars = outliers.unique("listing_id", maintain_order=True)
    if cars.is_empty():
        return "no car was left out of training"
    first = f"{cars['listing_id'][0]} {cars['reason'][0]}"
    return f"{cars.height:,} with a price that no car of their kind asks, scored all the same; the first: {first}"


def _reason(asked: float, expected: float) -> str:
    return f"asks {asked:,.0f} where cars of its kind ask about {expected:,.0f}"
