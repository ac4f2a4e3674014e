"""The intervals of metrics: how often they hold the truth, and what is drawn."""

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest

from models.evaluate.bootstrap import evaluate_by_segment, intervals
from models.evaluate.metrics import Metrics, evaluate, weighted_metrics

Cars = Callable[..., pl.DataFrame]


def test_a_draw_is_judged_as_the_rows_that_it_holds() -> None:
    random = np.random.default_rng(0)
    actual = random.uniform(5_000, 50_000, 60)
    predicted = actual * np.exp(random.normal(0, 0.2, 60))
    counts = np.bincount(random.integers(60, size=60), minlength=60)
    found = weighted_metrics(actual, predicted, counts[None, :].astype(float))
    held = evaluate(np.repeat(actual, counts), np.repeat(predicted, counts))
    for name, values in found.items():
        assert values == pytest.approx([getattr(held, name)]), name


def test_intervals_hold_the_true_error_about_as_often_as_they_say() -> None:
    random = np.random.default_rng(0)
    noise, held = 0.1, 0
    vehicles = pl.Series(range(200))
    for _ in range(100):
        actual = np.exp(random.normal(10, 0.5, 200))
        lower, upper = intervals(
            actual, actual * np.exp(random.normal(0, noise, 200)), vehicles, draws=200
        )["log_rmse"]  # fmt: skip
        held += lower <= noise <= upper
    assert 87 <= held <= 99


def test_a_vehicle_is_drawn_with_all_its_rows() -> None:
    random = np.random.default_rng(0)
    actual = random.uniform(5_000, 50_000, 50)
    predicted = actual * np.exp(random.normal(0, 0.2, 50))
    once = intervals(actual, predicted, pl.Series(range(50)))
    # ten ads of each car say nothing more of the cars
    repeated = intervals(np.repeat(actual, 10), np.repeat(predicted, 10), pl.Series(np.repeat(range(50), 10)))
    as_if_others = intervals(np.repeat(actual, 10), np.repeat(predicted, 10), pl.Series(range(500)))
    width = {name: bounds["mae"][1] - bounds["mae"][0]
             for name, bounds in {"once": once, "repeated": repeated, "others": as_if_others}.items()}  # fmt: skip
    assert width["repeated"] == pytest.approx(width["once"], rel=0.1)
    assert width["others"] < width["once"] / 2


def test_every_metric_of_all_rows_and_of_each_large_segment_has_an_interval(cars: Cars) -> None:
    listings = cars(400)
    predicted = listings["asking_price"].to_numpy() * np.exp(np.random.default_rng(1).normal(0, 0.1, 400))
    table = evaluate_by_segment(listings, predicted, draws=200)
    assert table.columns == ["segment", "value", "rows", "metric", "estimate", "lower", "upper"]
    assert table.null_count().sum_horizontal().item() == 0
    metrics = [name for name in Metrics.__slots__ if name != "rows"]
    overall = table.filter(pl.col("segment") == "all")
    assert overall["metric"].to_list() == metrics
    assert overall["estimate"].to_list() == [getattr(evaluate(listings["asking_price"].to_numpy(), predicted), name)
                                             for name in metrics]  # fmt: skip
    assert (overall["lower"] <= overall["estimate"]).all()
    assert (overall["estimate"] <= overall["upper"]).all()
    assert (table["rows"] >= 50).all()
    assert set(table["segment"]) == {"all", "make", "age", "price"}  # all are used cars of one market


def test_a_segment_that_is_priced_badly_stands_out(cars: Cars) -> None:
    listings = cars(400)
    wrong = listings.select(pl.when(pl.col("make") == "Kia").then(1.4).otherwise(1.02)).to_series().to_numpy()
    table = evaluate_by_segment(listings, listings["asking_price"].to_numpy() * wrong, draws=100)
    mdape = table.filter((pl.col("segment") == "make") & (pl.col("metric") == "mdape"))
    assert mdape.sort("lower")["value"].to_list()[-1] == "kia"
    assert mdape["estimate"].max() == pytest.approx(0.4)


def test_the_same_rows_give_the_same_intervals(cars: Cars) -> None:
    listings = cars(100)
    predicted = listings["asking_price"].to_numpy() * 1.1
    assert evaluate_by_segment(listings, predicted, draws=50).equals(evaluate_by_segment(listings, predicted, draws=50))
