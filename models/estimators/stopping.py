"""When the training of a network stops, and which epoch's weights it keeps: one rule for both frameworks."""

from collections.abc import Callable
from typing import Any, Literal, NamedTuple

import numpy as np

Keep = Literal["best", "last"]


class Epoch(NamedTuple):
    """What an epoch came to: losses (less is better) and scores (accuracy or R²: more is better).

    Those of the training rows are means over the epoch's batches, while the weights change and with dropout.
    """

    train: float
    validation: float
    train_score: float
    validation_score: float


class Stopping:
    """Keeps the history of a training; its weights are those of the epoch with the lowest validation loss, or the last.

    Training stops when one of these holds at the end of an epoch:

    - patience: that many epochs have passed since the lowest validation loss; 0: no such limit
    - gap: in each of the last ``patience`` epochs (at least one) validation loss was above ``gap`` times training loss
    - target: the score on the training rows has come to ``target``
    """

    def __init__(self, patience: int, gap: float | None, target: float | None, keep: Keep) -> None:
        self.patience = patience
        self.gap = gap
        self.target = target
        self.keep = keep
        self.history: dict[str, list[float]] = {name: [] for name in Epoch._fields}
        self.weights: Any = None

    def see(self, epoch: Epoch, weights: Callable[[], Any]) -> bool:
        """Record an epoch, take its weights where they are to be kept, and return whether to stop."""
        for name, value in epoch._asdict().items():
            self.history[name].append(float(value))
        losses = self.history["validation"]
        since_best = len(losses) - 1 - int(np.argmin(losses))
        if self.keep == "last" or since_best == 0:
            self.weights = weights()
        return (0 < self.patience <= since_best) or self._is_overfitting() or self._is_good_enough()

    def _is_overfitting(self) -> bool:
        epochs = max(1, self.patience)
        train, validation = (np.array(self.history[part][-epochs:]) for part in ("train", "validation"))
        return self.gap is not None and len(train) == epochs and bool((validation > self.gap * train).all())

    def _is_good_enough(self) -> bool:
        return self.target is not None and self.history["train_score"][-1] >= self.target
