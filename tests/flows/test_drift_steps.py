"""What drift does: a market whose listings are others is refused until it is retrained, or scored anyway."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from crawler.clock import ENVIRONMENT_VARIABLE, now
from crawler.home import Home
from flows.show import published
from flows.steps import retrain
from flows.steps import score as scoring
from flows.steps.due import drifted_markets, markets_due
from flows.steps.import_table import import_table, open_source
from models.train.model_run import make_model_run
from models.train.recipe import Recipe
from models.train.training import TrainedRun
from warehouse.connection import connect
from warehouse.reading import ExpostError

ROWS = 600


def invented_cars() -> pl.DataFrame:
    random = np.random.default_rng(0)
    is_bmw, year = random.random(ROWS) < 0.3, random.integers(2008, 2025, ROWS)
    worth = np.where(is_bmw, 60_000, 25_000) * 0.9 ** (2026 - year) * np.exp(random.normal(0, 0.1, ROWS))
    cars = {"id": range(ROWS), "make": np.where(is_bmw, "BMW", "Honda"), "model": np.where(is_bmw, "X5", "Civic")}
    return pl.DataFrame(
        {**cars, "year": year, "mileage": random.integers(1_000, 200_000, ROWS), "price": worth.round()}
    )


def train_baseline(snapshot: Path, market: str, folder: Path, **_: Any) -> list[TrainedRun]:
    made = make_model_run(Recipe(snapshot, market, "baseline"), folder, lambda done: None)
    return [TrainedRun("baseline", made)]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A market that is trained and scored."""
    folder = tmp_path_factory.mktemp("drift")
    invented_cars().write_csv(folder / "cars.csv")
    home = Home(folder / "data")
    import_table(home, open_source(home, folder / "cars.csv", site="cars.com"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(retrain, "train", train_baseline)
        retrain.retrain(home, "us")
    return home


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two days after the training."""
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, (now() + timedelta(days=2)).isoformat())


@pytest.fixture
def only_bmws(home: Home) -> Iterator[None]:
    """For a while all others are BMWs too."""
    with connect(home) as connection:
        connection.execute("create table before as from listings")
        connection.execute("update listings set make = 'BMW', model = 'X5' where make = 'Honda'")
    yield
    with connect(home) as connection:
        connection.execute("create or replace table listings as from before; drop table before")


def test_a_market_that_is_as_it_was_is_scored_and_not_due(home: Home, later: None) -> None:
    (scored,) = scoring.score(home).values()
    assert scored and scored.listings == ROWS and not scored.drifted
    assert published(home, "select distinct level from drift").rows() == [("steady",)]
    assert drifted_markets(home) == {}
    assert markets_due(home, after_days=7) == {}
    assert markets_due(home, after_days=1) == {"us": "its champion is more than 1 days old"}


def test_a_market_of_other_cars_is_refused_in_one_line_and_due(home: Home, later: None, only_bmws: None) -> None:
    before = published(home, "select * from predicted_prices order by listing_id")
    with pytest.raises(scoring.Drifted, match=r"us is not scored, its listings are too far .* make psi") as raised:
        scoring.score(home)
    assert "\n" not in str(raised.value) and "tasador score --anyway" in str(raised.value)
    assert published(home, "select * from predicted_prices order by listing_id").equals(before)
    assert published(home, "select count(*) > 2 from drift where level = 'stop'").rows() == [(True,)]
    assert drifted_markets(home)["us"].startswith("its listings have drifted: brand_class psi")
    assert list(markets_due(home, after_days=7)) == ["us"]


def test_a_refusal_tells_what_became_of_the_other_markets(
    home: Home, later: None, only_bmws: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scoring, "chosen_markets", lambda *_: ["us", "eu"])
    with pytest.raises(scoring.Drifted) as raised:
        scoring.score(home)
    assert raised.value.scores == {"eu": None}


def test_what_a_training_did_not_mend_is_left_alone_for_a_day(home: Home, only_bmws: None) -> None:
    with pytest.raises(scoring.Drifted):
        scoring.score(home)
    assert drifted_markets(home) == {}


def test_it_is_scored_anyway_when_asked_for(home: Home, later: None, only_bmws: None) -> None:
    (scored,) = scoring.score(home, anyway=True).values()
    assert scored and 0 < scored.listings < ROWS == scored.listings + scored.standing, "BMWs stand as they were"
    assert scored.drifted


@pytest.mark.parametrize(
    ("error", "is_due"),
    [((300, 0.08, 0.05), True), ((300, 0.06, 0.05), False), ((150, 0.08, 0.05), False), ((0, None, None), False)],
)
def test_cars_that_went_at_other_prices_call_for_a_retraining(
    home: Home, later: None, monkeypatch: pytest.MonkeyPatch, error: tuple[Any, ...], is_due: bool
) -> None:
    scoring.score(home)
    monkeypatch.setattr("flows.steps.due.recent_expost_error", lambda *_: ExpostError(*error))
    words = "the median error of the 300 cars that went last is 8.0%, where it was 5.0% on the holdout"
    assert drifted_markets(home) == ({"us": words} if is_due else {})
