"""Cross-fitting, seen through a member that remembers what it saw."""

from typing import Self

import numpy as np
import polars as pl
import pytest

from models.evaluate.crossfit import NEW, fit_members, predict_prices
from models.evaluate.holdout import fold_of


class Remembering:
    """Gives back the price of a car that it saw, and to any other the constant ``price_of_others``."""

    def __init__(self, price_of_others: float) -> None:
        self.price_of_others = price_of_others
        self.seen: dict[str, float] = {}

    def fit(self, training_set: pl.DataFrame) -> Self:
        self.seen = dict(training_set.select("vehicle_id", "asking_price").iter_rows())
        return self

    def predict(self, listings: pl.DataFrame) -> np.ndarray:
        return np.array([self.seen.get(vehicle, self.price_of_others) for vehicle in listings["vehicle_id"]])


def _fitted(training: pl.DataFrame, folds: int = 5) -> list[Remembering]:
    return fit_members(training, lambda fold: Remembering(2.0**fold), folds, lambda done: None)


def test_a_member_never_saw_its_fold_and_saw_all_others(cars) -> None:
    training = cars(300)
    fold = fold_of(training["vehicle_id"])
    for k, member in enumerate(_fitted(training)):
        assert set(member.seen) == set(training.filter(fold != k)["vehicle_id"])


def test_both_listings_of_a_vehicle_are_in_one_fold(cars) -> None:
    once = cars(200)
    twice = pl.concat([once, once.with_columns(pl.col("listing_id") + "-again")])
    fold = fold_of(twice["vehicle_id"]).to_numpy()
    assert predict_prices(_fitted(twice), twice, fold) == pytest.approx(2.0**fold)


def test_a_vehicle_in_training_is_priced_by_the_one_member_that_never_saw_it(cars) -> None:
    training = cars(300)
    fold = fold_of(training["vehicle_id"]).to_numpy()
    prices = predict_prices(_fitted(training), training, fold)
    assert prices == pytest.approx(2.0**fold)


def test_a_new_vehicle_is_priced_by_the_geometric_mean_of_all_members(cars) -> None:
    new = cars(40, seed=1)
    prices = predict_prices(_fitted(cars(300)), new, np.full(40, NEW))
    assert prices == pytest.approx(np.full(40, 4.0))  # of 1, 2, 4, 8, 16


def test_a_member_whose_fold_is_empty_is_no_obstacle(cars) -> None:
    training = cars(1)
    fold = fold_of(training["vehicle_id"]).to_numpy()
    member = Remembering(7.0).fit(training)
    asked = []

    class Asked(Remembering):
        def predict(self, listings: pl.DataFrame) -> np.ndarray:
            asked.append(listings.height)
            return super().predict(listings)

    members = [Asked(5.0) if k == fold[0] else member for k in range(5)]
    assert predict_prices(members, training, fold) == pytest.approx([5.0])
    assert asked == [1]


def test_progress_counts_the_members(cars) -> None:
    done: list[int] = []
    fit_members(cars(30), lambda fold: Remembering(1.0), 3, done.append)
    assert done == [1, 2, 3]
