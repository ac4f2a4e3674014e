"""The PyTorch network; the only file that imports torch, and itself imported only when this estimator is asked for."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from models.estimators.network import HUBER_DELTA, WARM_UP, Floats32, Network, Rows


class TorchNetwork(Network):
    """The network of ``models.estimators.network`` in PyTorch."""

    def _train(self, train: Rows, validation: Rows) -> tuple[nn.Module, dict[str, list[float]]]:
        with _threads(self.n_threads), torch.random.fork_rng():
            torch.manual_seed(self.random_state)
            network = self._build()
            optimizer = torch.optim.AdamW(network.parameters(), lr=self.learning_rate, weight_decay=self.weight_decay)
            steps = self._steps(len(train.y))
            schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _rate(step / steps))
            return network, self._fit_epochs(network, optimizer, schedule, train, validation)

    def _fit_epochs(
        self, network: nn.Module, optimizer: Any, schedule: Any, train: Rows, validation: Rows
    ) -> dict[str, list[float]]:
        history: dict[str, list[float]] = {"train": [], "validation": []}
        X, y = torch.from_numpy(train.X), torch.from_numpy(train.y)
        best = math.inf
        for epoch in range(self._epochs(len(y))):
            history["train"].append(self._fit_epoch(network, optimizer, schedule, X, y))
            history["validation"].append(_loss_of_mean(network, validation))
            if history["validation"][-1] < best:
                best, best_epoch = history["validation"][-1], epoch
                weights = {name: tensor.clone() for name, tensor in network.state_dict().items()}
            elif epoch - best_epoch >= self.patience:
                break
        network.load_state_dict(weights)
        return history

    def _fit_epoch(self, network: nn.Module, optimizer: Any, schedule: Any, X: Tensor, y: Tensor) -> float:
        network.train()
        total = 0.0
        for rows in torch.randperm(len(y)).split(self.batch_size):
            loss = _loss(network(X[rows]), y[rows, None])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item() * len(rows)
        return total / len(y)

    def _forward(self, X: Floats32) -> Floats32:
        with _threads(self.n_threads), torch.inference_mode():
            return np.asarray(self.network_.eval()(torch.from_numpy(X)).mean(dim=1).numpy())

    def _weights(self) -> dict[str, npt.NDArray[Any]]:
        return {name: tensor.numpy() for name, tensor in self.network_.state_dict().items()}

    def _network_of(self, weights: dict[str, npt.NDArray[Any]]) -> nn.Module:
        with torch.random.fork_rng():
            network = self._build()
        network.load_state_dict({name: torch.from_numpy(array) for name, array in weights.items()})
        return network

    def _build(self) -> nn.Module:
        continuous = self._continuous()
        layers: list[nn.Module] = [Inputs(continuous, self.frequencies, self.embedding_size, self.members)]
        size = self.n_features_in_ + len(continuous) * self.embedding_size
        for units in self.hidden:
            layers += [Packed(self.members, size, units, gain=math.sqrt(2)), nn.SiLU(), nn.Dropout(self.dropout)]
            size = units
        return nn.Sequential(*layers, Packed(self.members, size, 1, gain=1.0), nn.Flatten(start_dim=1))


class Inputs(nn.Module):  # type: ignore[misc]  # PyTorch is not read by mypy here
    """Columns beside their periodic embedding, once for each member: (n, p) to (n, members, p + embedded)."""

    def __init__(self, continuous: list[int], frequencies: int, size: int, members: int) -> None:
        super().__init__()
        self.continuous = continuous
        self.members = members
        self.waves = nn.Parameter(torch.randn(len(continuous), frequencies))
        self.mix = nn.Parameter(torch.randn(len(continuous), 2 * frequencies, size) / math.sqrt(2 * frequencies))

    def forward(self, X: Tensor) -> Tensor:
        """Return the inputs of the first dense layer."""
        angles = 2 * math.pi * X[:, self.continuous, None] * self.waves
        waves = torch.cat([angles.sin(), angles.cos()], dim=-1)
        embedded = torch.einsum("ncf,cfe->nce", waves, self.mix).relu().flatten(1)
        together = torch.cat([X, embedded], dim=1)
        return together[:, None].expand(-1, self.members, -1)


class Packed(nn.Module):  # type: ignore[misc]  # PyTorch is not read by mypy here
    """One dense layer for each member: (n, members, inputs) to (n, members, outputs), He-normal for gain √2."""

    def __init__(self, members: int, inputs: int, outputs: int, gain: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(members, inputs, outputs) * gain / math.sqrt(inputs))
        self.bias = nn.Parameter(torch.zeros(members, outputs))

    def forward(self, X: Tensor) -> Tensor:
        """Return each member's affine map of its own inputs."""
        return torch.einsum("nmi,mio->nmo", X, self.weight) + self.bias


def _loss(predicted: Tensor, y: Tensor) -> Tensor:
    return nn.functional.huber_loss(predicted, y.expand_as(predicted), delta=HUBER_DELTA)


def _loss_of_mean(network: nn.Module, rows: Rows) -> float:
    with torch.inference_mode():
        predicted = network.eval()(torch.from_numpy(rows.X)).mean(dim=1)
    return float(_loss(predicted, torch.from_numpy(rows.y)))


def _rate(progress: float) -> float:
    """Return the learning rate's factor: a linear rise, then half a cosine down to zero."""
    if progress < WARM_UP:
        return progress / WARM_UP
    return 0.5 * (1 + math.cos(math.pi * (progress - WARM_UP) / (1 - WARM_UP)))


@contextmanager
def _threads(n_threads: int) -> Iterator[None]:
    """Compute on so many threads, and leave the process's own number as it was."""
    before = torch.get_num_threads()
    torch.set_num_threads(n_threads)
    try:
        yield
    finally:
        torch.set_num_threads(before)
