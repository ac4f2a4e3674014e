"""The Keras network on TensorFlow; the only file that imports them, and only when a network is trained."""

import logging
import math
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from models.estimators.forward import Arrays, named
from models.estimators.network import (
    HUBER_DELTA,
    PREDICT_BATCH,
    WARM_UP,
    Network,
    NetworkClassifier,
    NetworkRegressor,
    Rows,
)
from models.estimators.stopping import Epoch, Stopping


class _InKeras(Network):
    """The training of a network in Keras, on CUDA where TensorFlow finds one.

    TensorFlow sizes its thread pools once a process: the first network in a process decides for all.
    """

    def _train(self, train: Rows, validation: Rows, stopping: Stopping) -> None:
        keras, tf = frameworks(self.n_threads)
        network = self._build()
        loss, *metrics = _functions(self._loss_name())
        optimizer = keras.optimizers.AdamW(self._rates(len(train.y)), weight_decay=self.weight_decay)
        network.compile(optimizer=optimizer, loss=loss, metrics=metrics, jit_compile=False)

        def at_end_of_epoch(_: int, logs: dict[str, float]) -> None:
            epoch = Epoch(logs["loss"], logs["val_loss_of_mean"], logs["score_of_mean"], logs["val_score_of_mean"])
            network.stop_training = stopping.see(epoch, lambda: self._arrays_of(network))

        data = tf.data.Dataset.from_tensor_slices((train.X, self._for_members(train.y)))
        network.fit(
            data.shuffle(len(train.y), seed=self.random_state).batch(self.batch_size),
            validation_data=(validation.X, self._for_members(validation.y)),
            validation_batch_size=PREDICT_BATCH,
            epochs=self._epochs(len(train.y)),
            callbacks=[keras.callbacks.LambdaCallback(on_epoch_end=at_end_of_epoch)],
            shuffle=False,  # the data set shuffles
            verbose=0,
        )

    def _arrays_of(self, network: Any) -> Arrays:
        """Return a copy of the network's arrays, as ``forward`` reads them."""
        return named(network.get_weights(), embedded=bool(self._continuous()), members=self.members)

    def _rates(self, rows: int) -> Any:
        """Return the learning rate: one for all steps, or a linear rise, then half a cosine down to zero."""
        if self.schedule == "constant":
            return self.learning_rate
        keras, _ = frameworks(self.n_threads)
        steps = self._steps(rows)
        warm_up = int(WARM_UP * steps)
        return keras.optimizers.schedules.CosineDecay(
            0.0, steps - warm_up, warmup_target=self.learning_rate, warmup_steps=warm_up
        )

    def _for_members(self, y: npt.NDArray[Any]) -> npt.NDArray[Any]:
        return np.repeat(y[:, None, None], self.members, axis=1)

    def _build(self) -> Any:
        keras, _ = frameworks(self.n_threads)
        seeds = np.random.default_rng(self.random_state)
        inputs = keras.Input((self.n_features_in_,))
        together = keras.layers.Concatenate()([inputs, self._embedded(inputs, seeds)]) if self._continuous() else inputs
        rows = self._views(together, seeds)
        for units in self.hidden:
            deviation = self._deviation(rows.shape[-1], units, gain=math.sqrt(2))
            shared = keras.layers.Dense(units, self.activation, kernel_initializer=_normal(deviation, seeds))
            rows = keras.layers.Dropout(self.dropout, seed=_seed(seeds))(shared(rows))
        return keras.Model(inputs, self._heads(rows, seeds))

    def _embedded(self, inputs: Any, seeds: np.random.Generator) -> Any:
        """Return the periodic embedding of the continuous columns: (n, p) to (n, continuous * embedding_size)."""
        keras, _ = frameworks(self.n_threads)
        continuous = self._continuous()
        columns = keras.ops.take(inputs, continuous, axis=1)
        angles = (
            2
            * math.pi
            * _einsum("nc,cf->ncf", (len(continuous), self.frequencies), _normal(self.frequency_scale, seeds))(columns)
        )
        waves = keras.ops.concatenate([keras.ops.sin(angles), keras.ops.cos(angles)], axis=-1)
        first = _normal(1 / math.sqrt(2 * self.frequencies), seeds)
        mixed = _einsum("ncf,cfe->nce", (len(continuous), self.embedding_size), first)(waves)
        return keras.layers.Flatten()(keras.ops.relu(mixed))

    def _views(self, together: Any, seeds: np.random.Generator) -> Any:
        """Return what each member makes of the inputs, its own factor for each: (n, i) to (n, members, i)."""
        keras, _ = frameworks(self.n_threads)
        rows = keras.layers.RepeatVector(self.members)(together)
        if self.members == 1:
            return rows
        return _einsum("nmi,mi->nmi", rows.shape[1:], _signs(seeds))(rows)

    def _heads(self, rows: Any, seeds: np.random.Generator) -> Any:
        """Return each member's own last layer: (n, members, i) to (n, members, outputs)."""
        units = self._n_outputs()
        first = _normal(self._deviation(rows.shape[-1], units, gain=1.0), seeds)
        return _einsum("nmi,mio->nmo", (self.members, units), first, bias_axes="mo")(rows)


class KerasNetwork(_InKeras, NetworkRegressor):
    """The regression network of ``models.estimators.network`` in Keras."""


class KerasClassifier(_InKeras, NetworkClassifier):
    """The classification network of ``models.estimators.network`` in Keras."""


def _einsum(equation: str, shape: tuple[int, int], first: Any, bias_axes: str | None = None) -> Any:
    from keras import layers

    return layers.EinsumDense(equation, shape, kernel_initializer=first, bias_axes=bias_axes)


def _normal(deviation: float, seeds: np.random.Generator) -> Any:
    from keras import initializers

    return initializers.RandomNormal(stddev=deviation, seed=_seed(seeds))


def _signs(seeds: np.random.Generator) -> Any:
    """Return an initializer that draws -1 and 1."""
    from keras import ops

    normal = _normal(1.0, seeds)
    return lambda shape, dtype: ops.sign(normal(shape, dtype))


def _seed(seeds: np.random.Generator) -> int:
    return int(seeds.integers(2**31))


def _functions(loss_name: str) -> tuple[Any, Any, Any]:
    """Return the loss, and under their names in Keras' history the loss and the score of the members' mean.

    Predictions have the shape (n, members, outputs), targets (n, members, 1).
    """
    from keras import losses, ops

    loss = {
        "huber": losses.Huber(delta=HUBER_DELTA),
        "squared": losses.MeanSquaredError(),
        "cross_entropy": losses.SparseCategoricalCrossentropy(from_logits=True),
    }[loss_name]

    def loss_of_mean(y: Any, predicted: Any) -> Any:
        return loss(y[:, :1], _mean(loss_name, predicted))

    def score_of_mean(y: Any, predicted: Any) -> Any:
        mean = _mean(loss_name, predicted)[:, 0]
        if loss_name == "cross_entropy":
            return ops.cast(ops.equal(ops.argmax(mean, axis=1), ops.cast(y[:, 0, 0], "int64")), "float32")
        return 1 - ops.square(mean[:, 0] - y[:, 0, 0])

    return loss, loss_of_mean, score_of_mean


def _mean(loss_name: str, predicted: Any) -> Any:
    """Return the members' mean as if it were one member: (n, members, outputs) to (n, 1, outputs)."""
    from keras import ops

    if loss_name == "cross_entropy":
        return ops.log(ops.mean(ops.exp(ops.log_softmax(predicted)), axis=1, keepdims=True))
    return ops.mean(predicted, axis=1, keepdims=True)


def frameworks(n_threads: int) -> tuple[Any, Any]:
    """Import Keras and TensorFlow, and size the thread pool if that is still open."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # or it reports each missing GPU as an error
    with _silence():
        import keras
        import tensorflow as tf

    # It warns that each member's graph is traced anew: they are different networks.
    tf.get_logger().setLevel(logging.ERROR)
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
