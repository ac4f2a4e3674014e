"""The Keras network on TensorFlow; the only file that imports them, and only when a network is built."""

import math
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from models.estimators.network import HUBER_DELTA, PREDICT_BATCH, WARM_UP, Floats32, Network, Rows


class KerasNetwork(Network):
    """The network of ``models.estimators.network`` in Keras.

    TensorFlow sizes its thread pools once a process: the first network in a process decides for all.
    """

    def _train(self, train: Rows, validation: Rows) -> tuple[Any, dict[str, list[float]]]:
        keras, tf = _frameworks(self.n_threads)
        network = self._build()
        network.compile(
            optimizer=keras.optimizers.AdamW(self._schedule(len(train.y)), weight_decay=self.weight_decay),
            loss=keras.losses.Huber(delta=HUBER_DELTA),
            metrics=[loss_of_mean],
            jit_compile=False,
        )
        stop = keras.callbacks.EarlyStopping(
            "val_loss_of_mean", mode="min", patience=self.patience, restore_best_weights=True
        )
        data = tf.data.Dataset.from_tensor_slices((train.X, self._for_members(train.y)))
        curves = network.fit(
            data.shuffle(len(train.y), seed=self.random_state).batch(self.batch_size),
            validation_data=(validation.X, self._for_members(validation.y)),
            validation_batch_size=PREDICT_BATCH,
            epochs=self._epochs(len(train.y)),
            callbacks=[stop],
            shuffle=False,  # the data set shuffles
            verbose=0,
        ).history
        return network, {"train": curves["loss"], "validation": curves["val_loss_of_mean"]}

    def _forward(self, X: Floats32) -> Floats32:
        members = np.asarray(self.network_.predict_on_batch(X))
        mean: Floats32 = members.mean(axis=1)
        return mean

    def _weights(self) -> dict[str, npt.NDArray[Any]]:
        return {f"weight_{index}": array for index, array in enumerate(self.network_.get_weights())}

    def _network_of(self, weights: dict[str, npt.NDArray[Any]]) -> Any:
        network = self._build()
        network.set_weights([weights[f"weight_{index}"] for index in range(len(weights))])
        return network

    def _schedule(self, rows: int) -> Any:
        """Return a linear rise of the learning rate, then half a cosine down to zero."""
        keras, _ = _frameworks(self.n_threads)
        steps = self._steps(rows)
        warm_up = int(WARM_UP * steps)
        return keras.optimizers.schedules.CosineDecay(
            0.0, steps - warm_up, warmup_target=self.learning_rate, warmup_steps=warm_up
        )

    def _for_members(self, y: Floats32) -> Floats32:
        return np.repeat(y[:, None], self.members, axis=1)

    def _build(self) -> Any:
        keras, _ = _frameworks(self.n_threads)
        seeds = np.random.default_rng(self.random_state)
        inputs = keras.Input((self.n_features_in_,))
        together = keras.layers.Concatenate()([inputs, self._embedded(inputs, seeds)])
        rows = keras.layers.RepeatVector(self.members)(together)
        for units in self.hidden:
            rows = keras.ops.silu(self._packed(rows, units, math.sqrt(2), seeds))
            rows = keras.layers.Dropout(self.dropout, seed=_seed(seeds))(rows)
        return keras.Model(inputs, keras.layers.Flatten()(self._packed(rows, 1, 1.0, seeds)))

    def _embedded(self, inputs: Any, seeds: np.random.Generator) -> Any:
        """Return the periodic embedding of the continuous columns: (n, p) to (n, continuous * embedding_size)."""
        keras, _ = _frameworks(self.n_threads)
        continuous = self._continuous()
        columns = keras.ops.take(inputs, continuous, axis=1)
        angles = 2 * math.pi * _einsum("nc,cf->ncf", (len(continuous), self.frequencies), 1.0, seeds)(columns)
        waves = keras.ops.concatenate([keras.ops.sin(angles), keras.ops.cos(angles)], axis=-1)
        deviation = 1 / math.sqrt(2 * self.frequencies)
        mixed = _einsum("ncf,cfe->nce", (len(continuous), self.embedding_size), deviation, seeds)(waves)
        return keras.layers.Flatten()(keras.ops.relu(mixed))

    def _packed(self, rows: Any, units: int, gain: float, seeds: np.random.Generator) -> Any:
        """Return one dense layer for each member, He-normal for gain √2: (n, members, i) to (n, members, units)."""
        deviation = gain / math.sqrt(rows.shape[-1])
        return _einsum("nmi,mio->nmo", (self.members, units), deviation, seeds, bias_axes="mo")(rows)


def _einsum(
    equation: str, shape: tuple[int, int], deviation: float, seeds: np.random.Generator, bias_axes: str | None = None
) -> Any:
    from keras import initializers, layers

    normal = initializers.RandomNormal(stddev=deviation, seed=_seed(seeds))
    return layers.EinsumDense(equation, shape, kernel_initializer=normal, bias_axes=bias_axes)


def _seed(seeds: np.random.Generator) -> int:
    return int(seeds.integers(2**31))


def loss_of_mean(y: Any, predicted: Any) -> Any:
    """Return the loss of the members' mean: what early stopping watches, under this name in Keras' history."""
    from keras import losses, ops

    return losses.huber(y[:, :1], ops.mean(predicted, axis=1, keepdims=True), delta=HUBER_DELTA)


def _frameworks(n_threads: int) -> tuple[Any, Any]:
    """Import Keras and TensorFlow, and size the thread pool if that is still open."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # or it reports each missing GPU as an error
    with _silence():
        import keras
        import tensorflow as tf

    with suppress(RuntimeError):  # raised once TensorFlow has computed anything: the pool is what it is
        tf.config.threading.set_intra_op_parallelism_threads(n_threads)
        tf.config.threading.set_inter_op_parallelism_threads(n_threads)
    return keras, tf


@contextmanager
def _silence() -> Iterator[None]:
    """Send file descriptor 2 nowhere: TensorFlow 2.21 writes notices there at import that no setting stops."""
    before = os.dup(2)
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(before, 2)
            os.close(before)
