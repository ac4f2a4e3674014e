"""The gate's verdicts, with model runs whose error is set by hand."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from crawler.errors import TasadorError
from models.evaluation import Metrics
from models.gate import choose_challenger, decide
from models.registry import ModelRun


class WrongBy:
    """Predicts the asking price times one factor per listing, in turn."""

    def __init__(self, *factors: float) -> None:
        self.factors = factors

    def predict(self, listings: pl.DataFrame) -> np.ndarray:
        return listings["asking_price"].to_numpy() * np.resize(self.factors, listings.height)


@pytest.fixture
def run_wrong_by(make_manifest):
    """A maker of model runs: an estimator's name, its errors as factors, and the vehicles that it saw."""

    def make(estimator: str, *factors: float, saw: tuple[str, ...] = ()) -> ModelRun:
        model_run = ModelRun(Path(estimator), make_manifest(estimator=estimator, model_run_id=f"run-{factors}"))
        vehicles = pl.DataFrame(
            {"vehicle_id": saw, "fold": [0] * len(saw)}, schema={"vehicle_id": str, "fold": pl.Int32}
        )
        model_run.__dict__.update(members=[WrongBy(*factors)] * 5, training_vehicles=vehicles)
        return model_run

    return make


@pytest.fixture
def holdout() -> pl.DataFrame:
    names = [f"car-{number}" for number in range(10)]
    return pl.DataFrame({"listing_id": names, "vehicle_id": names, "asking_price": [10_000.0] * 10})


def test_a_better_challenger_goes_live_and_the_reason_has_the_numbers(run_wrong_by, holdout) -> None:
    verdict = decide(
        holdout, run_wrong_by("forest", 1.05), run_wrong_by("boosting", 1.1), run_wrong_by("baseline", 1.3)
    )
    assert verdict.accepted
    assert verdict.reason == (
        "forest goes live: on 10 held-out cars its MAE is 500 USD, below the champion's 1,000 and the baseline's 3,000"
    )
    assert verdict.numbers["challenger"]["mae"] == pytest.approx(500)
    assert verdict.numbers["champion"]["log_rmse"] == pytest.approx(np.log(1.1))


def test_a_challenger_no_better_than_the_champion_is_rejected(run_wrong_by, holdout) -> None:
    same = run_wrong_by("forest", 1.1)
    verdict = decide(holdout, same, run_wrong_by("boosting", 1.1), run_wrong_by("baseline", 1.3))
    assert not verdict.accepted
    assert "not below the champion's 1,000" in verdict.reason


def test_a_lower_mae_bought_with_a_higher_log_rmse_is_rejected(run_wrong_by, holdout) -> None:
    lopsided = run_wrong_by("forest", 1.0, 1.0, 1.0, 1.0, 0.6)
    verdict = decide(holdout, lopsided, run_wrong_by("boosting", 1.1), run_wrong_by("baseline", 1.3))
    assert not verdict.accepted
    assert "log-RMSE is 0.2284, above the champion's 0.0953" in verdict.reason


def test_a_challenger_no_better_than_the_baseline_is_rejected_even_without_a_champion(run_wrong_by, holdout) -> None:
    verdict = decide(holdout, run_wrong_by("forest", 1.3), None, run_wrong_by("baseline", 1.2))
    assert not verdict.accepted
    assert "not below the baseline's 2,000" in verdict.reason


def test_the_first_challenger_has_only_the_baseline_to_beat(run_wrong_by, holdout) -> None:
    verdict = decide(holdout, run_wrong_by("forest", 1.1), None, run_wrong_by("baseline", 1.2))
    assert verdict.accepted
    assert "champion" not in verdict.numbers


def test_a_young_market_goes_live_with_its_baseline_and_says_so(run_wrong_by, holdout) -> None:
    baseline = run_wrong_by("baseline", 1.2)
    verdict = decide(holdout, baseline, None, baseline)
    assert verdict.accepted
    assert verdict.reason.startswith("baseline goes live")
    assert "the market has no other estimator yet" in verdict.reason


def test_cars_that_one_of_them_was_trained_on_are_not_judged(run_wrong_by, holdout) -> None:
    champion = run_wrong_by("boosting", 1.1, saw=("car-0", "car-1"))
    challenger = run_wrong_by("forest", 1.05, saw=("car-1", "car-2"))
    verdict = decide(holdout, challenger, champion, run_wrong_by("baseline", 1.3))
    assert verdict.numbers["holdout_rows"] == 7


def test_without_a_car_that_is_new_to_all_there_is_no_verdict(run_wrong_by, holdout) -> None:
    all_seen = run_wrong_by("forest", 1.0, saw=tuple(holdout["vehicle_id"]))
    with pytest.raises(TasadorError, match="no held-out car"):
        decide(holdout, all_seen, None, run_wrong_by("baseline", 1.3))


def test_the_challenger_is_chosen_by_out_of_fold_error_whatever_the_holdout_says(make_manifest) -> None:
    good = Metrics(rows=9, r2=0.9, rmse=1.0, mae=1.0, mdape=0.1, log_rmse=0.1, log_mae=0.1)
    bad = Metrics(rows=9, r2=0.1, rmse=9.0, mae=9.0, mdape=0.9, log_rmse=0.9, log_mae=0.9)
    chosen = ModelRun(Path("a"), make_manifest(estimator="forest", out_of_fold=good, holdout=bad))
    other = ModelRun(Path("b"), make_manifest(estimator="boosting", out_of_fold=bad, holdout=good))
    assert choose_challenger([other, chosen]) is chosen


def test_the_study_recipe_is_compared_with_and_no_candidate(make_manifest) -> None:
    better = Metrics(rows=9, r2=0.9, rmse=1.0, mae=1.0, mdape=0.01, log_rmse=0.01, log_mae=0.01)
    recipe = ModelRun(Path("a"), make_manifest(estimator="study_recipe", out_of_fold=better))
    forest = ModelRun(Path("b"), make_manifest(estimator="forest"))
    assert choose_challenger([recipe, forest]) is forest
