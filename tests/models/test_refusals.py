"""Folders of model runs made by somebody who knows how they are sealed: refused in one line, and nothing is executed.

Everything here has right hashes, so that only what the files hold can give it away.
"""

import json
import os
import pickle
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import pytest
from sklearn.preprocessing import FunctionTransformer

from crawler.errors import TasadorError
from models.model_runs.code_version import code_version
from models.model_runs.manifest import (
    MANIFEST_NAME,
    Manifest,
    OutdatedModelRun,
    file_sha256,
    read_manifest,
    write_manifest,
)
from models.model_runs.registry import KINDS, open_model_run
from models.prepare.soundness import skops_io
from models.train.model_run import make_model_run
from models.train.recipe import Recipe


class Payload:
    """Pickled, it makes a folder when it is read."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.path),)


@pytest.fixture(scope="module")
def models(cars: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The folders of a forest, a boosting and an ensemble of the two, as written; never to be changed."""
    folder = tmp_path_factory.mktemp("refusals")
    snapshot = folder / "snapshot.parquet"
    cars(300).write_parquet(snapshot)
    recipes = {
        "forest": Recipe(snapshot, "demo", "forest", folds=2, params={"n_trees": 3}),
        "boosting": Recipe(snapshot, "demo", "boosting", folds=2, params={"iterations": 5}),
    }
    made = {name: make_model_run(recipe, folder, lambda done: None) for name, recipe in recipes.items()}
    ensemble = Recipe(snapshot, "demo", "ensemble", folds=2, parts=tuple(made.values()))
    return made | {"ensemble": make_model_run(ensemble, folder, lambda done: None)}


@pytest.fixture
def copied(models: dict[str, Path], tmp_path: Path) -> Callable[[str], Path]:
    return lambda name: Path(shutil.copytree(models[name], tmp_path / name))


@pytest.fixture
def trap(tmp_path: Path) -> Payload:
    """A payload that works: read by pickle, it makes its folder."""
    payload = Payload(tmp_path / "executed")
    pickle.loads(pickle.dumps(payload))
    payload.path.rmdir()
    return payload


def seal(folder: Path, **changes: Any) -> None:
    """Write the manifest anew, with the hashes of the files as they are."""
    files = {
        path.relative_to(folder).as_posix(): {"sha256": file_sha256(path), "bytes": path.stat().st_size}
        for path in folder.rglob("*")
        if path.is_file() and path.name != MANIFEST_NAME
    }
    write_manifest(folder, replace(read_manifest(folder), files=files, **changes))


def refusal(folder: Path) -> str:
    """Return the line that a sealed folder is refused with, at the latest when it is asked for a price."""
    seal(folder)
    with pytest.raises(TasadorError) as raised:
        model_run = open_model_run(folder)
        assert model_run.certainty and model_run.members
    assert "\n" not in str(raised.value) and str(folder) in str(raised.value)
    return str(raised.value)


def test_as_they_were_written_they_are_used(models: dict[str, Path]) -> None:
    for folder in models.values():
        assert len(open_model_run(folder).members) == 2


def test_a_pickle_under_the_name_of_any_kind_of_file_is_refused(copied: Any, trap: Payload) -> None:
    folder = copied("ensemble")
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and path.name != MANIFEST_NAME):
        kept = path.read_bytes()
        path.unlink()  # an ensemble's files are its parts' too
        path.write_bytes(pickle.dumps(trap))
        assert f"{path.name} is of no kind that a model run has" in refusal(folder)
        path.write_bytes(kept)
    assert not trap.path.exists()


def test_a_pickle_inside_a_skops_file_is_refused(copied: Any, trap: Payload) -> None:
    folder = copied("forest")
    with zipfile.ZipFile(folder / "member_0" / "forest.skops", "a") as archive:
        archive.writestr("model.pkl", pickle.dumps(trap))
    assert "forest.skops holds 'model.pkl', which no saved model does" in refusal(folder)
    assert not trap.path.exists()


def test_a_pickle_in_place_of_an_array_in_a_skops_file_is_refused(copied: Any, trap: Payload) -> None:
    folder = copied("forest")
    path = folder / "member_0" / "forest.skops"
    with zipfile.ZipFile(path) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, kept in content.items():
            archive.writestr(name, pickle.dumps(trap) if name.endswith(".npy") else kept)
    assert "cannot be used" in refusal(folder)
    assert not trap.path.exists()


def test_a_skops_file_that_names_another_function_is_refused(copied: Any) -> None:
    folder = copied("forest")
    skops_io().dump(FunctionTransformer(os.system), folder / "member_0" / "forest.skops")
    assert "system" in refusal(folder)


@pytest.mark.parametrize(
    ("estimator", "changes", "words"),
    [
        ("forest", {"estimator": "os.system"}, "estimator must be one of"),
        ("forest", {"params": {"os.system": "true"}}, "os.system"),
        ("forest", {"params": ["os.system"]}, "cannot be used"),
        ("ensemble", {"parts": ["os.system"]}, "part must be one of"),
        ("ensemble", {"parts": ["../../another/member_0"]}, "part must be one of"),
        ("ensemble", {"parts": ["ensemble"]}, "part must be one of"),
    ],
)
def test_a_member_that_names_what_is_no_estimator_is_refused(
    copied: Any, estimator: str, changes: dict[str, Any], words: str
) -> None:
    folder = copied(estimator)
    path = folder / "member_0" / "member.json"
    state = json.loads(path.read_text()) | changes
    path.unlink()
    path.write_text(json.dumps(state))
    assert words in refusal(folder)


def test_the_parameters_that_a_manifest_records_make_nothing(copied: Any, trap: Payload) -> None:
    folder = copied("boosting")
    seal(folder, parameters={"os.mkdir": str(trap.path)})
    assert len(open_model_run(folder).members) == 2
    assert not trap.path.exists()


def test_a_manifest_that_claims_more_members_than_there_are_is_refused(copied: Any) -> None:
    folder = copied("boosting")
    seal(folder, folds=3)
    assert "member_2" in refusal(folder)


def test_a_sealed_manifest_of_other_fields_says_who_wrote_it(copied: Any) -> None:
    @dataclass(frozen=True)
    class Another(Manifest):
        attributes: str = "os.system"

    folder = copied("forest")
    kept = {field.name: getattr(read_manifest(folder), field.name) for field in fields(Manifest)}
    write_manifest(folder, Another(**kept | {"code_version": "0123abc"}))
    with pytest.raises(OutdatedModelRun, match="written by Tasador '0123abc', which records other things: use that"):
        open_model_run(folder)


def test_every_kind_of_file_that_is_written_is_known(models: dict[str, Path]) -> None:
    written = {path.suffix for folder in models.values() for path in folder.rglob("*") if path.is_file()}
    assert written <= set(KINDS)


def test_the_code_version_is_the_commit_of_a_checkout_else_the_package_s(
    models: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest = read_manifest(models["forest"])
    assert manifest.code_version
    monkeypatch.setattr("models.model_runs.code_version.CHECKOUT", tmp_path)
    assert code_version() == manifest.versions["tasador"]
