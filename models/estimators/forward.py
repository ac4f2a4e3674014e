"""What a trained network answers, in numpy alone: both frameworks' arrays have the same names and shapes.

So scoring needs neither framework, nor a second form of the model beside the safetensors file, as ONNX would be: its
runtime is one more dependency, and on rows by the ten thousand no faster than the matrix products that numpy has too.

| array | shape | when there |
|---|---|---|
| waves | (continuous, frequencies) | with a periodic embedding |
| mix | (continuous, 2 * frequencies, embedding_size) | with a periodic embedding; sines come first |
| factors | (members, inputs) | with several members |
| layers.K.weight, layers.K.bias | (inputs, units), (units,) | for each hidden layer, from 0 |
| heads.weight, heads.bias | (members, inputs, outputs), (members, outputs) | always |
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Floats32 = npt.NDArray[np.float32]
Arrays = dict[str, Floats32]

# Rows at once: what lies between two layers then stays in a processor's cache.
ROWS_AT_ONCE = 512


def named(arrays: Sequence[npt.NDArray[Any]], *, embedded: bool, members: int) -> Arrays:
    """Return a copy of a network's arrays by name; they come in the table's order."""
    before = [*(["waves", "mix"] if embedded else []), *(["factors"] if members > 1 else [])]
    layers = range((len(arrays) - len(before)) // 2 - 1)
    dense = [f"layers.{layer}.{part}" for layer in layers for part in ("weight", "bias")]
    names = [*before, *dense, "heads.weight", "heads.bias"]
    return {name: np.array(array, order="C") for name, array in zip(names, arrays, strict=True)}


def forward(arrays: Arrays, X: Floats32, continuous: Sequence[int], activation: str) -> Floats32:
    """Return what each member answers to inputs of shape (n, p), as shape (members, n, outputs).

    ``continuous`` are the positions of the columns that are embedded; ``activation`` is "silu" or "relu".
    """
    layers, activate = _layers(arrays), ACTIVATIONS[activation]
    parts = [
        _through(layers, _embedded(arrays, X[start : start + ROWS_AT_ONCE], continuous), activate)
        for start in range(0, len(X), ROWS_AT_ONCE)
    ]
    return np.concatenate(parts, axis=1)


def _layers(arrays: Arrays) -> list[tuple[Floats32, Floats32]]:
    """Return weights and biases of each layer; the first one's weights hold the members' factors of its inputs."""
    names = [*(f"layers.{layer}" for layer in range(len(arrays))), "heads"]
    layers = [(arrays[f"{name}.weight"], arrays[f"{name}.bias"]) for name in names if f"{name}.weight" in arrays]
    first, bias = layers[0]
    factors = arrays.get("factors", np.ones((1, first.shape[-2]), np.float32))
    layers[0] = factors[:, :, None] * first, bias
    return [(weight, bias if bias.ndim == 1 else bias[:, None]) for weight, bias in layers]


def _through(layers: list[tuple[Floats32, Floats32]], rows: Floats32, activate: Callable[[Floats32], None]) -> Floats32:
    """Return the members' answers to embedded rows of shape (n, inputs), as shape (members, n, outputs)."""
    for number, (weight, bias) in enumerate(layers):
        if number:
            activate(rows)
        rows = np.matmul(rows, weight)
        rows += bias
    return rows


def _embedded(arrays: Arrays, X: Floats32, continuous: Sequence[int]) -> Floats32:
    """Return the columns beside their periodic embedding (Gorishniy et al. 2022): (n, p) to (n, p + embedded)."""
    if "waves" not in arrays:
        return X
    waves, mix = arrays["waves"], arrays["mix"]
    columns, frequencies = waves.shape
    angles = X.T[list(continuous)][:, :, None] * (np.float32(2 * math.pi) * waves)[:, None]
    both = np.empty((columns, len(X), 2 * frequencies), np.float32)
    np.sin(angles, out=both[:, :, :frequencies])
    np.cos(angles, out=both[:, :, frequencies:])
    mixed = np.matmul(both, mix)
    np.maximum(mixed, 0, out=mixed)
    return np.concatenate([X, mixed.transpose(1, 0, 2).reshape(len(X), -1)], axis=1)


def _silu(rows: Floats32) -> None:
    """Put x · sigmoid(x) in place of x; sigmoid(x) = (1 + tanh(x / 2)) / 2 overflows nowhere."""
    rows *= 0.5
    gate = np.tanh(rows)
    gate += 1
    rows *= gate


def _relu(rows: Floats32) -> None:
    np.maximum(rows, 0, out=rows)


ACTIVATIONS: dict[str, Callable[[Floats32], None]] = {"silu": _silu, "relu": _relu}
