"""No car prices itself: members cross-fitted by vehicle, and who may price which. Knows no file and no estimator."""

from collections.abc import Callable, Sequence
from typing import Protocol, Self, TypeVar

import numpy as np
import polars as pl

from models.evaluate.holdout import fold_of

# The fold of a vehicle that was not in training: every member may price it.
NEW = -1


class Predictor(Protocol):
    """What prices listings."""

    def predict(self, listings: pl.DataFrame) -> np.ndarray:
        """Return prices, shape (rows,)."""


class Learner(Predictor, Protocol):
    """The part of a Member that cross-fitting needs."""

    def fit(self, training_set: pl.DataFrame) -> Self:
        """Learn prices from listings with an asking price."""


AnyLearner = TypeVar("AnyLearner", bound=Learner)
AnyPredictor = TypeVar("AnyPredictor", bound=Predictor)


def fit_members(
    training_rows: pl.DataFrame,
    make_member: Callable[[int], AnyLearner],
    folds: int,
    on_member: Callable[[int], None],
) -> list[AnyLearner]:
    """Return ``folds`` fitted members, of which member k has seen no vehicle of fold k.

    ``make_member`` gets the fold; ``on_member`` is told how many members are done.
    """
    fold = fold_of(training_rows["vehicle_id"], folds)
    members = []
    for k in range(folds):
        members.append(make_member(k).fit(training_rows.filter(fold != k)))
        on_member(k + 1)
    return members


def predict_prices(members: Sequence[Predictor], listings: pl.DataFrame, fold: np.ndarray) -> np.ndarray:
    """Return one price per listing, shape (rows,), from the members that never saw its vehicle.

    ``fold`` is the vehicle's fold where it was in training: member ``fold`` alone prices it. Where it is NEW, the
    price is the geometric mean of all members'.
    """
    log_prices = mean_of_members(members, listings, fold, lambda member, asked: np.log(member.predict(asked)))
    return np.asarray(np.exp(log_prices))


def mean_of_members(
    members: Sequence[AnyPredictor],
    listings: pl.DataFrame,
    fold: np.ndarray,
    tell: Callable[[AnyPredictor, pl.DataFrame], np.ndarray],
    width: tuple[int, ...] = (),
) -> np.ndarray:
    """Return what ``tell`` gets from the members that may price a listing, their mean, shape (rows, *width)."""
    total = np.zeros((listings.height, *width))
    for k, member in enumerate(members):
        asked = (fold == NEW) | (fold == k)
        if asked.any():
            total[asked] += tell(member, listings.filter(asked))
    return np.asarray((total.T / np.where(fold == NEW, len(members), 1)).T)


def predict_each(members: Sequence[Predictor], listings: pl.DataFrame) -> np.ndarray:
    """Return the price that each member gives to listings that none of them saw, shape (rows, members)."""
    return np.column_stack([member.predict(listings) for member in members])


def geometric_mean(by_member: np.ndarray) -> np.ndarray:
    """Return one price per listing from those of ``predict_each``, shape (rows,)."""
    return np.asarray(np.exp(np.log(by_member).mean(axis=1)))
