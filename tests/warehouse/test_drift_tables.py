"""The tables drift and expost_error: what a scoring found, and how predictions stood against what went."""

from datetime import date
from typing import Any

import polars as pl
import pytest

from warehouse.contracts import check
from warehouse.publish import publish
from warehouse.reading import last_drift, recent_expost_error
from warehouse.writing import write_drift, write_model_run, write_predictions, write_promotion


def predictions(**prices: float) -> pl.DataFrame:
    rows = pl.DataFrame({"listing_id": [f"cars.example:{name}" for name in prices], "predicted_price": prices.values()})
    price = pl.col("predicted_price")
    ranges = {"lower": price * 0.9, "upper": price * 1.1, "lower_95": price * 0.8, "upper_95": price * 1.2}
    why = {"reason_code": pl.lit(None, pl.String), "typical_price": price, "reasons": None}
    return rows.with_columns(**ranges, coverage=pl.lit(0.8), **why)


def measured(drift: float, level: str) -> pl.DataFrame:
    row = {"feature": "mileage", "measure": "missing", "training_share": 0.0, "share": drift}
    return pl.DataFrame([{**row, "drift": drift, "chance": 0.01, "level": level}])


@pytest.fixture
def scored(crawls: Any) -> Any:
    """Three listings priced on day 0; b falls to 18,000 on day 1; a and b go after day 1, c stays."""
    cars = [crawls.car("a"), crawls.car("b"), crawls.car("c")]
    crawls.load(0, *cars)
    write_model_run(crawls.connection, {"model_run_id": "run-1", "market": "us", "estimator": "forest", "mdape": 0.04})
    write_promotion(crawls.connection, "us", "run-1", "the first", crawls.day(0))
    write_predictions(crawls.connection, predictions(a=30_000, b=30_000, c=30_000), "run-1", crawls.day(0))
    crawls.load(1, crawls.car("a"), crawls.car("b", "$18,000"), crawls.car("c"))
    write_predictions(crawls.connection, predictions(a=21_000, b=22_500, c=30_000), "run-1", crawls.day(1.1))
    crawls.load(2, crawls.car("c"))
    crawls.load(3, crawls.car("c"))
    return crawls


def test_what_went_is_held_against_the_last_prediction_and_the_last_asking_price(scored) -> None:
    columns = "market, model_run_id, gone_week, gone_listings, expost_mae, expost_mdape, expost_median_ratio, mdape"
    (row,) = scored.rows(f"select {columns} from expost_error")
    assert row[:4] == ("us", "run-1", date(2025, 2, 24), 2)
    assert row[4:] == pytest.approx(((1_000 + 4_500) / 2, (0.05 + 0.25) / 2, (1.05 + 1.25) / 2, 0.04))
    assert scored.row("select expost_coverage from expost_error") == (0.5,)


def test_weeks_and_model_runs_are_told_apart(scored) -> None:
    write_model_run(scored.connection, {"model_run_id": "run-2", "market": "us", "estimator": "boosting"})
    write_promotion(scored.connection, "us", "run-2", "better", scored.day(4))
    write_predictions(scored.connection, predictions(c=20_000), "run-2", scored.day(4))
    for day in (9, 10):
        scored.load(day, scored.car("d"))
    found = scored.rows("select model_run_id, gone_week, gone_listings, round(expost_mae) from expost_error order by 1")
    assert found == [("run-1", date(2025, 2, 24), 2, 2_750), ("run-2", date(2025, 3, 3), 1, 0)]


def test_the_recent_error_is_that_of_the_champion(scored) -> None:
    found = recent_expost_error(scored.connection, "us", 4)
    assert found == (2, pytest.approx(0.15), 0.04)
    write_promotion(scored.connection, "us", "run-2", "better", scored.day(4))
    assert recent_expost_error(scored.connection, "us", 4) == (0, None, None)


def test_the_last_drift_is_that_of_the_champion_s_last_scoring(scored) -> None:
    assert last_drift(scored.connection, "us").is_empty()
    write_drift(scored.connection, measured(0.3, "stop"), "us", "run-1", scored.day(1))
    write_drift(scored.connection, measured(0.2, "warn"), "us", "run-1", scored.day(2))
    write_drift(scored.connection, measured(0.2, "warn"), "us", "run-1", scored.day(2))
    assert last_drift(scored.connection, "us").select("scored_at", "level").rows() == [(scored.day(2), "warn")]
    assert scored.row("select count(*) from drift") == (2,)
    write_promotion(scored.connection, "us", "run-2", "better", scored.day(4))
    assert last_drift(scored.connection, "us").is_empty()


def test_both_are_published_and_hold_their_keys(scored) -> None:
    write_drift(scored.connection, measured(0.3, "stop"), "us", "run-1", scored.day(1))
    check(scored.connection)
    scored.connection.close()
    publish(scored.home)
