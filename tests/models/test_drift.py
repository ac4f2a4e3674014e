"""Drift: a market that is no longer what was trained on is told or stopped, one that is the same is left alone."""

from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest

from models.model_runs.registry import ModelRun, open_model_run
from models.predict.drift import chance_of_index, is_outdated, measure_drift, stability_index, stops, told
from models.predict.prediction import predict
from models.train.model_run import make_model_run
from models.train.recipe import Recipe

DAYS = 36


@pytest.fixture(scope="module")
def model_run(cars: Any, tmp_path_factory: pytest.TempPathFactory) -> ModelRun:
    folder = tmp_path_factory.mktemp("drift")
    cars(3_000).with_columns(trim=pl.lit("base"), region=pl.lit("CA")).write_parquet(folder / "snapshot.parquet")
    return open_model_run(
        make_model_run(Recipe(folder / "snapshot.parquet", "demo", "baseline"), folder, lambda _: None)
    )


@pytest.fixture(scope="module")
def market(cars: Any) -> pl.DataFrame:
    """Cars of the same market, none of which was in training."""
    return cars(3_000, seed=1).with_columns(trim=pl.lit("base"), region=pl.lit("CA"))


def drift_of(model_run: ModelRun, listings: pl.DataFrame) -> pl.DataFrame:
    return measure_drift(model_run, listings, predict(model_run, listings))


def level(drift: pl.DataFrame, feature: str, measure: str) -> str:
    (found,) = drift.filter(feature=feature, measure=measure)["level"]
    return str(found)


def test_the_index_is_its_formula_and_zero_between_equal_shares() -> None:
    p, q = np.array([0.5, 0.3, 0.2]), np.array([0.2, 0.3, 0.5])
    expected = ((q - p) * np.log(q / p)).sum()
    found = stability_index((p * 1e6).astype(int).tolist(), (q * 1e6).astype(int).tolist())
    assert found == pytest.approx(expected, rel=1e-3)
    assert stability_index([100, 50], [100, 50]) == 0
    assert 0 < stability_index([100, 0], [90, 10]) < np.inf


def test_by_chance_the_index_hardly_ever_exceeds_what_chance_allows() -> None:
    random = np.random.default_rng(0)
    shares = np.full(10, 0.1)
    counts = [
        (random.multinomial(4_000, shares).tolist(), random.multinomial(250, shares).tolist()) for _ in range(2_000)
    ]
    over = [stability_index(*pair) / chance_of_index(*pair) for pair in counts]
    assert sum(ratio > 1 for ratio in over) <= 4
    assert max(over) > 0.6, "the allowance is not so wide that nothing shows"


def test_days_of_an_unshifted_market_give_no_alarm(model_run, market) -> None:
    days = [market.sample(size, seed=day) for day in range(DAYS // 3) for size in (60, 250, 1_000)]
    drifts = [drift_of(model_run, listings) for listings in days]
    assert sum(bool(told(drift)) for drift in drifts) <= 0.03 * len(days)
    assert not any(stops(drift) or is_outdated(drift) for drift in drifts)


def test_a_market_of_other_cars_stops(model_run, market) -> None:
    drift = drift_of(model_run, market.filter(pl.col("make").is_in(["BMW", "Ford"])).with_columns(make=pl.lit("BMW")))
    assert stops(drift)
    assert level(drift, "make", "psi") == "stop"
    assert level(drift, "predicted_price", "psi") == "stop"


def test_one_family_that_drifts_is_told_and_does_not_stop(model_run, market) -> None:
    drift = drift_of(model_run, market.with_columns(region=pl.lit("NV")))
    assert level(drift, "region", "psi") == level(drift, "region", "new_words") == "stop"
    assert told(drift)[1] == "region new words 0% → 100%"
    assert not stops(drift)
    assert not is_outdated(drift)


def test_what_most_of_a_price_hangs_on_stops_when_it_is_told_no_more(model_run, market) -> None:
    half = pl.when(pl.int_range(pl.len()) % 2 == 0).then("mileage")
    drift = drift_of(model_run, market.with_columns(mileage=half))
    assert "mileage missing 0% → 50%" in told(drift)
    assert stops(drift)
    assert not stops(drift_of(model_run, market.with_columns(region=pl.lit(None, pl.String))))


def test_asking_prices_that_moved_call_for_a_retraining_and_stop_nothing(model_run, market) -> None:
    drift = drift_of(model_run, market.with_columns(pl.col("asking_price") * 1.2))
    assert level(drift, "log_residual", "psi") == "stop"
    assert is_outdated(drift)
    assert not stops(drift)


def test_new_words_count_beyond_what_was_new_in_the_holdout(model_run, market) -> None:
    every_tenth = pl.when(pl.int_range(pl.len()) % 5 == 0).then(pl.lit("Desconocida")).otherwise("make")
    (found,) = (
        drift_of(model_run, market.with_columns(make=every_tenth))
        .filter(feature="make", measure="new_words")
        .to_dicts()
    )
    assert found["training_share"] == 0
    assert found["share"] == found["drift"] == pytest.approx(0.2)
    assert found["level"] == "warn"


def test_few_listings_raise_no_alarm_and_none_have_no_drift(model_run, market) -> None:
    assert not told(drift_of(model_run, market.head(5)))
    assert drift_of(model_run, market.head(0)).is_empty()


def test_listings_without_a_price_have_no_residual(model_run, market) -> None:
    drift = drift_of(model_run, market.with_columns(asking_price=pl.lit(None, pl.Float64)))
    assert drift.filter(feature="log_residual")["measure"].to_list() == ["missing"]
    assert not stops(drift)


def test_a_model_run_that_kept_no_distributions_is_not_measured(model_run, market) -> None:
    files = {name: said for name, said in model_run.manifest.files.items() if name != "distributions.parquet"}
    older = ModelRun(model_run.folder, replace(model_run.manifest, files=files))
    drift = measure_drift(older, market, predict(model_run, market))
    assert drift.is_empty() and not stops(drift) and not told(drift)
