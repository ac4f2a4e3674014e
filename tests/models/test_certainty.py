"""How sure a model run is: spread by car, coverage of simulated markets, and each reason not to judge."""

from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl
import pytest

from models.evaluate.crossfit import NEW
from models.prepare.features import build_features
from models.ranges.abstention import REASONS
from models.ranges.certainty import Certainty
from models.ranges.spread import Spread

FOLDS = 5
MEMBER_NOISE = 0.5  # what is each member's own, to what all have in common


class Market(NamedTuple):
    """Cars whose asking price is a law, times an error that is five times as wide for the rare make."""

    cars: pl.DataFrame
    by_member: np.ndarray

    @property
    def fold(self) -> pl.Series:
        return pl.Series("fold", np.arange(self.cars.height) % FOLDS, dtype=pl.Int32)


def _market(rows: int, seed: int) -> Market:
    random = np.random.default_rng(seed)
    rare = random.random(rows) < 0.04
    number = random.integers(0, 12, rows)
    spread = np.where(rare, 0.5, 0.1)
    price = random.uniform(8_000, 60_000, rows)
    noise = random.standard_t(5, (rows, FOLDS)) * spread[:, None] * MEMBER_NOISE
    cars = pl.DataFrame(
        {
            "listing_id": [f"demo:{seed}-{row}" for row in range(rows)],
            "make": np.where(rare, "Rareza", "Comun"),
            "model": [f"R{n}" if is_rare else "C1" for n, is_rare in zip(number, rare, strict=True)],
            "model_year": random.integers(2008, 2025, rows),
            "mileage": random.uniform(1_000, 150_000, rows).round(),
            "asking_price": price * np.exp(random.standard_t(5, rows) * spread),
        }
    )
    return Market(cars, price[:, None] * np.exp(noise))


def _learned(training: Market, unseen: Market) -> Certainty:
    own = training.by_member[np.arange(training.cars.height), training.fold]
    return Certainty.learn(training.cars, own, training.fold, FOLDS, unseen.cars, unseen.by_member)


def _judged(certainty: Certainty, market: Market) -> pl.DataFrame:
    prices = np.exp(np.log(market.by_member).mean(axis=1))
    new = pl.repeat(NEW, market.cars.height, dtype=pl.Int32, eager=True)
    return market.cars.hstack(certainty.judge(market.cars, build_features(market.cars), prices, new)).with_columns(
        price=prices
    )


@pytest.fixture(scope="module")
def certainty() -> Certainty:
    return _learned(_market(4_000, 1), _market(1_000, 2))


@pytest.fixture(scope="module")
def judged(certainty: Certainty) -> pl.DataFrame:
    return _judged(certainty, _market(10_000, 3))


@pytest.mark.parametrize(("lower", "upper", "coverage"), [("lower", "upper", 0.8), ("lower_95", "upper_95", 0.95)])
def test_ranges_of_new_cars_hold_what_they_state_for_rare_and_common_ones(
    judged: pl.DataFrame, lower: str, upper: str, coverage: float
) -> None:
    inside = judged["asking_price"].is_between(judged[lower], judged[upper])
    assert inside.mean() == pytest.approx(coverage, abs=0.015)
    for make in ("Rareza", "Comun"):
        assert inside.filter(judged["make"] == make).mean() == pytest.approx(coverage, abs=0.05)


def test_without_the_members_agreement_ranges_of_new_cars_hold_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Spread, "average", lambda *_: None)
    judged = _judged(_learned(_market(4_000, 1), _market(1_000, 2)), _market(10_000, 3))
    assert judged["asking_price"].is_between(judged["lower"], judged["upper"]).mean() > 0.815


def test_ranges_of_cars_that_were_in_training_hold_what_they_state() -> None:
    training = _market(4_000, 1)
    own = training.by_member[np.arange(4_000), training.fold]
    judged = _learned(training, _market(1_000, 2)).judge(
        training.cars, build_features(training.cars), own, training.fold
    )
    inside = training.cars["asking_price"].is_between(judged["lower"], judged["upper"])
    assert inside.mean() == pytest.approx(0.8, abs=0.015)


def test_rare_cars_have_wider_ranges(judged: pl.DataFrame) -> None:
    width = judged.group_by("make").agg(((pl.col("upper") - pl.col("lower")) / pl.col("price")).mean().alias("width"))
    rare, common = (width.filter(make=make)["width"].item() for make in ("Rareza", "Comun"))
    assert rare > 2 * common


def test_ranges_never_cross(judged: pl.DataFrame) -> None:
    bounds = [judged[name] for name in ("lower_95", "lower", "price", "upper", "upper_95")]
    assert all((left <= right).all() for left, right in pairwise(bounds))


def test_a_car_has_no_say_in_its_own_spread() -> None:
    random = np.random.default_rng(0)
    inputs, fold = random.normal(size=(300, 9)), np.arange(300, dtype=np.int32) % FOLDS
    residuals = random.normal(0, 0.1, 300)
    before = Spread.fit(inputs, residuals, fold, FOLDS).predict(inputs, fold)
    after = Spread.fit(inputs, np.where(fold == 2, residuals * 3, residuals), fold, FOLDS).predict(inputs, fold)
    assert after[fold == 2] == pytest.approx(before[fold == 2], rel=1e-9)
    assert after[fold != 2].mean() > 1.2 * before[fold != 2].mean()


def test_a_young_market_has_one_range_for_all_cars_and_none_that_takes_more_of_them() -> None:
    judged = _judged(_learned(_market(30, 4), _market(8, 5)), _market(50, 6))
    assert (judged["upper"] / judged["price"]).round(9).n_unique() == 1
    assert judged["lower_95"].null_count() == judged["upper_95"].null_count() == 50


STRANGERS = {
    "unseen_make": {"make": "Desconocida", "model": "X"},
    "no_model_year": {"model_year": None},
    "few_comparables": {"model": "Unica"},
    "mileage_outside": {"mileage": 900_000.0},
    "suspicious_price": {"asking_price": 199.0},
    "range_too_wide": {"make": "Rareza", "model": "R1"},
    None: {},
}
COMMON = {
    "listing_id": "demo:s",
    "make": "Comun",
    "model": "C1",
    "model_year": 2016,
    "mileage": 60_000.0,
    "asking_price": None,
}


@pytest.mark.parametrize("code", STRANGERS)
def test_a_stranger_is_not_judged_and_the_code_says_why(certainty: Certainty, code: str | None) -> None:
    stranger = pl.DataFrame(
        [COMMON | STRANGERS[code]], schema_overrides={"asking_price": pl.Float64, "model_year": pl.Int64}
    )
    judged = certainty.judge(stranger, build_features(stranger), np.array([20_000.0]), pl.Series([NEW], dtype=pl.Int32))
    assert judged["reason_code"].to_list() == [code]
    assert judged["lower"].is_not_null().all()  # the range is given all the same


def test_every_code_is_seen_above() -> None:
    assert set(REASONS) == set(STRANGERS) - {None}


def test_a_car_of_the_training_is_no_comparable_of_its_own() -> None:
    training = _market(1_000, 7)
    alone = pl.when(pl.col("listing_id") == "demo:7-10").then(pl.lit("Unica")).otherwise("make").alias("make")
    training = Market(training.cars.with_columns(alone), training.by_member)
    judged = _learned(training, _market(300, 8)).judge(
        training.cars, build_features(training.cars), training.by_member[:, 0], training.fold
    )
    assert judged["reason_code"][10] == "unseen_make"


def test_saved_and_loaded_it_says_the_same(certainty: Certainty, judged: pl.DataFrame, tmp_path: Path) -> None:
    certainty.save(tmp_path)
    assert _judged(Certainty.load(tmp_path), _market(10_000, 3)).equals(judged)
