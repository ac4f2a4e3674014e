"""What would tell an estimator the asking price: columns that depend on it, and a check that finds such a feature.

Knows features and price levels, never an estimator.
"""

import re

import numpy as np
import numpy.typing as npt
import polars as pl

from models.prepare.levels import EXPECTED, PriceLevels

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.intp]

# Columns that can never be a feature, and why.
PRICE_DEPENDENT: dict[str, str] = {
    "asking_price": "it is what we predict",
    "first_asking_price": "it mostly is the asking price",
    "lowest_asking_price": "it mostly is the asking price",
    "old_price": "the asking price before",
    "new_price": "the asking price",
    "price_changes": "sellers who asked too much change it",
    "change": "the difference of two asking prices",
    "change_share": "the same, as a share",
    "days_on_market": "a dear car stands longer",
    "predicted_price": "a model learned it from asking prices",
    "lower": "the same",
    "upper": "the same",
    "deal_type": "the site's badge compares the asking price with its own prediction",
    "deal_badge": "the same",
    "deal_rating": "the same",
    "price_analysis": "the same, in words",
    "price_rating": "the same",
    "market_value": "the site's own prediction, which may have seen the asking price",
    "price_drop": "the last change of the asking price",
    "monthly_payment": "the asking price, by instalments",
}

# A column with one of these words in its name depends on the price, until somebody shows that it does not.
PRICE_WORD = re.compile(
    r"(^|_)(prices?|deals?|bargain|payments?|monthly|instal?ments?|discount|savings?|drop|reduced|valuation|badge|"
    r"market_value|residual|predicted|estimate|change|appraisal|cost)(_|$)"
)

# The list price alone may tell nearly all of a new car's price, and was set before anybody asked one.
WELL_KNOWN = ("msrp",)

ROWS = 20_000  # enough to judge by, in less than a second
MINIMUM_ROWS = 200
FOLDS = 5
BINS = 200
SHRINKAGE = 0.1  # towards all rows' mean; more would blur an exact copy of the price in small bins

# Measured on seven real tables: an honest feature alone leaves at least 1.03 of what make, model, age and mileage
# together leave unexplained, a price with 10 % of noise less than 0.9 on six of them; an honest one explains up to
# 0.17 of what these leave, a badge of four sharp steps from 0.3. The badge of cars.com, 0.13, passes: its name tells.
LEAST_LEFT = 0.9
MOST_BEYOND = 0.2


def depends_on_price(column: str) -> bool:
    """Return whether a column, as a site or we name it, is one of PRICE_DEPENDENT or has a word of prices in it."""
    name = re.sub(r"(?<=[a-z])(?=[A-Z])|[\W_]+", "_", column).lower()
    return name in PRICE_DEPENDENT or PRICE_WORD.search(name) is not None


def suspicious_features(features: pl.DataFrame, log_prices: Floats) -> dict[str, str]:
    """Return the features that predict the price too well to be honest, and why.

    ``features`` are the training rows' n features, ``log_prices`` has shape (n,). A feature is suspicious when it
    alone, as binned means learned from other rows, explains more of the prices than the price levels (make, model,
    trim, age and mileage together) do, or much of what these leave over. Judged by all rows, and by those alone where
    it is known and not 0, on at most ROWS rows.
    """
    rows = np.random.default_rng(0).permutation(len(log_prices))[:ROWS]
    sampled, prices = features[rows], _without_extremes(log_prices[rows])
    if len(rows) < MINIMUM_ROWS:
        return {}
    left = prices - PriceLevels().from_others(sampled, prices)[:, EXPECTED]
    found = {name: _suspicion(sampled[name], prices, left) for name in features.columns if name not in WELL_KNOWN}
    return {name: why for name, why in found.items() if why}


def _suspicion(values: pl.Series, prices: Floats, left: Floats) -> str | None:
    telling = (values.is_not_null() & (values != 0) if values.dtype.is_numeric() else values.is_not_null()).to_numpy()
    for rows in (np.ones(len(prices), dtype=bool), telling):
        if rows.sum() < MINIMUM_ROWS or np.ptp(prices[rows]) == 0:
            continue
        codes = _codes(values.filter(rows))
        alone, beyond = _explained(codes, prices[rows]), _explained(codes, _without_extremes(left[rows]))
        together = 1 - np.mean(left[rows] ** 2) / np.var(prices[rows])
        if 1 - alone < LEAST_LEFT * (1 - together):
            return f"alone explains {alone:.0%} of prices; make, model, age and mileage together {together:.0%}"
        if beyond > MOST_BEYOND:
            return f"alone explains {beyond:.0%} of what make, model, age and mileage together leave unexplained"
    return None


def _without_extremes(values: Floats) -> Floats:
    """Return the values with the outer hundredth drawn in: one price of 1 would be the whole variance."""
    return np.clip(values, *np.quantile(values, (0.005, 0.995))) if len(values) else values


def _codes(values: pl.Series) -> Codes:
    """Return a whole number from 0 for each value: of its bin, or of its category."""
    if values.dtype.is_numeric():
        known = values.drop_nulls().to_numpy()
        bins = min(BINS, len(known) // 10)
        edges = np.unique(np.quantile(known, np.linspace(0, 1, bins + 1)[1:-1])) if bins > 1 else np.empty(0)
        return np.where(values.is_null().to_numpy(), 0, 1 + np.searchsorted(edges, values.fill_null(0.0).to_numpy()))
    return values.fill_null("").rank("dense").to_numpy().astype(np.intp) - 1


def _explained(codes: Codes, target: Floats) -> float:
    """Return R² of each row's prediction by the shrunken mean of the other folds' rows of its code."""
    fold = np.arange(len(codes)) % FOLDS
    centred = target - target.mean()
    cells, shape = codes * FOLDS + fold, (int(codes.max()) + 1, FOLDS)
    sums = np.bincount(cells, centred, shape[0] * FOLDS).reshape(shape)
    counts = np.bincount(cells, minlength=shape[0] * FOLDS).reshape(shape)
    means = (sums.sum(1, keepdims=True) - sums) / (counts.sum(1, keepdims=True) - counts + SHRINKAGE)
    variance = float(np.var(target))
    return 1 - float(np.mean((centred - means[codes, fold]) ** 2)) / variance if variance else 0.0
