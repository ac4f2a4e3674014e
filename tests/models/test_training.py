"""Training in processes of their own, with real estimators."""

import polars as pl
import pytest

from crawler.errors import TasadorError, UsageError
from models.estimators import LEARNER_NAMES, STUDY_RECIPE
from models.model_runs.registry import find_model_runs, open_model_run
from models.predict.prediction import predict
from models.train import training
from models.train.training import train
from models.train.worker import one_line


def test_each_estimator_trains_in_its_own_process_and_progress_is_told(snapshot, tmp_path) -> None:
    told: list[tuple[str, int, int]] = []
    runs = train(
        snapshot(400),
        "demo",
        tmp_path / "models",
        estimators=("baseline", "forest"),
        folds=2,
        on_progress=lambda *step: told.append(step),
    )
    assert [(run.estimator, run.failure) for run in runs] == [("baseline", None), ("forest", None)]
    assert sorted(told) == [(name, done, 2) for name in ("baseline", "forest") for done in (1, 2)]
    assert sorted(run.folder for run in runs if run.folder) == find_model_runs(tmp_path / "models", "demo")
    assert not list((tmp_path / "models" / "demo").glob("*.log"))

    baseline, forest = (open_model_run(run.folder) for run in runs if run.folder)
    assert forest.manifest.out_of_fold.log_mae < baseline.manifest.out_of_fold.log_mae
    assert predict(forest, pl.read_parquet(tmp_path / "snapshot.parquet"))["predicted_price"].is_finite().all()


def test_a_small_market_gets_only_its_baseline_and_the_others_say_why(snapshot, tmp_path) -> None:
    baseline, forest = train(snapshot(150), "demo", tmp_path / "models", estimators=("baseline", "forest"))
    assert baseline.folder is not None
    assert forest.folder is None
    assert forest.failure is not None and "it takes 200" in forest.failure


def test_one_estimator_that_fails_is_named_with_its_reason_and_the_others_go_on(
    snapshot, tmp_path, monkeypatch
) -> None:
    monkeypatch.setattr(training, "MINIMUM_ROWS_TO_LEARN", 0)
    monkeypatch.setattr(training, "_child", _child_that_fails_for("forest", training._child))
    baseline, forest = train(snapshot(100), "demo", tmp_path / "models", estimators=("baseline", "forest"))
    assert baseline.folder is not None
    assert forest.failure is not None
    assert forest.failure.startswith("its process was killed by SIGKILL: is memory short?")
    assert (tmp_path / "models" / "demo" / "training-forest.log").exists()


def _child_that_fails_for(estimator, real_child):
    """Return a way to start children that kills the one of ``estimator`` at once, as a kernel short of memory does."""

    def child(recipe, folder, stderr):
        process = real_child(recipe, folder, stderr)
        if recipe.estimator == estimator:
            process.kill()
        return process

    return child


def test_an_exception_in_a_child_comes_back_as_one_line(snapshot, tmp_path) -> None:
    path = snapshot(400)
    pl.read_parquet(path).drop("currency").write_parquet(path)
    (run,) = train(path, "demo", tmp_path / "models", estimators=("baseline",))
    assert run.folder is None
    assert run.failure is not None and run.failure.startswith("ColumnNotFoundError: ")
    assert "\n" not in run.failure
    assert "Traceback" in (tmp_path / "models" / "demo" / "training-baseline.log").read_text()


def test_a_machine_that_only_scores_is_told_what_training_takes() -> None:
    missing = ModuleNotFoundError("No module named 'torch'", name="torch")
    assert one_line(missing) == "torch is not installed: run pip install 'tasador[train]'"


def test_a_market_without_listings_says_what_to_do(snapshot, tmp_path) -> None:
    with pytest.raises(TasadorError, match=r"market elsewhere has 0 priced listings to train on.*crawl or import more"):
        train(snapshot(100), "elsewhere", tmp_path)


def test_an_unknown_estimator_is_a_wrong_request(snapshot, tmp_path) -> None:
    with pytest.raises(UsageError, match=r"estimator must be one of .*, got 'oracle'"):
        train(snapshot(100), "demo", tmp_path, estimators=("oracle",))


def test_every_estimator_has_its_place_in_the_order_of_starting() -> None:
    assert sorted(training.SLOWEST_FIRST) == sorted([*LEARNER_NAMES, STUDY_RECIPE])
