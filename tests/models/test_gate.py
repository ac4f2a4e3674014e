"""The gate's verdicts, with model runs whose error is set by hand."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from crawler.errors import TasadorError
from models.evaluate.holdout import read_split
from models.evaluate.metrics import Metrics, evaluate
from models.gate.verdict import choose_challenger, decide
from models.model_runs.manifest import read_manifest
from models.model_runs.registry import ModelRun
from models.train.model_run import make_model_run
from models.train.recipe import Recipe

ROWS = 1_000
ASKED = 10_000.0
DAY = datetime(2026, 1, 5, tzinfo=UTC)


class WrongBy:
    """Predicts ASKED, which all cars ask, times one factor per listing, in turn; on Fords times another."""

    def __init__(self, *factors: float, fords: float) -> None:
        self.factors = factors
        self.fords = fords

    def log_prices(self, features: pl.DataFrame) -> np.ndarray:
        on_fords = np.where(features["make"] == "ford", self.fords, 1.0)
        return np.log(ASKED * np.resize(self.factors, features.height) * on_fords)


class TenPercent:
    """A range that reaches 10 % below and above the price, and states 80 %."""

    def judge(
        self, listings: pl.DataFrame, features: pl.DataFrame, prices: np.ndarray, fold: pl.Series
    ) -> pl.DataFrame:
        return pl.DataFrame({"lower": prices * 0.9, "upper": prices * 1.1}).with_columns(pl.lit(0.8).alias("coverage"))


@pytest.fixture
def run_wrong_by(make_manifest):
    """A maker of model runs: an estimator's name, its errors as factors, the vehicles that it saw, and until when."""

    def make(
        estimator: str, *factors: float, fords: float = 1.0, saw: tuple[str, ...] = (), until: datetime | None = None
    ) -> ModelRun:
        manifest = make_manifest(
            estimator=estimator, model_run_id=f"run-{factors}", trained_until=until and until.isoformat()
        )
        model_run = ModelRun(Path(estimator), manifest)
        vehicles = pl.DataFrame(
            {"vehicle_id": saw, "fold": [0] * len(saw)}, schema={"vehicle_id": str, "fold": pl.Int32}
        )
        members = [WrongBy(*factors, fords=fords)] * 5
        model_run.__dict__.update(members=members, certainty=TenPercent(), training_vehicles=vehicles)
        return model_run

    return make


@pytest.fixture
def holdout(cars) -> pl.DataFrame:
    """Cars that all ask the same."""
    return cars(ROWS).with_columns(pl.lit(ASKED).alias("asking_price"))


# The range holds what is asked where the price is 5 or 6 % wrong: of four cars in five.
GOOD = (1.05, 0.95, 1.05, 0.95, 1.15)
WORSE = (1.06, 0.94, 1.06, 0.94, 1.18)
POOR = (1.3,)


def test_a_better_challenger_goes_live_and_the_reason_has_the_numbers(run_wrong_by, holdout) -> None:
    champion, baseline = run_wrong_by("boosting", *WORSE), run_wrong_by("baseline", *POOR)
    verdict = decide(holdout, run_wrong_by("forest", *GOOD), champion, baseline)
    assert verdict.accepted
    assert verdict.reason.startswith(
        "forest goes live: on 1,000 held-out cars its error in log price is surely below the champion's"
    )
    assert "it is nowhere surely worse by more than 5%" in verdict.reason
    assert "its MAE of 700 USD is 77% below the baseline's 3,000" in verdict.reason
    assert "80.0% of the asking prices lie in its range of 80%" in verdict.reason
    assert verdict.numbers["challenger"]["mae"] == pytest.approx(700)
    assert [check["name"] for check in verdict.numbers["checks"] if check["passed"]] == [
        "beats the champion", "holds in every segment", "beats the baseline", "coverage holds",
    ]  # fmt: skip


def test_a_challenger_no_better_than_the_champion_is_rejected(run_wrong_by, holdout) -> None:
    champion, baseline = run_wrong_by("boosting", *GOOD), run_wrong_by("baseline", *POOR)
    verdict = decide(holdout, run_wrong_by("forest", *GOOD), champion, baseline)
    assert failed(verdict) == ["beats the champion"]
    assert "not surely below the champion's: +0.0%" in verdict.reason


def test_a_challenger_that_is_better_by_luck_alone_is_rejected(run_wrong_by, holdout) -> None:
    often_a_little_worse = run_wrong_by("forest", *(1.06, 0.94, 1.06, 0.94, 1.10, 1.06, 0.94, 1.06, 0.94, 1.15))
    verdict = decide(holdout.head(40), often_a_little_worse, run_wrong_by("boosting", *GOOD), None)
    assert verdict.numbers["checks"][0]["numbers"]["lower"] < 1 < verdict.numbers["checks"][0]["numbers"]["upper"]
    assert not verdict.accepted


def test_a_better_challenger_that_is_worse_on_one_make_is_rejected(run_wrong_by, holdout) -> None:
    champion, baseline = run_wrong_by("boosting", *POOR), run_wrong_by("baseline", 2.0)
    lopsided = run_wrong_by("forest", 1.05, 0.95, fords=1.35)
    fords = holdout.filter(pl.col("make") == "Ford").head(200)
    others = holdout.filter(pl.col("make") != "Ford")
    verdict = decide(pl.concat([fords, others]), lopsided, champion, baseline)
    assert failed(verdict) == ["holds in every segment"]
    assert (
        "its error in log price is surely more than 5% above the champion's in make ford (+13.9% on 200)"
        in verdict.reason
    )
    few = decide(pl.concat([fords.head(199), others]), lopsided, champion, baseline)
    assert few.accepted, "a segment of 199 cars has no say"


def test_a_challenger_less_than_a_tenth_better_than_the_baseline_is_rejected(run_wrong_by, holdout) -> None:
    verdict = decide(holdout, run_wrong_by("forest", *GOOD), None, run_wrong_by("baseline", 1.075))
    assert failed(verdict) == ["beats the baseline"]
    assert "its MAE of 700 USD is not 10% below the baseline's 750" in verdict.reason


def test_a_range_that_does_not_hold_what_it_states_is_rejected(run_wrong_by, holdout) -> None:
    verdict = decide(holdout, run_wrong_by("forest", 1.05, 0.95, 1.15), None, run_wrong_by("baseline", *POOR))
    assert failed(verdict) == ["coverage holds"]
    assert "66.7% of the asking prices lie in its range of 80%, more than 5.0 points away" in verdict.reason


def test_the_first_challenger_has_only_the_baseline_to_beat(run_wrong_by, holdout) -> None:
    verdict = decide(holdout, run_wrong_by("forest", *GOOD), None, run_wrong_by("baseline", *POOR))
    assert verdict.accepted
    assert "champion" not in verdict.numbers


def test_a_young_market_goes_live_with_its_baseline_and_says_so(run_wrong_by, holdout) -> None:
    baseline = run_wrong_by("baseline", *GOOD)
    verdict = decide(holdout, baseline, None, baseline)
    assert verdict.accepted
    assert verdict.reason.startswith("baseline goes live")
    assert "the market has no other estimator yet" in verdict.reason


def test_cars_that_one_of_them_was_trained_on_are_not_judged(run_wrong_by, holdout) -> None:
    champion = run_wrong_by("boosting", *WORSE, saw=tuple(holdout["vehicle_id"][:2]))
    challenger = run_wrong_by("forest", *GOOD, saw=tuple(holdout["vehicle_id"][1:3]))
    verdict = decide(holdout, challenger, champion, run_wrong_by("baseline", *POOR))
    assert verdict.numbers["holdout_rows"] == ROWS - 3


def test_without_a_car_that_is_new_to_all_there_is_no_verdict(run_wrong_by, holdout) -> None:
    all_seen = run_wrong_by("forest", 1.0, saw=tuple(holdout["vehicle_id"]))
    with pytest.raises(TasadorError, match="no held-out car"):
        decide(holdout, all_seen, None, run_wrong_by("baseline", *POOR))


@pytest.mark.parametrize(("fresh", "judged_on"), [(250, 250), (150, ROWS)])
def test_cars_read_after_every_training_are_the_holdout_where_they_are_enough(
    run_wrong_by, holdout, fresh: int, judged_on: int
) -> None:
    days = [DAY + timedelta(days=3 if row < fresh else 1) for row in range(ROWS)]
    challenger = run_wrong_by("forest", *GOOD, until=DAY + timedelta(days=2))
    champion = run_wrong_by("boosting", *WORSE, until=DAY)
    verdict = decide(holdout.with_columns(pl.Series("scraped_at", days)), challenger, champion, None)
    assert verdict.numbers["holdout_rows"] == judged_on
    assert ("read after every training" in verdict.reason) == (judged_on == fresh)


def test_a_model_run_says_until_when_its_training_rows_were_read(cars, tmp_path) -> None:
    days = [DAY + timedelta(days=row) for row in range(100)]
    rows = cars(100).with_columns(pl.Series("scraped_at", days))
    rows.write_parquet(tmp_path / "snapshot.parquet")
    folder = make_model_run(Recipe(tmp_path / "snapshot.parquet", "demo", "baseline"), tmp_path, lambda done: None)
    training, _ = read_split(tmp_path / "snapshot.parquet", "demo")
    assert datetime.fromisoformat(read_manifest(folder).trained_until) == training["scraped_at"].max()


def test_the_challenger_is_chosen_by_out_of_fold_error_whatever_the_holdout_says(make_manifest) -> None:
    chosen = ModelRun(Path("a"), make_manifest(estimator="forest", out_of_fold=metrics(0.1), holdout=metrics(0.9)))
    other = ModelRun(Path("b"), make_manifest(estimator="boosting", out_of_fold=metrics(0.9), holdout=metrics(0.1)))
    assert choose_challenger([other, chosen]) is chosen


def test_the_study_recipe_is_compared_with_and_no_candidate(make_manifest) -> None:
    recipe = ModelRun(Path("a"), make_manifest(estimator="study_recipe", out_of_fold=metrics(0.01)))
    forest = ModelRun(Path("b"), make_manifest(estimator="forest"))
    assert choose_challenger([recipe, forest]) is forest


def metrics(error: float) -> Metrics:
    actual = np.array([10_000.0, 20_000.0, 30_000.0])
    return evaluate(actual, actual * (1 + error))


def failed(verdict) -> list[str]:
    assert verdict.accepted == all(check.passed for check in verdict.checks)
    return [check.name for check in verdict.checks if not check.passed]
