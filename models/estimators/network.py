"""What the two networks share: their parameters, the split to stop by, the scale of inputs and target. No framework.

Both are the same small ensemble of dense networks, so that Keras and PyTorch can be compared: periodic embeddings of
the continuous columns (Gorishniy et al. 2022), SiLU layers with He-normal weights, Huber loss on the standardised
target, AdamW under a cosine schedule with warm-up, early stopping by patience with the best epoch's weights kept.
"""

import json
from abc import abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt
import safetensors.numpy
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.model_selection import train_test_split
from sklearn.utils.validation import check_is_fitted, validate_data

Floats = npt.NDArray[np.float64]
Floats32 = npt.NDArray[np.float32]

# Where the loss turns from square to absolute, in standard deviations of the target: odd prices pull less.
HUBER_DELTA = 0.3
WARM_UP = 0.1  # share of the steps in which the learning rate rises
PREDICT_BATCH = 8192  # rows at once; small batches predict 20 times slower


class Rows(NamedTuple):
    """Inputs of shape (n, p) and standardised targets of shape (n,)."""

    X: Floats32
    y: Floats32


class Network(RegressorMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """An ensemble of ``members`` dense networks trained side by side; the prediction is their mean.

    Parameters
    ----------
    continuous_features : positions of the columns that get a periodic embedding; None: all
    hidden, members, dropout : units of each layer, networks in the ensemble, share of units dropped
    frequencies, embedding_size : waves per continuous column, and numbers that they are mixed to
    learning_rate, weight_decay, batch_size : of AdamW
    epochs, min_steps : passes over the rows at most; more where they make fewer steps than ``min_steps``
    validation_share, patience : rows held out, and epochs without gain after which training stops
    n_threads, random_state : threads used, and the seed
    """

    preparation = "dense"

    def __init__(
        self,
        continuous_features: Sequence[int] | None = None,
        hidden: Sequence[int] = (256, 128),
        members: int = 4,
        dropout: float = 0.1,
        frequencies: int = 8,
        embedding_size: int = 8,
        learning_rate: float = 2e-3,
        weight_decay: float = 1e-2,
        batch_size: int = 256,
        epochs: int = 25,
        min_steps: int = 600,
        validation_share: float = 0.1,
        patience: int = 10,
        n_threads: int = 1,
        random_state: int = 0,
    ) -> None:
        self.continuous_features = continuous_features
        self.hidden = hidden
        self.members = members
        self.dropout = dropout
        self.frequencies = frequencies
        self.embedding_size = embedding_size
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.batch_size = batch_size
        self.epochs = epochs
        self.min_steps = min_steps
        self.validation_share = validation_share
        self.patience = patience
        self.n_threads = n_threads
        self.random_state = random_state

    def fit(self, X: Any, y: Any) -> Self:
        """Train on X of shape (n, p) and y of shape (n,)."""
        X, y = validate_data(self, X, y, dtype=np.float64, ensure_min_samples=2, y_numeric=True)
        self.center_, self.scale_ = X.mean(axis=0), _positive(X.std(axis=0))
        self.target_center_, self.target_scale_ = float(y.mean()), float(_positive(y.std()))
        rows = Rows(self._inputs(X), ((y - self.target_center_) / self.target_scale_).astype(np.float32))
        parts = train_test_split(*rows, test_size=self.validation_share, random_state=self.random_state)
        self.network_, self.history_ = self._train(Rows(parts[0], parts[2]), Rows(parts[1], parts[3]))
        return self

    def predict(self, X: Any) -> Floats:
        """Return the ensemble's mean for each row, shape (n,)."""
        check_is_fitted(self)
        X = self._inputs(validate_data(self, X, dtype=np.float64, reset=False))
        batches = [self._forward(X[start : start + PREDICT_BATCH]) for start in range(0, len(X), PREDICT_BATCH)]
        return np.concatenate(batches).astype(np.float64) * self.target_scale_ + self.target_center_

    def save(self, folder: Path) -> None:
        """Write network.safetensors (weights and input scales) and network.json into an existing folder."""
        scales = {"center": self.center_, "scale": self.scale_}
        safetensors.numpy.save_file({**self._weights(), **scales}, folder / "network.safetensors")
        target = {"target_center": self.target_center_, "target_scale": self.target_scale_}
        (folder / "network.json").write_text(json.dumps(target))

    def restore(self, folder: Path) -> Self:
        """Take up what ``save`` wrote; the parameters must be those of the saved one."""
        arrays = safetensors.numpy.load_file(folder / "network.safetensors")
        target = json.loads((folder / "network.json").read_text())
        self.center_, self.scale_ = arrays.pop("center"), arrays.pop("scale")
        self.target_center_, self.target_scale_ = target["target_center"], target["target_scale"]
        self.n_features_in_ = len(self.center_)
        self.network_ = self._network_of(arrays)
        return self

    @abstractmethod
    def _train(self, train: Rows, validation: Rows) -> tuple[Any, dict[str, list[float]]]:
        """Return the framework's network with its best epoch's weights, and the losses by epoch."""

    @abstractmethod
    def _forward(self, X: Floats32) -> Floats32:
        """Return the ensemble's mean, standardised, shape (n,)."""

    @abstractmethod
    def _weights(self) -> dict[str, npt.NDArray[Any]]:
        """Return the network's arrays by name."""

    @abstractmethod
    def _network_of(self, weights: dict[str, npt.NDArray[Any]]) -> Any:
        """Return a network that holds the weights."""

    def _inputs(self, X: Floats) -> Floats32:
        """Return X standardised and softly kept within 3 deviations, so that no odd value runs away."""
        standard = (X - self.center_) / self.scale_
        return np.asarray(standard / np.sqrt(1 + (standard / 3) ** 2), dtype=np.float32)

    def _continuous(self) -> list[int]:
        features = self.continuous_features
        return list(range(self.n_features_in_)) if features is None else list(features)

    def _epochs(self, rows: int) -> int:
        """Return the most epochs: as asked for, more where the rows are so few that they make too few steps."""
        return max(self.epochs, -(-self.min_steps // self._batches(rows)))

    def _steps(self, rows: int) -> int:
        """Return how many batches the longest training takes."""
        return self._epochs(rows) * self._batches(rows)

    def _batches(self, rows: int) -> int:
        return -(-rows // self.batch_size)


def _positive(deviations: Any) -> Any:
    """Return the deviations with 1 in place of 0, so that a constant column stays constant."""
    return np.where(deviations > 0, deviations, 1.0)
