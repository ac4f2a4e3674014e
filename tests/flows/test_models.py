"""`tasador models`: what people do with model runs by hand, on a market whose second challenger the gate refused."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from crawler.errors import UsageError
from crawler.home import Home
from flows.logs import log_path
from flows.show import published
from flows.steps import models, retrain
from flows.steps.import_table import import_table, open_source
from flows.steps.score import score
from models.train.model_run import make_model_run
from models.train.recipe import Recipe
from models.train.training import TrainedRun

Tasador = Callable[..., Any]

ROWS = 1_000
PRICE_WHEN_NEW = {("Honda", "Civic"): 26_000, ("Ford", "F-150"): 48_000, ("BMW", "X5"): 66_000, ("Kia", "Rio"): 18_000}


def invented_cars() -> pl.DataFrame:
    random = np.random.default_rng(0)
    pick, year = random.integers(0, len(PRICE_WHEN_NEW), ROWS), random.integers(2008, 2025, ROWS)
    makes, names = zip(*PRICE_WHEN_NEW, strict=True)
    mileage = random.integers(1_000, 200_000, ROWS)
    is_manual = random.random(ROWS) < 0.5
    worth = (
        np.array(list(PRICE_WHEN_NEW.values()))[pick]
        * 0.9 ** (2026 - year)
        * np.exp(-mileage / 200_000)
        * np.where(is_manual, 0.7, 1)
    )
    return pl.DataFrame(
        {
            "id": range(ROWS),
            "make": np.array(makes)[pick],
            "model": np.array(names)[pick],
            "year": year,
            "mileage": mileage,
            "transmission": np.where(is_manual, "Manual", "Automatic"),
            "price": (worth * np.exp(random.normal(0, 0.1, ROWS))).round(),
        }
    )


def training_with(learning_rate: float) -> Callable[..., list[TrainedRun]]:
    """Train a baseline and a boosting in this process, the latter as well as its learning rate lets it."""

    def train(snapshot: Path, market: str, folder: Path, **_: Any) -> list[TrainedRun]:
        recipes = [
            Recipe(snapshot, market, "baseline"),
            Recipe(snapshot, market, "boosting", params={"iterations": 60, "learning_rate": learning_rate}),
        ]
        made = [(recipe.estimator, make_model_run(recipe, folder, lambda done: None)) for recipe in recipes]
        failed = TrainedRun("forest", failure="its process was killed by SIGKILL")
        return [*(TrainedRun(estimator, path) for estimator, path in made), failed]

    return train


@pytest.fixture(scope="module")
def retrained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, retrain.Retrained, retrain.Retrained]:
    """A market that was retrained twice: what went live, and what was refused."""
    folder = tmp_path_factory.mktemp("models")
    invented_cars().write_csv(folder / "cars.csv")
    home = Home(folder / "data")
    import_table(home, open_source(home, folder / "cars.csv", site="cars.com"))
    results = []
    for learning_rate in (0.15, 0.01):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(retrain, "train", training_with(learning_rate))
            results.append(retrain.retrain(home, "us"))
    score(home)
    return home, results[0], results[1]


@pytest.fixture
def home(retrained: Any, tmp_path: Path) -> Home:
    """A copy of that market's data folder."""
    shutil.copytree(retrained[0].root, tmp_path / "data", symlinks=True)
    return Home(tmp_path / "data")


@pytest.fixture
def better(retrained: Any) -> str:
    return retrained[1].challenger.manifest.model_run_id


@pytest.fixture
def worse(retrained: Any) -> str:
    return retrained[2].challenger.manifest.model_run_id


def pricing(home: Home) -> list[str]:
    return [name for (name,) in published(home, "select distinct model_run_id from predicted_prices").rows()]


def live(home: Home) -> dict[str, str | None]:
    query = "select model_run_id, promotion_reason from champions"
    return dict(published(home, query).rows())


def test_the_log_says_with_the_model_run_which_estimator_failed(retrained: Any, better: str, worse: str) -> None:
    lines = map(json.loads, log_path(retrained[0]).read_text().splitlines())
    told = [(line["event"], line["model_run_id"]) for line in lines if "forest" in line["event"]]
    assert told == [("us: forest: its process was killed by SIGKILL", each) for each in (better, worse)]


def test_a_worse_challenger_is_refused_with_the_reason_in_words(retrained: Any, better: str, worse: str) -> None:
    home, first, second = retrained
    assert first.verdict.accepted, first.verdict.reason
    assert "goes live" in first.verdict.reason
    query = "select verdict, verdict_reason, champion_from, champion_to from model_runs where model_run_id = $name"
    (refused,) = published(home, query, {"name": worse}).rows()
    assert refused[0] == "rejected"
    assert "its error in log price is not surely below the champion's: +" in refused[1] == second.verdict.reason
    assert refused[2:] == (None, None)
    (accepted,) = published(home, query, {"name": better}).rows()
    assert accepted[2] and accepted[3] is None


def test_sql_tells_what_a_model_run_was_made_of_and_how_well_it_predicts_which_cars(
    retrained: Any, better: str
) -> None:
    home, first, _ = retrained
    query = """
        select snapshot_sha256, rows, features, code_version, mae, (parameters::json ->> 'iterations')::integer as trees
        from model_runs
        where model_run_id = $name
    """
    (made_of,) = published(home, query, {"name": better}).to_dicts()
    manifest = first.challenger.manifest
    assert made_of == {
        "snapshot_sha256": first.snapshot.sha256,
        "rows": manifest.training_rows,
        "features": manifest.features,
        "code_version": manifest.code_version,
        "mae": manifest.holdout.mae,
        "trees": 60,
    }
    query = "select estimate from model_metrics where model_run_id = $name and segment = 'all' and metric = 'mae'"
    assert published(home, query, {"name": better}).rows() == [(manifest.holdout.mae,)]
    by_make = published(home, "select count(distinct segment_value) from model_metrics where segment = 'make'")
    assert by_make.item() > 1


def test_back_and_forward_every_row_says_which_model_run_made_it(home: Home, better: str, worse: str) -> None:
    assert pricing(home) == [better]
    promoted = models.promote(home, worse, "to try it")
    assert (promoted.market, promoted.former) == ("us", better)
    assert pricing(home) == [better], "until the new champion has scored, the prices of the one before stay"
    score(home)
    assert pricing(home) == [worse]
    assert live(home) == {worse: "by hand: to try it"}
    assert models.rollback(home).model_run_id == better
    assert live(home) == {better: f"rolled back from {worse}"}
    assert pricing(home) == [better]
    score(home)
    assert pricing(home) == [better]
    models.promote(home, worse)
    assert pricing(home) == [worse]


def test_what_cannot_be_promoted_is_told(home: Home, better: str, worse: str, tasador: Tasador) -> None:
    with pytest.raises(UsageError, match="is the champion of us already"):
        models.promote(home, better)
    with pytest.raises(UsageError, match="there is no model run nothing"):
        models.promote(home, "nothing")
    answer = tasador("models", "rollback", home=home.root)
    assert (answer.code, answer.err.count("\n")) == (1, 1)
    assert f"market us has no champion before {better}" in answer.err
    with pytest.raises(UsageError, match="--market must be one of us, got 'mars'"):
        models.rollback(home, "mars")
    (home.models / "us" / worse / "member_0" / "member.json").write_text("{}")
    assert "has changed since it was written" in tasador("models", "promote", worse, home=home.root).err
    assert list(live(home)) == [better]


def test_a_retired_model_run_is_never_the_champion_again(home: Home, better: str, worse: str, tasador: Tasador) -> None:
    with pytest.raises(UsageError, match="promote another one first"):
        models.retire(home, better)
    folder = home.models / "us" / worse
    assert tasador("models", "retire", worse, home=home.root).code == 0
    assert folder.exists()
    assert "must not be retired" in tasador("models", "promote", worse, home=home.root).err
    assert tasador("models", "retire", worse, "--delete", home=home.root).code == 0
    assert not folder.exists()
    listed = tasador("models", "list", home=home.root).out
    assert [line.split()[-1] for line in listed.splitlines() if worse in line] == ["retired"]
    assert [line.split()[-2] for line in listed.splitlines() if better in line] == ["since"]
    assert "without a folder" not in tasador("doctor", home=home.root).out


def test_a_comparison_is_read_at_a_hundred_columns(home: Home, better: str, worse: str, tasador: Tasador) -> None:
    answer = tasador("models", "compare", better, worse, home=home.root)
    assert answer.code == 0, answer.err
    assert max(map(len, answer.out.splitlines())) <= 100
    assert "B's error is surely larger than A's: +" in answer.out
    assert all(word in answer.out for word in (better, worse, "mdape", "coverage", "new to both"))
    same = models.compare(home, better, better)
    assert same.overall.ratio == same.overall.lower == same.overall.upper == 1
    assert same.rows < ROWS / 4, "only held-out cars are compared"
