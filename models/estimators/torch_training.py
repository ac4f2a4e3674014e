"""The training of a network in PyTorch, on CUDA where there is one; the only file that imports torch.

The arguments named ``asked`` are the estimator whose parameters hold.
"""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.estimators.forward import Arrays, named
from models.estimators.network import HUBER_DELTA, WARM_UP, Network, Rows
from models.estimators.stopping import Epoch, Stopping

ACTIVATIONS = {"silu": nn.SiLU, "relu": nn.ReLU}

# Losses of predictions (n, members, outputs) for targets (n,), means over members and rows.
LOSSES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "huber": lambda predicted, y: functional.huber_loss(predicted, _each(predicted, y), delta=HUBER_DELTA),
    "squared": lambda predicted, y: functional.mse_loss(predicted, _each(predicted, y)),
    "cross_entropy": lambda predicted, y: functional.cross_entropy(
        predicted.movedim(2, 1), y[:, None].expand(predicted.shape[:2])
    ),
}


def train(asked: Network, training: Rows, validation: Rows, stopping: Stopping) -> None:
    """Train until ``stopping`` says so, or to the last epoch; it then has the arrays to keep."""
    with _threads(asked.n_threads), torch.random.fork_rng():
        torch.manual_seed(asked.random_state)
        network = build(asked).to(_device())
        optimizer = torch.optim.AdamW(network.parameters(), lr=asked.learning_rate, weight_decay=asked.weight_decay)
        schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, _rates(asked, len(training.y)))
        held_out = _tensors(validation)
        for _ in range(asked._epochs(len(training.y))):
            trained = _fit_epoch(asked, network, optimizer, schedule, *_tensors(training))
            judged = _judge(asked._loss_name(), network, *held_out)
            if stopping.see(Epoch(trained[0], judged[0], trained[1], judged[1]), lambda: arrays_of(asked, network)):
                break


def build(asked: Network) -> nn.Module:
    """Return the untrained network: inputs (n, p) to answers (n, members, outputs)."""
    continuous = asked._continuous()
    size = asked.n_features_in_ + len(continuous) * asked.embedding_size
    layers: list[nn.Module] = []
    if continuous:
        layers += [Embedded(continuous, asked.frequencies, asked.frequency_scale, asked.embedding_size)]
    layers += [Views(asked.members, size) if asked.members > 1 else nn.Unflatten(1, (1, size))]
    for units in asked.hidden:
        shared = _linear(size, units, asked._deviation(size, units, gain=math.sqrt(2)))
        layers += [shared, ACTIVATIONS[asked.activation](), nn.Dropout(asked.dropout)]
        size = units
    outputs = asked._n_outputs()
    return nn.Sequential(*layers, Heads(asked.members, size, outputs, asked._deviation(size, outputs, gain=1.0)))


def arrays_of(asked: Network, network: nn.Module) -> Arrays:
    """Return a copy of the network's arrays, as ``forward`` reads them; a linear layer has its own transposed."""
    linear = {id(layer.weight) for layer in network if isinstance(layer, nn.Linear)}
    arrays = [(each.T if id(each) in linear else each).detach().cpu().numpy() for each in network.parameters()]
    return named(arrays, embedded=bool(asked._continuous()), members=asked.members)


def _fit_epoch(
    asked: Network, network: nn.Module, optimizer: Any, schedule: Any, X: Tensor, y: Tensor
) -> tuple[float, float]:
    """Return the loss and the score, means over the epoch."""
    network.train()
    loss_name = asked._loss_name()
    totals = torch.zeros(2)
    for rows in torch.randperm(len(y)).split(asked.batch_size):
        predicted = network(X[rows])
        loss = LOSSES[loss_name](predicted, y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        score = _score(loss_name, _mean(loss_name, predicted.detach()), y[rows])
        totals += len(rows) * torch.stack([loss.detach(), score]).cpu()
    loss_mean, score_mean = (totals / len(y)).tolist()
    return loss_mean, score_mean


def _judge(loss_name: str, network: nn.Module, X: Tensor, y: Tensor) -> tuple[float, float]:
    """Return the loss and the score of the members' mean."""
    with torch.inference_mode():
        mean = _mean(loss_name, network.eval()(X))
        return LOSSES[loss_name](mean, y).item(), _score(loss_name, mean, y).item()


def _rates(asked: Network, rows: int) -> Callable[[int], float]:
    """Return the learning rate's factor by step."""
    steps = asked._steps(rows)
    return (lambda step: _cosine(step / steps)) if asked.schedule == "cosine" else lambda step: 1.0


class Embedded(nn.Module):  # type: ignore[misc]  # PyTorch is not read by mypy here
    """Columns beside their periodic embedding: (n, p) to (n, p + embedded)."""

    def __init__(self, continuous: list[int], frequencies: int, scale: float, size: int) -> None:
        super().__init__()
        self.continuous = continuous
        self.waves = nn.Parameter(torch.randn(len(continuous), frequencies) * scale)
        self.mix = nn.Parameter(torch.randn(len(continuous), 2 * frequencies, size) / math.sqrt(2 * frequencies))

    def forward(self, X: Tensor) -> Tensor:
        """Return the columns, and what is made of them."""
        angles = 2 * math.pi * X[:, self.continuous, None] * self.waves
        waves = torch.cat([angles.sin(), angles.cos()], dim=-1)
        return torch.cat([X, torch.einsum("ncf,cfe->nce", waves, self.mix).relu().flatten(1)], dim=1)


class Views(nn.Module):  # type: ignore[misc]  # PyTorch is not read by mypy here
    """What each member makes of the inputs, its own factor for each: (n, inputs) to (n, members, inputs)."""

    def __init__(self, members: int, inputs: int) -> None:
        super().__init__()
        self.factors = nn.Parameter(torch.randint(2, (members, inputs)) * 2.0 - 1.0)

    def forward(self, X: Tensor) -> Tensor:
        """Return the inputs of the layers that the members share."""
        return X[:, None] * self.factors


class Heads(nn.Module):  # type: ignore[misc]  # PyTorch is not read by mypy here
    """One last layer for each member: (n, members, inputs) to (n, members, outputs); normal weights at first."""

    def __init__(self, members: int, inputs: int, outputs: int, deviation: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(members, inputs, outputs) * deviation)
        self.bias = nn.Parameter(torch.zeros(members, outputs))

    def forward(self, X: Tensor) -> Tensor:
        """Return each member's affine map of its own inputs."""
        return torch.einsum("nmi,mio->nmo", X, self.weight) + self.bias


def _linear(inputs: int, outputs: int, deviation: float) -> nn.Module:
    """Return one dense layer for all members; normal weights at first."""
    layer = nn.Linear(inputs, outputs)
    nn.init.normal_(layer.weight, std=deviation)
    nn.init.zeros_(layer.bias)
    return layer


def _each(predicted: Tensor, y: Tensor) -> Tensor:
    return y[:, None, None].expand_as(predicted)


def _mean(loss_name: str, predicted: Tensor) -> Tensor:
    """Return the members' mean as if it were one member: (n, members, outputs) to (n, 1, outputs)."""
    if loss_name == "cross_entropy":
        return predicted.softmax(dim=2).mean(dim=1, keepdim=True).log()
    return predicted.mean(dim=1, keepdim=True)


def _score(loss_name: str, mean: Tensor, y: Tensor) -> Tensor:
    """Return the accuracy, or R² for a standardised target."""
    if loss_name == "cross_entropy":
        return (mean[:, 0].argmax(dim=1) == y).float().mean()
    return 1 - (mean[:, 0, 0] - y).square().mean()


def _tensors(rows: Rows) -> tuple[Tensor, Tensor]:
    return torch.from_numpy(rows.X).to(_device()), torch.from_numpy(rows.y).to(_device())


def _device() -> str:
    return "cuda" if torch.cuda.is_available() else "cpu"


def _cosine(progress: float) -> float:
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
