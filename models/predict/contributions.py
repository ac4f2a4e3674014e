"""Why a price is what it is: what age, mileage, trim and so on add to that of a typical car, in the market's currency.

Knows neither estimators nor files: a member says what adds up to its log price, and this makes money of it.
"""

import numpy as np
import numpy.typing as npt
import polars as pl

from models.evaluate.crossfit import mean_of_members
from models.model_runs.registry import ModelRun
from models.predict.prediction import with_certainty
from models.prepare.features import build_features
from models.prepare.terms import TERMS

Floats = npt.NDArray[np.float64]

LARGEST = 5  # so many are stored with a prediction


def contributions(model_run: ModelRun, listings: pl.DataFrame) -> pl.DataFrame:
    """Return listing_id, typical_price and one column for each of TERMS, one row per listing in order.

    A row's typical_price and terms add up to its predicted_price, and are told by the members that predict it.
    ``typical_price`` is what they expect of a car of median age and mileage of which nothing else is special.
    """
    told = _log_terms(model_run, build_features(listings), model_run.fold_in_training(listings))
    money = pl.DataFrame(in_money(told), schema=[*TERMS, "typical_price"])
    return listings.select("listing_id").hstack(money.select("typical_price", *TERMS))


def predict_with_reasons(model_run: ModelRun, listings: pl.DataFrame, features: pl.DataFrame) -> pl.DataFrame:
    """Return the columns of ``predict``, typical_price and ``reasons``, one row per listing in order.

    ``features`` are those of the listings, built already. ``reasons`` lists the LARGEST contributions, the largest
    first: ``reason``, one of TERMS, and ``amount``, rounded to whole units of the currency, without those of 0. What
    they leave of the predicted price belongs to other terms.
    A listing is predicted by adding its contributions up.
    """
    fold = model_run.fold_in_training(listings)
    told = _log_terms(model_run, features, fold)
    predicted = with_certainty(model_run.certainty, listings, features, np.exp(told.sum(axis=1)), fold)
    return predicted.hstack(_largest(in_money(told)))


def _log_terms(model_run: ModelRun, features: pl.DataFrame, fold: pl.Series) -> Floats:
    width = (len(TERMS) + 1,)
    return mean_of_members(
        model_run.members, features, fold.to_numpy(), lambda member, asked: member.contributions(asked), width
    )


def in_money(log_terms: Floats) -> Floats:
    """Return contributions to a log price, shape (n, terms + 1), as amounts that add up to the price, same shape.

    The last column is the log price p₀ that the others start from. Of the way from p₀ to the price p each term φ has
    its share by logarithm, φ (p - p₀) / ln(p / p₀): the logarithmic mean divides it without a remainder (Ang 2004).
    """
    typical, distance = np.exp(log_terms[:, -1:]), log_terms[:, :-1].sum(axis=1, keepdims=True)
    mean = np.divide(np.expm1(distance), distance, out=np.ones_like(distance), where=distance != 0)
    return np.column_stack([log_terms[:, :-1] * typical * mean, typical])


def _largest(told: Floats) -> pl.DataFrame:
    """Return typical_price and reasons by what ``in_money`` returned."""
    amounts, names = told[:, :-1], np.array(list(TERMS))
    largest = np.argsort(-np.abs(amounts), axis=1, kind="stable")[:, :LARGEST]
    rounded = np.take_along_axis(amounts, largest, axis=1).round()
    flat = pl.DataFrame({"reason": names[largest].ravel(), "amount": rounded.ravel()})
    listed = flat.to_struct("reasons").reshape((len(told), LARGEST)).arr.to_list()
    is_reason = pl.element().struct.field("amount") != 0
    reasons = listed.list.eval(pl.element().filter(is_reason)).alias("reasons")
    return pl.DataFrame([pl.Series("typical_price", told[:, -1]), reasons])
