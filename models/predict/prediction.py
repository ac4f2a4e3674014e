"""What a model run says that a car should ask: a price and a range per listing, never by a member that saw the car."""

import numpy as np
import polars as pl

from models.evaluate.crossfit import predict_prices
from models.model_runs.registry import ModelRun
from models.ranges.certainty import Certainty


def predict(model_run: ModelRun, listings: pl.DataFrame) -> pl.DataFrame:
    """Return one row per listing, in order: listing_id, predicted_price and what Certainty.judge says of it.

    That is lower, upper, coverage, lower_95, upper_95 and reason_code, null where the model run can judge.
    ``listings`` have the columns of a listing and may hold vehicles that were in training: these
    are priced by the one member that never saw them, others by the geometric mean of all members. Prices are in the
    model run's currency.
    """
    fold = model_run.fold_in_training(listings)
    prices = predict_prices(model_run.members, listings, fold.to_numpy())
    return with_certainty(model_run.certainty, listings, prices, fold)


def with_certainty(certainty: Certainty, listings: pl.DataFrame, prices: np.ndarray, fold: pl.Series) -> pl.DataFrame:
    """Return the columns of ``predict`` for prices of shape (rows,) and the folds of the listings, NEW or not."""
    priced = listings.select("listing_id", pl.Series("predicted_price", prices))
    return priced.hstack(certainty.judge(listings, prices, fold))
