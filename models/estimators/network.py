"""What the networks share: their parameters, the split to stop by, the scale of inputs and target, and predicting.

A framework trains and is then done with: what it has learned are arrays, by which ``forward`` predicts.

By default they are the same ensemble in one network, so that Keras and PyTorch can be compared: periodic embeddings
of the continuous columns (Gorishniy et al. 2022), members that share the layers and differ by a factor for each input
and by their last layer (TabM-mini, Gorishniy et al. 2025), SiLU layers with He-normal weights, Huber loss on the
standardised target, AdamW under a cosine schedule with warm-up, early stopping by patience with the best epoch's
weights kept. Other parameters make them the plain stacks of the architecture study.
"""

import json
import math
from abc import abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple, Self

import numpy as np
import numpy.typing as npt
import safetensors.numpy
from scipy.special import softmax
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.model_selection import train_test_split
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data
from threadpoolctl import threadpool_limits

from models.estimators.forward import Arrays, Floats32, forward
from models.estimators.stopping import Keep, Stopping
from models.estimators.walks import walk

Floats = npt.NDArray[np.float64]

# Where the loss turns from square to absolute, in standard deviations of the target: odd prices pull less. Of what
# price levels leave over, 0.05 to 0.5 give the same on real listings; of whole log prices, 0.3 would be squares.
HUBER_DELTA = 0.2
WARM_UP = 0.1  # share of the steps in which the learning rate rises
EPOCHS = 25
MIN_STEPS, MAX_STEPS = 600, 3_000  # too few to learn from; more cost minutes on many rows
PREDICT_BATCH = 8192  # rows at once; all of a million, scaled, would take gigabytes
DTYPES = (np.float64, np.float32)  # other inputs become the first


class Rows(NamedTuple):
    """Inputs of shape (n, p) and targets of shape (n,): standardised floats, or classes as numbers from 0."""

    X: Floats32
    y: npt.NDArray[Any]


class Network(BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """An ensemble of ``members`` in one network, trained side by side; the prediction is their mean.

    All share the layers but the last. A member's factors of the inputs begin as random signs, so that each starts from
    a view of its own. With one member and no frequencies it is a plain stack of dense layers.

    Parameters
    ----------
    continuous_features : positions of the columns that get a periodic embedding; None: all
    hidden, members, dropout : units of each layer, size of the ensemble, share of units dropped
    frequencies, embedding_size : waves per continuous column (0: no embedding), and numbers that they are mixed to
    frequency_scale : standard deviation of the waves' first frequencies, in periods per standardised unit
    activation : "silu" or "relu"
    initialisation : "he" (He et al. 2015, of normal numbers, the last layer without its gain) or "glorot" (2010)
    scale_inputs : whether columns are standardised and their odd values drawn in; False takes them as they are
    loss : of a regression, "huber" or "squared"; a classification has cross-entropy
    learning_rate, weight_decay, batch_size : of AdamW, which without weight decay is Adam
    schedule : of the learning rate, "cosine" (with warm-up) or "constant"
    epochs : passes over the rows at most; None: EPOCHS, but as many as make between MIN_STEPS and MAX_STEPS
    validation_share : rows held out
    patience, stop_gap, stop_at, keep : as Stopping's patience, gap, target and keep
    n_threads, random_state : threads used, and the seed
    """

    preparation = "dense"
    target = "residual"

    def __init__(
        self,
        continuous_features: Sequence[int] | None = None,
        hidden: Sequence[int] = (256, 128),
        members: int = 4,
        dropout: float = 0.1,
        frequencies: int = 8,
        frequency_scale: float = 0.2,
        embedding_size: int = 8,
        activation: Literal["silu", "relu"] = "silu",
        initialisation: Literal["he", "glorot"] = "he",
        scale_inputs: bool = True,
        loss: Literal["huber", "squared"] = "huber",
        learning_rate: float = 2e-3,
        weight_decay: float = 1e-2,
        batch_size: int = 256,
        schedule: Literal["cosine", "constant"] = "cosine",
        epochs: int | None = None,
        validation_share: float = 0.1,
        patience: int = 10,
        stop_gap: float | None = None,
        stop_at: float | None = None,
        keep: Keep = "best",
        n_threads: int = 1,
        random_state: int = 0,
    ) -> None:
        self.continuous_features = continuous_features
        self.hidden = hidden
        self.members = members
        self.dropout = dropout
        self.frequencies = frequencies
        self.frequency_scale = frequency_scale
        self.embedding_size = embedding_size
        self.activation = activation
        self.initialisation = initialisation
        self.scale_inputs = scale_inputs
        self.loss = loss
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.batch_size = batch_size
        self.schedule = schedule
        self.epochs = epochs
        self.validation_share = validation_share
        self.patience = patience
        self.stop_gap = stop_gap
        self.stop_at = stop_at
        self.keep = keep
        self.n_threads = n_threads
        self.random_state = random_state

    def save(self, folder: Path) -> None:
        """Write network.safetensors (arrays and input scales) and network.json into an existing folder."""
        scales = {"center": self.center_, "scale": self.scale_}
        safetensors.numpy.save_file({**self.arrays_, **scales}, folder / "network.safetensors")
        (folder / "network.json").write_text(json.dumps(self._state()))

    def restore(self, folder: Path) -> Self:
        """Take up what ``save`` wrote; the parameters must be those of the saved one."""
        arrays = safetensors.numpy.load_file(folder / "network.safetensors")
        self._take_state(json.loads((folder / "network.json").read_text()))
        self.center_, self.scale_ = arrays.pop("center"), arrays.pop("scale")
        self.n_features_in_ = len(self.center_)
        self.arrays_: Arrays = arrays
        return self

    @property
    def n_parameters_(self) -> int:
        """The numbers that training has set."""
        return sum(array.size for array in self.arrays_.values())

    @abstractmethod
    def _train(self, train: Rows, validation: Rows, stopping: Stopping) -> None:
        """Train in a framework, imported only now, and give ``stopping`` the arrays that ``forward`` reads."""

    @abstractmethod
    def _combined(self, answers: Floats) -> Floats:
        """Return the mean of the members' answers, shape (members, n, outputs) to (n, outputs)."""

    @abstractmethod
    def _state(self) -> dict[str, Any]:
        """Return what was learned of the target, for JSON."""

    @abstractmethod
    def _take_state(self, state: dict[str, Any]) -> None:
        """Take up what ``_state`` returned."""

    @abstractmethod
    def _loss_name(self) -> str:
        """The loss to train by: "huber", "squared" or "cross_entropy"."""

    @abstractmethod
    def _n_outputs(self) -> int:
        """The units of the last layer."""

    def _fit(self, X: Floats, y: npt.NDArray[Any]) -> Self:
        """Train on checked inputs and the targets that the network is to give."""
        self.center_, self.scale_ = X.mean(axis=0), _positive(X.std(axis=0))
        parts = train_test_split(self._inputs(X), y, test_size=self.validation_share, random_state=self.random_state)
        stopping = Stopping(self.patience, self.stop_gap, self.stop_at, self.keep)
        self._train(Rows(parts[0], parts[2]), Rows(parts[1], parts[3]), stopping)
        self.arrays_, self.history_ = stopping.weights, stopping.history
        return self

    def _outputs_of(self, X: Any) -> Floats:
        """Return the ensemble's mean for unchecked inputs, shape (n, outputs)."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=DTYPES, reset=False)
        starts, continuous = range(0, len(X), PREDICT_BATCH), self._continuous()
        with threadpool_limits(self.n_threads, "blas"):
            batches = (self._inputs(X[start : start + PREDICT_BATCH]) for start in starts)
            answers = [forward(self.arrays_, batch, continuous, self.activation) for batch in batches]
        return self._combined(np.concatenate(answers, axis=1).astype(np.float64))

    def _inputs(self, X: Floats) -> Floats32:
        """Return X standardised and softly kept within 3 deviations, so that no odd value runs away."""
        if not self.scale_inputs:
            return np.asarray(X, dtype=np.float32)
        standard = (X - self.center_) / self.scale_
        return np.asarray(standard / np.sqrt(1 + (standard / 3) ** 2), dtype=np.float32)

    def _continuous(self) -> list[int]:
        features = self.continuous_features
        if not self.frequencies:
            return []
        return list(range(self.n_features_in_)) if features is None else list(features)

    def _deviation(self, inputs: int, units: int, gain: float) -> float:
        """Return the standard deviation of a layer's first weights; ``gain`` is what follows the layer makes good."""
        if self.initialisation == "glorot":
            return math.sqrt(2 / (inputs + units))
        return gain / math.sqrt(inputs)

    def _epochs(self, rows: int) -> int:
        """Return the most epochs: as asked for, else by how many steps the rows make in one."""
        if self.epochs is not None:
            return self.epochs
        batches = self._batches(rows)
        return max(-(-MIN_STEPS // batches), min(EPOCHS, MAX_STEPS // batches))

    def _steps(self, rows: int) -> int:
        """Return how many batches the longest training takes."""
        return self._epochs(rows) * self._batches(rows)

    def _batches(self, rows: int) -> int:
        return -(-rows // self.batch_size)


class NetworkRegressor(RegressorMixin, Network):  # type: ignore[misc]  # scikit-learn ships no types
    """A network of one linear output for a standardised target."""

    def fit(self, X: Any, y: Any) -> Self:
        """Train on X of shape (n, p) and y of shape (n,)."""
        X, y = validate_data(self, X, y, dtype=DTYPES, ensure_min_samples=2, y_numeric=True)
        return self._fit(X, self._to_learn(y))

    def predict(self, X: Any) -> Floats:
        """Return the ensemble's mean for each row, shape (n,)."""
        return self._to_tell(self._outputs_of(X)[:, 0])

    def contributions(self, X: Any, groups: Floats) -> Floats:
        """Return what each group of columns adds to the mean row's prediction, and last this, shape (n, groups + 1).

        ``groups``, shape (p, groups), is 1 where a column belongs to a group. The mean is that of the training rows.
        """
        check_is_fitted(self)
        X = validate_data(self, X, dtype=DTYPES, reset=False)
        return walk(self.predict, self.center_, X, groups)

    def _to_learn(self, y: Floats) -> Floats32:
        """Learn the scale of the target and return it standardised."""
        self.target_center_, self.target_scale_ = float(y.mean()), float(_positive(y.std()))
        return ((y - self.target_center_) / self.target_scale_).astype(np.float32)

    def _to_tell(self, outputs: Floats) -> Floats:
        """Return outputs in the target's unit."""
        return outputs * self.target_scale_ + self.target_center_

    def _combined(self, answers: Floats) -> Floats:
        return np.asarray(answers.mean(axis=0))

    def _loss_name(self) -> str:
        return self.loss

    def _n_outputs(self) -> int:
        return 1

    def _state(self) -> dict[str, Any]:
        return {"target_center": self.target_center_, "target_scale": self.target_scale_}

    def _take_state(self, state: dict[str, Any]) -> None:
        self.target_center_, self.target_scale_ = state["target_center"], state["target_scale"]


class NetworkClassifier(ClassifierMixin, Network):  # type: ignore[misc]  # scikit-learn ships no types
    """A network of one output per class, softmax over them; the members' mean is that of their probabilities."""

    def fit(self, X: Any, y: Any) -> Self:
        """Train on X of shape (n, p) and the classes y of shape (n,)."""
        X, y = validate_data(self, X, y, dtype=DTYPES, ensure_min_samples=2)
        check_classification_targets(y)
        self.classes_, numbers = np.unique(y, return_inverse=True)
        return self._fit(X, numbers)

    def predict(self, X: Any) -> npt.NDArray[Any]:
        """Return the most probable class of each row, shape (n,)."""
        most_probable = self._outputs_of(X).argmax(axis=1)
        return np.asarray(self.classes_[most_probable])

    def predict_proba(self, X: Any) -> Floats:
        """Return the probability of each of ``classes_`` for each row, shape (n, classes)."""
        return self._outputs_of(X)

    def _combined(self, answers: Floats) -> Floats:
        return np.asarray(softmax(answers, axis=2).mean(axis=0))

    def _loss_name(self) -> str:
        return "cross_entropy"

    def _n_outputs(self) -> int:
        return len(self.classes_)

    def _state(self) -> dict[str, Any]:
        return {"classes": self.classes_.tolist()}

    def _take_state(self, state: dict[str, Any]) -> None:
        self.classes_ = np.array(state["classes"])


def _positive(deviations: Any) -> Any:
    """Return the deviations with 1 in place of 0, so that a constant column stays constant."""
    return np.where(deviations > 0, deviations, 1.0)
