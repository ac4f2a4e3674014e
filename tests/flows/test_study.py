"""`tasador study` as a person meets it: what it refuses, and what it leaves for people to look at."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from crawler.errors import TasadorError
from flows.steps.study import write_study
from flows.summaries.study import tell_study
from models.study.variants import Outcome, Study, Variant

HISTORY = {
    "train": [0.9, 0.5, 0.3], "validation": [0.8, 0.6, 0.7],
    "train_score": [0.6, 0.8, 0.9], "validation_score": [0.7, 0.8, 0.78],
}  # fmt: skip
FIGURES = {"train": 0.9, "test": 0.78, "overfitting": 0.12, "epochs": 3, "kept": 3, "parameters": 1_234,
           "seconds": 1.5, "cpu_seconds": 1.4, "peak_mb": 200.0, "install_mb": 700.0}  # fmt: skip
STUDY = Study("shirts", "classification", {"class_names": ["Shirt", "Bag"]}, ())


def _outcome(name: str) -> Outcome:
    answers = [{"row": 4, "label": 1, "probabilities": [0.75, 0.25]}]
    return Outcome(Variant(name, "torch", {}), FIGURES, HISTORY, answers)


def test_a_study_leaves_its_table_its_answers_and_a_picture_for_each_variant(tmp_path: Path, capsys) -> None:
    broken = Outcome(Variant("deep", "keras", {}), failure="MemoryError")
    tell_study(write_study(tmp_path, STUDY, [_outcome("128 units, 5 epochs"), broken]))
    assert {path.name for path in tmp_path.iterdir()} == {
        "results.csv", "probabilities.csv", "128-units-5-epochs-in-torch.png",
    }  # fmt: skip
    assert pl.read_csv(tmp_path / "results.csv")["overfitting"].to_list() == [0.12]
    told = capsys.readouterr().out
    assert "128 units, 5 epochs   torch" in told
    assert "+0.1200" in told and "1,234" in told and "1.4" in told
    assert "Shirt 75.0%" in told and "25.0%" in told
    assert "deep in keras: MemoryError" in told


def test_a_study_that_is_stopped_leaves_what_it_came_to(tmp_path: Path) -> None:
    def stopped() -> Iterator[Outcome]:
        yield _outcome("first")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_study(tmp_path, STUDY, stopped())
    assert pl.read_csv(tmp_path / "results.csv")["variant"].to_list() == ["first"]
    assert (tmp_path / "first-in-torch.png").exists()


def test_a_study_of_which_nothing_could_be_trained_has_failed(tmp_path: Path) -> None:
    with pytest.raises(TasadorError, match="no variant could be trained: killed"):
        write_study(tmp_path, STUDY, [Outcome(Variant("deep", "keras", {}), failure="killed")])


def test_missing_images_are_told_with_how_to_get_them(tasador, tmp_path: Path) -> None:
    path = tmp_path / "shirts.toml"
    path.write_text(f'task = "classification"\n[data]\nfolder = "{tmp_path}"\n[[variants]]\nname = "one"\n')
    answer = tasador("study", str(path))
    assert answer.code == 2
    assert "has no train-images-idx3-ubyte or train-images-idx3-ubyte.gz" in answer.err


def test_a_study_of_listings_needs_listings(tasador, tmp_path: Path) -> None:
    path = tmp_path / "cars.toml"
    path.write_text('task = "regression"\n[[variants]]\nname = "one"\n')
    answer = tasador("study", str(path))
    assert answer.code == 1
    assert "there are no listings yet" in answer.err
