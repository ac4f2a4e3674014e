"""What is told of a model run's evaluation."""

import numpy as np
import polars as pl
import pytest

from flows.summaries.evaluated import MEANINGS, tell_evaluation
from models.evaluate.bootstrap import evaluate_by_segment
from models.evaluate.metrics import Metrics
from warehouse.writing import MODEL_RUN_COLUMNS


@pytest.fixture(scope="module")
def listings() -> pl.DataFrame:
    random = np.random.default_rng(0)
    return pl.DataFrame({
        "listing_id": [f"site:{row}" for row in range(300)],
        "vehicle_id": [f"vehicle-{row}" for row in range(300)],
        "market": "demo",
        "make": np.where(np.arange(300) < 60, "Lada", "Toyota"),
        "model_year": random.integers(2005, 2024, 300),
        "condition": "used",
        "asking_price": random.uniform(3_000, 60_000, 300).round(),
    })  # fmt: skip


def test_each_metric_has_a_meaning() -> None:
    assert list(MEANINGS) == [name for name in Metrics.__slots__ if name != "rows"]


def test_what_is_priced_worst_comes_first_and_is_marked(listings: pl.DataFrame, capsys) -> None:
    wrong = np.where(listings["make"] == "Lada", 1.4, 1.03)
    tell_evaluation(evaluate_by_segment(listings, listings["asking_price"].to_numpy() * wrong, draws=100))
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    (overall,) = (line for line in lines if line.startswith("mdape"))
    assert overall.split()[:5] == ["mdape", "3.0%", "3.0%", "to", "3.0%"]
    told = lines[lines.index(next(line for line in lines if "By kind of car" in line)) :]
    first = next(line for line in told if "make" in line)
    assert first.split()[:4] == ["make", "lada", "60", "40.0%"]
    assert first.endswith("«")
    assert all(not line.endswith("«") for line in told if line.startswith("make toyota"))
    assert max(map(len, lines)) <= 100


def test_a_young_market_has_no_segments(listings: pl.DataFrame, capsys) -> None:
    few = listings.head(30)
    tell_evaluation(evaluate_by_segment(few, few["asking_price"].to_numpy() * 1.1, draws=50))
    assert "By kind of car" not in capsys.readouterr().out


def test_each_metric_is_a_column_of_model_runs() -> None:
    assert {name for name in Metrics.__slots__ if name != "rows"} <= set(MODEL_RUN_COLUMNS)
