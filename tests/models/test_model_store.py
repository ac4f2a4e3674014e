"""Model runs that machines share: sent whole, fetched whole, and refused where a file is not what was sent."""

from pathlib import Path

import pytest

from crawler.errors import TasadorError
from crawler.files import files_at
from models.model_runs.manifest import MANIFEST_NAME
from models.model_runs.registry import open_model_run
from models.model_runs.store import delete_model_run, send_model_run, stored_model_runs
from models.train.model_run import make_model_run
from models.train.recipe import Recipe


@pytest.fixture(scope="module")
def trained(cars, tmp_path_factory) -> Path:
    """A baseline's folder where it was trained."""
    folder = tmp_path_factory.mktemp("trainer")
    cars(300).write_parquet(folder / "snapshot.parquet")
    recipe = Recipe(folder / "snapshot.parquet", "demo", "baseline", seed=3)
    return make_model_run(recipe, folder / "models", lambda done: None)


@pytest.fixture(params=["a folder", "an object store"])
def sent(trained, tmp_path, monkeypatch, request) -> str:
    """Where the model run was sent to; the address of its copy."""
    store = str(tmp_path / "shared") if request.param == "a folder" else f"{request.getfixturevalue('bucket')}/models"
    monkeypatch.setenv("TASADOR_MODELS", store)
    send_model_run(trained)
    return f"{store}/demo/{trained.name}"


@pytest.fixture
def elsewhere(trained, tmp_path) -> Path:
    """The folder that the model run has on a machine which did not train it."""
    return tmp_path / "scorer" / "models" / "demo" / trained.name


def test_a_model_run_that_is_not_here_is_fetched_and_opens(sent, trained, elsewhere) -> None:
    fetched = open_model_run(elsewhere)
    assert fetched.manifest == open_model_run(trained).manifest
    assert fetched.certainty and len(fetched.members) == fetched.manifest.folds
    assert [path.name for path in elsewhere.parent.iterdir()] == [trained.name]


def test_a_changed_or_missing_file_is_refused_and_nothing_stays(sent, elsewhere) -> None:
    files, path = files_at(sent)
    for change, words in (
        (lambda: files.pipe_file(f"{path}/holdout.parquet", b"PAR1"), "holdout.parquet has changed since it was sent"),
        (lambda: files.rm_file(f"{path}/holdout.parquet"), "holdout.parquet is missing"),
    ):
        change()
        with pytest.raises(TasadorError, match=words):
            open_model_run(elsewhere)
        assert list(elsewhere.parent.iterdir()) == []


def test_a_model_run_without_its_manifest_is_not_there_yet(sent, elsewhere, trained) -> None:
    files, path = files_at(sent)
    assert stored_model_runs() == {trained.name}
    files.rm_file(f"{path}/{MANIFEST_NAME}")
    assert stored_model_runs() == set()
    with pytest.raises(TasadorError, match="holds no model run"):
        open_model_run(elsewhere)


def test_a_deleted_model_run_is_gone_here_and_there(sent, elsewhere) -> None:
    open_model_run(elsewhere)
    delete_model_run(elsewhere)
    assert not elsewhere.exists() and stored_model_runs() == set()


def test_without_a_store_each_machine_keeps_its_own(trained, elsewhere, monkeypatch) -> None:
    monkeypatch.delenv("TASADOR_MODELS", raising=False)
    send_model_run(trained)
    assert stored_model_runs() == set()
    with pytest.raises(TasadorError, match="holds no model run"):
        open_model_run(elsewhere)
