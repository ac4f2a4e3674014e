"""Model runs on disk: what is recorded, and what is refused."""

import json
import pickle
import shutil
from dataclasses import asdict, replace
from pathlib import Path

import polars as pl
import pytest

from crawler.errors import TasadorError
from models.model_runs.manifest import MANIFEST_NAME, OutdatedModelRun, file_sha256, read_manifest, write_manifest
from models.model_runs.registry import find_model_runs, open_model_run, save_model_run
from models.train.model_run import make_model_run
from models.train.recipe import Recipe


@pytest.fixture(scope="module")
def saved(cars, tmp_path_factory) -> Path:
    """A baseline's folder as written; never to be changed."""
    folder = tmp_path_factory.mktemp("registry")
    cars(300).write_parquet(folder / "snapshot.parquet")
    recipe = Recipe(folder / "snapshot.parquet", "demo", "baseline", seed=3)
    return make_model_run(recipe, folder / "models", lambda done: None)


@pytest.fixture
def copied(saved, tmp_path) -> Path:
    return Path(shutil.copytree(saved, tmp_path / saved.name))


def _refusal(folder: Path) -> str:
    with pytest.raises(TasadorError) as raised:
        open_model_run(folder)
    assert "\n" not in str(raised.value)
    return str(raised.value)


def _seal_anew(folder: Path, **changes: object) -> None:
    """Write the manifest as somebody would who knows how it is sealed."""
    files = {
        path.relative_to(folder).as_posix(): {"sha256": file_sha256(path), "bytes": path.stat().st_size}
        for path in folder.rglob("*")
        if path.is_file() and path.name != MANIFEST_NAME
    }
    write_manifest(folder, replace(read_manifest(folder), files=files, **changes))


def test_the_manifest_tells_all_that_a_model_run_was_made_of(saved) -> None:
    manifest = read_manifest(saved)
    assert saved == saved.parent.parent / "demo" / manifest.model_run_id
    assert (manifest.market, manifest.currency, manifest.estimator) == ("demo", "USD", "baseline")
    assert manifest.training_rows + manifest.holdout_rows == manifest.snapshot.rows == 300
    assert manifest.snapshot.sha256 == file_sha256(Path(manifest.snapshot.path))
    assert manifest.seeds == [3000, 3001, 3002, 3003, 3004]
    assert manifest.out_of_fold.rows == manifest.training_rows
    assert manifest.holdout.rows == manifest.holdout_rows
    assert manifest.coverage == 0.8 and manifest.holdout_coverage_95 >= manifest.holdout_coverage
    assert {"polars", "scikit-learn", "tasador"} <= set(manifest.versions)
    assert {path.suffix for path in saved.rglob("*") if path.is_file()} <= {".json", ".parquet"}


def test_tables_of_a_model_run_are_kept(saved) -> None:
    model_run = open_model_run(saved)
    assert model_run.out_of_fold.columns == ["listing_id", "vehicle_id", "asking_price", "fold", "predicted_price"]
    assert model_run.out_of_fold.height == model_run.manifest.training_rows
    assert model_run.holdout.columns == [
        "listing_id",
        "vehicle_id",
        "asking_price",
        "predicted_price",
        "lower",
        "upper",
        "lower_95",
        "upper_95",
        "reason_code",
    ]
    assert model_run.evaluation.columns == ["segment", "value", "rows", "metric", "estimate", "lower", "upper"]
    assert model_run.evaluation.filter(segment="all", metric="mae")["estimate"].item() == model_run.manifest.holdout.mae
    assert model_run.outliers.columns == ["fold", "listing_id", "reason"]
    assert model_run.training_vehicles["vehicle_id"].is_unique().all()


def test_model_runs_are_found_oldest_first_and_unfinished_ones_are_not(saved, tmp_path) -> None:
    for name in ("20260102T000000Z-baseline-b", "20260101T000000Z-forest-a", ".20260103T000000Z-forest-c.writing"):
        shutil.copytree(saved, tmp_path / "demo" / name)
    (tmp_path / "demo" / "failed-forest.log").touch()
    names = [folder.name for folder in find_model_runs(tmp_path, "demo")]
    assert names == ["20260101T000000Z-forest-a", "20260102T000000Z-baseline-b"]


def test_one_changed_byte_in_any_file_is_refused(saved, tmp_path) -> None:
    for path in sorted(path for path in saved.rglob("*") if path.is_file()):
        folder = Path(shutil.copytree(saved, tmp_path / path.name / "copy"))
        changed = folder / path.relative_to(saved)
        content = bytearray(changed.read_bytes())
        content[len(content) // 2] ^= 1
        changed.write_bytes(content)
        assert f"{path.name} has changed since it was written" in _refusal(folder)
        shutil.rmtree(tmp_path / path.name)


def test_a_missing_file_is_refused(copied) -> None:
    (copied / "outliers.parquet").unlink()
    assert "outliers.parquet is missing" in _refusal(copied)


def test_an_additional_file_is_refused(copied) -> None:
    (copied / "member_0" / "notes.json").write_text("{}")
    assert "member_0/notes.json does not belong there" in _refusal(copied)


def test_a_link_is_refused_as_an_additional_file(copied, tmp_path) -> None:
    (copied / "member_0" / "link.json").symlink_to(tmp_path / "nowhere")
    assert "member_0/link.json does not belong there" in _refusal(copied)


def test_a_pickle_in_place_of_a_file_is_refused(copied) -> None:
    (copied / "outliers.parquet").write_bytes(pickle.dumps({"weights": [1, 2, 3]}))
    assert "outliers.parquet has changed" in _refusal(copied)


def test_a_pickle_is_refused_even_where_the_manifest_names_it(copied) -> None:
    (copied / "member_0" / "model.pkl").write_bytes(pickle.dumps([1, 2, 3]))
    _seal_anew(copied)
    assert "member_0/model.pkl is of no kind that a model run has" in _refusal(copied)


def test_an_unknown_estimator_is_refused(copied) -> None:
    _seal_anew(copied, estimator="os.system")
    assert "estimator must be one of baseline, forest" in _refusal(copied)


def test_a_manifest_changed_by_hand_is_refused(copied) -> None:
    content = json.loads((copied / MANIFEST_NAME).read_text())
    content["holdout"]["mae"] = 1.0
    (copied / MANIFEST_NAME).write_text(json.dumps(content))
    assert "manifest.json has changed since it was written" in _refusal(copied)


def test_a_manifest_that_is_none_is_refused(copied) -> None:
    for content in (b"", b"\x80\x04", b"[]", b"{}"):
        (copied / MANIFEST_NAME).write_bytes(content)
        assert "manifest.json has changed since it was written" in _refusal(copied)


def test_a_later_format_says_which_version_reads_it(copied) -> None:
    write_manifest(copied, replace(read_manifest(copied), format_version=9))
    assert "is of format 9 and this version reads 3" in _refusal(copied)


def test_an_earlier_format_or_other_features_can_be_replaced(copied) -> None:
    manifest = read_manifest(copied)
    old = {"format_version": 1, "code_version": "0123abc"}
    for told, changed in (
        ("is of format 1 .*: use Tasador '0123abc', which wrote it", old),
        ("fitted on other features", {"features": ["x"]}),
    ):
        write_manifest(copied, replace(manifest, **changed))
        with pytest.raises(OutdatedModelRun, match=told):
            open_model_run(copied)


def test_a_folder_without_a_manifest_holds_no_model_run(tmp_path) -> None:
    assert "holds no model run" in _refusal(tmp_path)


def test_a_manifest_reads_as_it_was_written(make_manifest, tmp_path) -> None:
    write_manifest(tmp_path, make_manifest())
    assert asdict(read_manifest(tmp_path)) == asdict(make_manifest())


def test_a_model_run_that_cannot_be_written_leaves_nothing_behind(make_manifest, tmp_path) -> None:
    class Unsaveable:
        def save(self, folder: Path) -> None:
            folder.mkdir()
            raise OSError("no space left on device")

    with pytest.raises(OSError, match="no space"):
        save_model_run(tmp_path, make_manifest(), [Unsaveable()], {"outliers": pl.DataFrame()}, None)
    assert list((tmp_path / "demo").iterdir()) == []
