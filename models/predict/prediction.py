"""What a model run says that a car should ask: a price and a range per listing, never by a member that saw the car."""

import numpy as np
import polars as pl

from models.evaluate.crossfit import mean_of_members
from models.model_runs.registry import ModelRun
from models.prepare.features import build_features
from models.ranges.certainty import Certainty


def predict(model_run: ModelRun, listings: pl.DataFrame) -> pl.DataFrame:
    """Return one row per listing, in order: listing_id, predicted_price and what Certainty.judge says of it.

    That is lower, upper, coverage, lower_95, upper_95 and reason_code, null where the model run can judge.
    ``listings`` have the columns of a listing and may hold vehicles that were in training: these
    are priced by the one member that never saw them, others by the geometric mean of all members. Prices are in the
    model run's currency.
    """
    return predict_by_features(model_run, listings, build_features(listings))


def predict_by_features(model_run: ModelRun, listings: pl.DataFrame, features: pl.DataFrame) -> pl.DataFrame:
    """Return what ``predict`` does of listings whose features are built already."""
    fold = model_run.fold_in_training(listings)
    log_prices = mean_of_members(
        model_run.members, features, fold.to_numpy(), lambda member, asked: member.log_prices(asked)
    )
    return with_certainty(model_run.certainty, listings, features, np.exp(log_prices), fold)


def with_certainty(
    certainty: Certainty, listings: pl.DataFrame, features: pl.DataFrame, prices: np.ndarray, fold: pl.Series
) -> pl.DataFrame:
    """Return the columns of ``predict`` for prices of shape (rows,) and the folds of the listings, NEW or not."""
    priced = listings.select("listing_id", pl.Series("predicted_price", prices))
    return priced.hstack(certainty.judge(listings, features, prices, fold))
