"""Scoring again: what has not changed stands, what has is scored, and a process that is killed leaves nothing half."""

import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from crawler.clock import ENVIRONMENT_VARIABLE, now
from crawler.home import Home
from flows.show import published
from flows.steps import retrain
from flows.steps.import_table import import_table, open_source
from flows.steps.score import score
from models.predict import batches
from models.train.model_run import make_model_run
from models.train.recipe import Recipe
from models.train.training import TrainedRun
from warehouse.connection import connect

ROWS = 300
PREDICTED = "select * exclude (scored_at) from predicted_prices order by listing_id"

# Scores, and is killed where the word says: before anything is written, or in the middle of the transaction.
KILLED = """
import os, signal, sys
from crawler.home import Home
from flows.steps import score
from warehouse import writing

def killed(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

if sys.argv[2] == "while predicting":
    score.find_comparables = killed
else:
    writing._replace_comparables = killed
score.score(Home(__import__("pathlib").Path(sys.argv[1])))
"""


def _train_baseline(snapshot: Path, market: str, folder: Path, **_: object) -> list[TrainedRun]:
    made = make_model_run(Recipe(snapshot, market, "baseline", folds=2), folder, lambda done: None)
    return [TrainedRun("baseline", made)]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A market that has a champion and no score."""
    random, folder = np.random.default_rng(0), tmp_path_factory.mktemp("scoring")
    year = random.integers(2010, 2025, ROWS)
    price = (30_000 * 0.9 ** (2026 - year) * np.exp(random.normal(0, 0.1, ROWS))).round()
    cars = {"id": range(ROWS), "make": "Honda", "model": "Civic", "year": year, "price": price}
    pl.DataFrame({**cars, "mileage": random.integers(1_000, 200_000, ROWS)}).write_csv(folder / "cars.csv")
    home = Home(folder / "data")
    import_table(home, open_source(home, folder / "cars.csv", site="cars.com"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(retrain, "train", _train_baseline)
        retrain.retrain(home, "us")
    return home


@pytest.fixture
def change(trained: Home) -> Callable[[str], None]:
    """Change the warehouse by a statement."""

    def execute(statement: str) -> None:
        with connect(trained) as connection:
            connection.execute(statement)

    return execute


def _scored(home: Home, **options: bool) -> tuple[int, int]:
    (scored,) = score(home, **options).values()
    assert scored
    return scored.listings, scored.standing


@pytest.mark.parametrize("moment", ["while predicting", "while writing"])
def test_a_scoring_that_is_killed_leaves_nothing(trained: Home, moment: str) -> None:
    code = subprocess.run([sys.executable, "-c", KILLED, str(trained.root), moment]).returncode
    assert code == -signal.SIGKILL
    with connect(trained) as connection:
        tables = ("predictions", "comparables", "scorings", "predicted_prices")
        assert [connection.execute(f"select count(*) from {table}").fetchone() for table in tables] == [(0,)] * 4


def test_what_has_not_changed_stands(trained: Home) -> None:
    assert _scored(trained) == (ROWS, 0)
    version, before = published(trained, "from schema_version").rows(), published(trained, PREDICTED)
    assert _scored(trained) == (0, ROWS)
    assert published(trained, "from schema_version").rows() == version
    assert not (trained.root / ".scoring").exists()
    assert before.height == ROWS and before["reasons"].list.len().min() > 0


def test_seen_again_in_the_same_month_it_stands_and_in_the_next_it_does_not(
    trained: Home, change: Callable[[str], None]
) -> None:
    change("update listings set scraped_at = date_trunc('month', scraped_at) + interval 27 days")
    assert _scored(trained)[0] == 0
    change("update listings set scraped_at = scraped_at + interval 5 days")
    assert _scored(trained) == (ROWS, 0)


@pytest.mark.parametrize("new", ["mileage = mileage + 1", "asking_price = asking_price + 1", "vin = 'another'"])
def test_a_listing_of_which_anything_has_changed_is_scored_again(
    trained: Home, change: Callable[[str], None], new: str
) -> None:
    change(f"update listings set {new} where listing_id in (select listing_id from listings order by all limit 3)")
    assert _scored(trained) == (3, ROWS - 3)
    assert published(trained, "select count(distinct scored_at) > 1 from predicted_prices").item()
    assert published(trained, PREDICTED).height == ROWS


def test_what_every_scoring_said_is_kept(trained: Home, change: Callable[[str], None]) -> None:
    with connect(trained) as connection:
        query = "select scored_at, count(*) from predictions group by 1 order by 1"
        predictions = connection.execute(query).fetchall()
        scorings = connection.execute("select scored_at, listings from scorings order by 1").fetchall()
    assert predictions == [(at, listings) for at, listings in scorings if listings] and len(predictions) > 4


def test_prices_without_reasons_stand_until_reasons_are_asked_for(trained: Home, change: Callable[[str], None]) -> None:
    change("update listings set mileage = mileage + 1")
    assert _scored(trained, with_reasons=False) == (ROWS, 0)
    plain = published(trained, PREDICTED)
    assert plain["reasons"].null_count() == ROWS
    assert _scored(trained, with_reasons=False) == (0, ROWS)
    assert _scored(trained) == (ROWS, 0)
    assert published(trained, PREDICTED)["predicted_price"].equals(plain["predicted_price"])


def test_what_was_scored_and_not_published_is_published_by_the_next(
    trained: Home, change: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    change("update listings set mileage = mileage + 1")
    with monkeypatch.context() as patch:
        patch.setattr("flows.steps.score.publish", lambda home: None)
        assert _scored(trained)[0] == ROWS
    before = published(trained, "select max(scored_at) from predicted_prices").item()
    assert _scored(trained) == (0, ROWS)
    assert published(trained, "select max(scored_at) from predicted_prices").item() > before


def test_prices_do_not_depend_on_the_batch(
    trained: Home, change: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = published(trained, PREDICTED)
    monkeypatch.setattr(batches, "BATCH_ROWS", 7)
    change("update predictions set listing_hash = null")
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, (now() + timedelta(minutes=5)).isoformat())
    assert _scored(trained) == (ROWS, 0)
    assert published(trained, PREDICTED).equals(whole)


def test_two_do_not_score_at_once(trained: Home, change: Callable[[str], None]) -> None:
    from crawler.errors import TasadorError
    from crawler.locks import alone

    with alone(trained.root / ".scoring.lock", "it"), pytest.raises(TasadorError, match="another process is scoring"):
        score(trained)
    assert trained.market.exists()
