"""`tasador tune`: what was tried is recorded and published, however it ends, and the next retraining takes the best."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from crawler.clock import now
from crawler.errors import TasadorError
from crawler.home import Home
from flows.show import published
from flows.steps import retrain, tune
from models.tune.search import Search, Trial
from warehouse.connection import connect

PARAMS = {"max_leaves": 300, "min_leaf": 9, "max_features": 0.25}


@pytest.fixture
def home(demo: tuple[Path, Any], tmp_path: Path) -> Home:
    """A copy of the demo's data folder."""
    shutil.copytree(demo[0], tmp_path / "data", symlinks=True)
    return Home(tmp_path / "data")


def one_trial(search: Search, seconds: float) -> list[Trial]:
    """Stand in for a search, which test_tuning has: one trial, and then somebody presses Ctrl-C."""
    trial = Trial(len(search.before) + 1, PARAMS, [0.2, 0.1], "complete", 1.0, now())
    search.trials.append(trial)
    search.on_trial(trial)
    raise KeyboardInterrupt


def test_ctrl_c_keeps_what_was_found_and_the_next_tuning_goes_on(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Search, "run", one_trial)
    told: list[tune.Tuned] = []
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            tune.tune(home, "demo", ["forest"], 60, on_tuned=told.append)
    assert [len(found.trials) for found in told] == [1, 2]
    (row,) = published(
        home, "select count(*) as rows, max(trial) as last, min(value) as value from tuning_trials"
    ).rows()
    assert row == (2, 2, pytest.approx(0.15))


def test_the_next_retraining_takes_the_best_until_it_is_forgotten(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Search, "run", one_trial)
    with pytest.raises(KeyboardInterrupt):
        tune.tune(home, "demo", ["forest"], 60)
    asked: list[Any] = []

    def no_training(*_: Any, params: Any, **__: Any) -> None:
        asked.append(params)
        raise TasadorError("trained enough")

    monkeypatch.setattr(retrain, "train", no_training)
    for _ in range(2):
        with pytest.raises(TasadorError, match="trained enough"):
            retrain.retrain(home, "demo")
        tune.forget(home, "demo", ["forest"])
    assert asked == [{"forest": PARAMS}, {}]


def test_parameters_that_todays_space_does_not_have_are_not_taken(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PARAMS, "of_yesterday", 1)
    monkeypatch.setattr(Search, "run", one_trial)
    with pytest.raises(KeyboardInterrupt):
        tune.tune(home, "demo", ["forest"], 60)
    with connect(home) as connection:
        assert retrain.tuned_params(connection, "demo") == {}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--budget", "soon"), "--budget must be a time as 90s, 10m or 2h, got 'soon'"),
        (("--estimator", "baseline"), "estimator must be one of forest"),
        (("--market", "mars"), "market must be one of demo"),
    ],
)
def test_what_is_asked_wrongly_is_one_line(
    demo: tuple[Path, Any], tasador: Callable[..., Any], arguments: tuple[str, ...], words: str
) -> None:
    answer = tasador("tune", *arguments, home=demo[0])
    assert answer.code == 2
    assert words in answer.err.splitlines()[-1]
