"""Why a price is what it is: what age, mileage, trim and so on add to that of a typical car, in the market's currency.

Knows neither estimators nor files: a member says what adds up to its log price, and this makes money of it.
"""

import numpy as np
import numpy.typing as npt
import polars as pl

from models.evaluate.crossfit import mean_of_members
from models.model_runs.registry import ModelRun
from models.prepare.terms import TERMS

Floats = npt.NDArray[np.float64]

LARGEST = 5  # so many are stored with a prediction
# Of a million listings at once, the columns of each step between a typical car and theirs would take gigabytes.
ROWS_AT_ONCE = 50_000


def contributions(model_run: ModelRun, listings: pl.DataFrame) -> pl.DataFrame:
    """Return listing_id, typical_price and one column for each of TERMS, one row per listing in order.

    A row's typical_price and terms add up to its predicted_price, and are told by the members that predict it.
    ``typical_price`` is what they expect of a car of median age and mileage of which nothing else is special.
    """
    fold = model_run.fold_in_training(listings).to_numpy()
    told = mean_of_members(
        model_run.members, listings, fold, lambda member, asked: member.contributions(asked), (len(TERMS) + 1,)
    )
    money = pl.DataFrame(in_money(told), schema=[*TERMS, "typical_price"])
    return listings.select("listing_id").hstack(money.select("typical_price", *TERMS))


def in_money(log_terms: Floats) -> Floats:
    """Return contributions to a log price, shape (n, terms + 1), as amounts that add up to the price, same shape.

    The last column is the log price p₀ that the others start from. Of the way from p₀ to the price p each term φ has
    its share by logarithm, φ (p - p₀) / ln(p / p₀): the logarithmic mean divides it without a remainder (Ang 2004).
    """
    typical, distance = np.exp(log_terms[:, -1:]), log_terms[:, :-1].sum(axis=1, keepdims=True)
    mean = np.divide(np.expm1(distance), distance, out=np.ones_like(distance), where=distance != 0)
    return np.column_stack([log_terms[:, :-1] * typical * mean, typical])


def largest_reasons(model_run: ModelRun, listings: pl.DataFrame) -> pl.DataFrame:
    """Return typical_price and ``reasons``, one row per listing in order: what is stored with its prediction.

    ``reasons`` lists the LARGEST contributions, the largest first: ``reason``, one of TERMS, and ``amount``, rounded
    to whole units of the currency, without those of 0. What they leave of the predicted price belongs to other terms.
    """
    starts = range(0, max(1, listings.height), ROWS_AT_ONCE)
    pieces = (listings[start : start + ROWS_AT_ONCE] for start in starts)
    return pl.concat(_largest(contributions(model_run, piece)) for piece in pieces)


def _largest(told: pl.DataFrame) -> pl.DataFrame:
    amounts, names = told.select(*TERMS).to_numpy(), np.array(list(TERMS))
    largest = np.argsort(-np.abs(amounts), axis=1, kind="stable")[:, :LARGEST]
    rounded = np.take_along_axis(amounts, largest, axis=1).round()
    flat = pl.DataFrame({"reason": names[largest].ravel(), "amount": rounded.ravel()})
    listed = flat.to_struct("reasons").reshape((told.height, LARGEST)).arr.to_list()
    is_reason = pl.element().struct.field("amount") != 0
    return told.select("typical_price").with_columns(listed.list.eval(pl.element().filter(is_reason)))
