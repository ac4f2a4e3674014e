"""When a network's training stops, and whose weights stay."""

import pytest

from models.estimators.stopping import Epoch, Stopping


def _train(stopping: Stopping, train: list[float], validation: list[float], scores: list[float] | None = None) -> int:
    """Return how many epochs of a made-up training are seen; an epoch's weights are its number."""
    rows = zip(train, validation, scores or [0.0] * len(train), strict=True)
    for number, (loss, held_out, score) in enumerate(rows, start=1):
        if stopping.see(Epoch(loss, held_out, score, score), lambda number=number: number):
            return number
    return len(train)


def test_patience_counts_epochs_since_the_lowest_validation_loss_and_keeps_its_weights() -> None:
    stopping = Stopping(patience=2, gap=None, target=None, keep="best")
    assert _train(stopping, [5, 4, 3, 2, 1], [5, 3, 4, 3, 2]) == 4
    assert stopping.weights == 2


def test_without_patience_all_epochs_are_trained() -> None:
    stopping = Stopping(patience=0, gap=None, target=None, keep="best")
    assert _train(stopping, [5, 4, 3, 2], [2, 3, 4, 5]) == 4
    assert stopping.weights == 1


def test_the_last_weights_are_kept_where_asked_for() -> None:
    stopping = Stopping(patience=0, gap=None, target=None, keep="last")
    _train(stopping, [5, 4, 3], [2, 3, 4])
    assert stopping.weights == 3


def test_a_gap_stops_only_when_it_lasts_for_patience_epochs() -> None:
    train, validation = [4, 2.0, 2.0, 2.0, 2.0, 2.0], [4, 3.2, 2.8, 3.1, 3.05, 2.5]
    assert _train(Stopping(patience=2, gap=1.5, target=None, keep="best"), train, validation) == 5
    assert _train(Stopping(patience=9, gap=1.5, target=None, keep="best"), train, validation) == 6


def test_a_target_of_the_training_rows_stops_at_the_end_of_its_epoch() -> None:
    stopping = Stopping(patience=0, gap=None, target=0.9, keep="last")
    assert _train(stopping, [3, 2, 1, 0], [3, 3, 3, 3], [0.8, 0.89, 0.9, 0.95]) == 3
    assert stopping.history["train_score"] == pytest.approx([0.8, 0.89, 0.9])
