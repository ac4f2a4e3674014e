"""The search for parameters, with a real estimator in a process of its own."""

import os
import signal
from pathlib import Path

import polars as pl
import pytest

from models.estimators import estimator_class
from models.evaluate.holdout import is_holdout
from models.tune.child import Child, TrialFailedError
from models.tune.search import Search, Trial
from models.tune.spaces import SPACES, fits


def search(snapshot: Path, trials: int, **arguments) -> Search:
    """A search that ends by itself after so many trials."""

    class Enough(Exception):
        pass

    def stop(trial: Trial) -> None:
        if len(found.trials) == trials:
            raise Enough

    found = Search(snapshot, "demo", "forest", folds=2, on_trial=stop, **arguments)
    with pytest.raises(Enough):
        found.run(600)
    return found


def tried(found: Search) -> list[tuple]:
    return [(trial.trial, trial.params, trial.fold_values, trial.state) for trial in found.trials]


def test_the_defaults_are_tried_first_and_a_seed_gives_the_same_trials(snapshot) -> None:
    path = snapshot(300)
    told: list[str] = []
    once = search(path, 3, seed=1, on_progress=told.append)
    assert tried(once) == tried(search(path, 3, seed=1))
    defaults = estimator_class("forest")().get_params()
    assert once.trials[0].params == {name: defaults[name] for name in SPACES["forest"]}
    assert all(fits("forest", trial.params) and trial.state == "complete" for trial in once.trials)
    assert all(len(trial.fold_values) == 2 and 0 < trial.value < 0.5 for trial in once.trials)
    assert len({str(trial.params) for trial in once.trials}) == 3
    assert told[:2] == ["trial 1, fold 1 of 2", "trial 1, fold 2 of 2"]
    assert told[2].startswith("trial 2, fold 1 of 2, the best so far 0.")


def test_a_search_goes_on_from_earlier_trials(snapshot) -> None:
    path = snapshot(300)
    once = search(path, 2)
    again = search(path, 1, before=once.trials)
    assert [trial.trial for trial in again.trials] == [3]
    assert again.trials[0].params not in [trial.params for trial in once.trials]


def test_the_best_of_an_earlier_snapshot_is_tried_after_the_defaults(snapshot) -> None:
    params = {"max_leaves": 300, "min_leaf": 9, "max_features": 0.25}
    assert search(snapshot(300), 2, first=[{"unknown": 1}, params]).trials[1].params == params


def test_a_trial_worse_than_half_of_those_before_is_pruned(snapshot) -> None:
    params = {"max_leaves": 250, "min_leaf": 10, "max_features": 0.1}
    good = Trial(0, params, [0.01, 0.01], "complete", 1.0, pl.Series([0]).cast(pl.Datetime).to_list()[0])
    before = [
        Trial(number, {**params, "max_leaves": 250 + number}, good.fold_values, "complete", 1.0, good.tuned_at)
        for number in (1, 2, 3)
    ]
    (trial,) = search(snapshot(300), 1, before=before).trials
    assert (trial.trial, trial.state, len(trial.fold_values)) == (4, "pruned", 1)


def test_the_holdout_has_no_part_in_it(snapshot) -> None:
    path = snapshot(300)
    before = tried(search(path, 1))
    rows = pl.read_parquet(path)
    price = pl.when(is_holdout(rows["vehicle_id"])).then(1e6).otherwise("asking_price")
    rows.with_columns(price.alias("asking_price")).write_parquet(path)
    assert tried(search(path, 1)) == before


def test_a_search_without_time_tries_nothing(snapshot) -> None:
    assert Search(snapshot(300), "demo", "forest", folds=2).run(0) == []


def test_a_process_that_dies_fails_its_trial_and_the_next_one_is_measured(snapshot) -> None:
    params = {"max_leaves": 300, "min_leaf": 2, "max_features": 0.5}
    with Child(snapshot(300), "demo", "forest", folds=2, seed=0, threads=1) as child:
        first = child.measure(0, params)
        os.kill(child.process.pid, signal.SIGKILL)
        with pytest.raises(TrialFailedError, match="killed by SIGKILL: is memory short"):
            child.measure(0, params)
        assert child.measure(0, params) == first
        with pytest.raises(TrialFailedError, match="max_leaf_nodes"):
            child.measure(0, {**params, "max_leaves": -1})
