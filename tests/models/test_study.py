"""The study: its file, images in IDX form, and variants trained in processes of their own."""

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest

from crawler.errors import UsageError
from models.study.idx import NAMES, read_idx, read_images
from models.study.variants import Outcome, Study, Variant, figures_table, probabilities_table, read_study, run_study
from models.study.worker import install_bytes

STUDY = """
task = "classification"
frameworks = ["torch"]
[data]
folder = "images"
rows = [0, 3]
class_names = ["dark", "bright"]
[defaults]
members = 1
frequencies = 0
patience = 0
epochs = 2
[[variants]]
name = "wide"
units = [8]
[[variants]]
name = "stopped"
units = [4]
epochs = 50
stop_at = 0.5
"""


def _write_idx(path: Path, array: np.ndarray, packed: bool) -> None:
    content = struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.astype(np.uint8).tobytes()
    path.with_name(path.name + ".gz").write_bytes(gzip.compress(content)) if packed else path.write_bytes(content)


def _write_images(folder: Path, packed: bool = True) -> Path:
    """Write 300 + 60 pictures of 4 x 3 pixels, dark or bright."""
    random = np.random.default_rng(0)
    folder.mkdir()
    for part, rows in (("train", 300), ("test", 60)):
        labels = random.integers(0, 2, rows)
        images = np.clip(random.normal(80 + 100 * labels[:, None, None], 30, (rows, 4, 3)), 0, 255)
        _write_idx(folder / NAMES[f"{part}_images"], images, packed)
        _write_idx(folder / NAMES[f"{part}_labels"], labels, packed)
    return folder


def _study(tmp_path: Path, text: str = STUDY) -> Path:
    path = tmp_path / "brightness.toml"
    path.write_text(text)
    return path


@pytest.mark.parametrize("packed", [True, False])
def test_images_are_read_from_0_to_1_packed_or_plain(tmp_path: Path, packed: bool) -> None:
    train, test = read_images(_write_images(tmp_path / "images", packed))
    assert train.X.shape == (300, 12) and test.X.shape == (60, 12)
    assert train.X.dtype == np.float32
    assert 0 <= train.X.min() < 0.2 < 0.8 < train.X.max() <= 1
    assert set(train.y) == {0, 1}


def test_a_missing_file_is_told_with_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"has no train-images-idx3-ubyte or .*: name a folder that has it"):
        read_images(tmp_path)


@pytest.mark.parametrize("content", [b"", b"no idx file", struct.pack(">HBBI", 0, 8, 1, 9) + b"short"])
def test_what_is_not_idx_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "labels"
    path.write_bytes(content)
    with pytest.raises(UsageError, match="must be a file in IDX form"):
        read_idx(path)


def test_labels_that_are_too_few_are_refused(tmp_path: Path) -> None:
    folder = _write_images(tmp_path / "images", packed=False)
    _write_idx(folder / NAMES["train_labels"], np.zeros(7), packed=False)
    with pytest.raises(UsageError, match="one label per image, got 300 x 4 x 3 images, 7 labels"):
        read_images(folder)


def test_a_study_file_gives_each_variant_in_each_framework_over_the_defaults(tmp_path: Path) -> None:
    study = read_study(_study(tmp_path, STUDY.replace('frameworks = ["torch"]\n', "")))
    assert study.name == "brightness"
    assert [(each.name, each.framework) for each in study.variants] == [
        ("wide", "keras"), ("wide", "torch"), ("stopped", "keras"), ("stopped", "torch"),
    ]  # fmt: skip
    assert study.variants[-1].parameters["epochs"] == 50
    assert study.variants[0].parameters | {"hidden": [8], "epochs": 2} == study.variants[0].parameters


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ('"classification"', '"clustering"', "task must be one of regression, classification, got 'clustering'"),
        ('["torch"]', '["jax"]', "frameworks must be one of keras, torch, got 'jax'"),
        ("units = [4]", "unit = 4", "variant stopped: a key must be one of .*, got 'unit'"),
        ("rows = [0, 3]", "row = 3", "a key must be one of class_names, folder, rows, got 'row'"),
        ('name = "wide"', "name = 7", "a variant's name must be a text, got 7"),
        ("[data]", "[data", "cannot be read"),
    ],
)
def test_a_study_file_that_says_something_else_is_refused(tmp_path: Path, before: str, after: str, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        read_study(_study(tmp_path, STUDY.replace(before, after)))


@pytest.mark.parametrize("name", ["fashion_mnist", "cars"])
def test_the_shipped_studies_can_be_read(name: str) -> None:
    study = read_study(Path(__file__).parents[2] / "studies" / f"{name}.toml")
    assert {each.framework for each in study.variants} == {"keras", "torch"}
    assert len(study.variants) == {"fashion_mnist": 10, "cars": 6}[name]


def test_variants_train_one_after_another_and_are_measured(tmp_path: Path) -> None:
    study = read_study(_study(tmp_path))
    told: list[tuple[int, str]] = []
    source = {"folder": str(_write_images(tmp_path / "images"))}
    wide, stopped = run_study(study, source, lambda number, variant: told.append((number, variant.name)))
    assert told == [(0, "wide"), (1, "stopped")]
    assert wide.failure is None and stopped.failure is None
    assert wide.figures["epochs"] == 2
    assert wide.figures["parameters"] == (12 * 8 + 8) + (8 * 2 + 2)
    assert wide.figures["overfitting"] == pytest.approx(wide.figures["train"] - wide.figures["test"])
    assert stopped.figures["epochs"] < 50
    assert stopped.figures["peak_mb"] > 50 and stopped.figures["install_mb"] > 100
    assert figures_table([wide, stopped])["variant"].to_list() == ["wide", "stopped"]
    answers = probabilities_table(study, [wide, stopped])
    assert answers["row"].to_list() == [0, 3, 0, 3]
    np.testing.assert_allclose(answers["dark"] + answers["bright"], 1)


def test_a_variant_that_fails_is_told_and_the_others_go_on(tmp_path: Path) -> None:
    variants = (
        Variant("broken", "torch", {"hidden": [4], "activation": "none", "epochs": 1}),
        Variant("whole", "torch", {"hidden": [4], "epochs": 1}),
    )
    study = Study("two", "classification", {"rows": []}, variants)
    broken, whole = run_study(study, {"folder": str(_write_images(tmp_path / "images"))}, lambda *_: None)
    assert broken.failure is not None and "'none'" in broken.failure
    assert whole.figures["epochs"] == 1


def test_a_study_of_listings_tells_errors_in_price(snapshot, tmp_path: Path) -> None:
    variants = (Variant("small", "torch", {"hidden": [16], "members": 1, "epochs": 60}),)
    study = Study("cars", "regression", {}, variants)
    (outcome,) = run_study(study, {"snapshot": str(snapshot(400)), "market": "demo"}, lambda *_: None)
    assert outcome.failure is None
    assert 0 < outcome.figures["mdape"] < 0.5 and outcome.figures["mae"] > 0
    assert outcome.figures["test"] < 1
    assert len(outcome.history["train_score"]) == outcome.figures["epochs"] > 5


def test_an_install_counts_what_it_requires_and_nothing_twice() -> None:
    assert install_bytes("torch") > install_bytes("sympy") > install_bytes("mpmath") > 0
    assert install_bytes("no-such-package") == 0


def test_a_failed_variant_has_no_row() -> None:
    variant = Variant("a", "torch", {})
    assert figures_table([Outcome(variant, {"test": 0.5}), Outcome(variant, failure="no memory")]).height == 1
