"""The pictures: written, of the expected size, and not blank."""

import struct
from pathlib import Path

import numpy as np
from matplotlib.image import imread

from models.evaluate.metrics import evaluate
from models.train.pictures import draw_learning_curves, draw_predicted_against_actual

HISTORY = {"train": [1.0, 0.5, 0.3, 0.25], "validation": [1.1, 0.6, 0.5, 0.55]}


def _size(path: Path) -> tuple[int, int]:
    """Return width and height in pixels, from the PNG's own header."""
    header = path.read_bytes()[:24]
    assert header[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", header[16:24])
    return width, height


def _colors(path: Path) -> int:
    return len(np.unique(imread(path).reshape(-1, 4), axis=0))


def test_learning_curves_of_two_estimators_stand_side_by_side(tmp_path) -> None:
    one, two = tmp_path / "reports" / "one.png", tmp_path / "reports" / "two.png"
    assert draw_learning_curves({"keras_network": [HISTORY] * 5}, one)
    assert draw_learning_curves({"keras_network": [HISTORY] * 5, "torch_network": [HISTORY] * 5}, two)
    assert _size(two)[0] > 1.5 * _size(one)[0]
    assert _size(two)[1] == _size(one)[1]
    assert _colors(two) > 50


def test_estimators_without_a_history_are_left_out(tmp_path) -> None:
    only, path = tmp_path / "only.png", tmp_path / "with_forest.png"
    draw_learning_curves({"boosting": [HISTORY]}, only)
    draw_learning_curves({"boosting": [HISTORY], "forest": [{}, {}]}, path)
    assert _size(path) == _size(only)


def test_nothing_is_drawn_where_nobody_has_a_history(tmp_path) -> None:
    assert not draw_learning_curves({"baseline": [{}]}, tmp_path / "none.png")
    assert not (tmp_path / "none.png").exists()


def test_a_history_without_validation_is_drawn(tmp_path) -> None:
    assert draw_learning_curves({"boosting": [{"train": [1.0, 0.5]}]}, tmp_path / "train.png")


def test_predicted_against_actual_is_a_square_picture_of_all_cars(tmp_path) -> None:
    random = np.random.default_rng(0)
    actual = random.lognormal(10, 0.6, 500)
    predicted = actual * np.exp(random.normal(0, 0.1, 500))
    path = tmp_path / "predicted.png"
    draw_predicted_against_actual(
        actual, predicted, path, title="us: forest", currency="USD", metrics=evaluate(actual, predicted)
    )
    assert _size(path) == (792, 816)
    assert _colors(path) > 50
