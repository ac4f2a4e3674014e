"""What a model run says that a car should ask: a price and a range per listing, never by a member that saw the car."""

import numpy as np
import polars as pl

from models.crossfit import NEW, predict_prices
from models.intervals import PriceRange
from models.registry import ModelRun


def predict(model_run: ModelRun, listings: pl.DataFrame) -> pl.DataFrame:
    """Return listing_id, predicted_price, lower, upper, coverage: one row per listing, in order.

    ``listings`` have the columns of a listing and may hold vehicles that were in training, known by vehicle_id: these
    are priced by the one member that never saw them, others by the geometric mean of all members. Prices are in the
    model run's currency.
    """
    seen = listings.select("vehicle_id").join(
        model_run.training_vehicles, on="vehicle_id", how="left", maintain_order="left"
    )
    prices = predict_prices(model_run.members, listings, seen["fold"].fill_null(NEW).to_numpy())
    return with_range(listings["listing_id"], prices, model_run.manifest.price_range)


def with_range(listing_ids: pl.Series, prices: np.ndarray, price_range: PriceRange) -> pl.DataFrame:
    """Return the columns of ``predict`` for prices of shape (rows,)."""
    return pl.DataFrame(
        {
            "listing_id": listing_ids,
            "predicted_price": prices,
            "lower": prices * price_range.lower_factor,
            "upper": prices * price_range.upper_factor,
        }
    ).with_columns(pl.lit(price_range.coverage).alias("coverage"))
