"""What predicting in numpy is worth beside the frameworks' own: ``python -m bench.forward 100000``.

Prints a JSON line for each of numpy, torch and keras: rows a second by the clock and by CPU on one thread, the median
of some rounds that take turns, on listings like those of cars_com_dealers; and ``off``, how far an answer is from
numpy's at most, in standard deviations of the target. The networks are those of the default arguments, untrained. Exit
code 1: numpy takes more than 1.5 times torch's CPU.
"""

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import numpy as np
import numpy.typing as npt
import polars as pl
from threadpoolctl import threadpool_limits

from bench.preparation import write_listings
from models.estimators.forward import forward
from models.estimators.keras_network import KerasNetwork, frameworks
from models.estimators.network import PREDICT_BATCH
from models.estimators.torch_network import TorchNetwork
from models.prepare.preparation import Preparation

FITTED_ROWS = 8_000
ROUNDS = 3
MOST_CPU = 1.5

Floats32 = npt.NDArray[np.float32]
Answers = Callable[[Floats32], Floats32]  # of a batch of inputs: (members, rows, outputs)


def prepared(rows: int) -> tuple[Floats32, tuple[int, ...]]:
    """Return the dense matrix of so many listings, and the positions of its continuous columns."""
    with tempfile.TemporaryDirectory() as scratch:
        write_listings(rows, Path(scratch) / "listings.parquet")
        listings = pl.read_parquet(Path(scratch) / "listings.parquet")
    fitted = listings.head(FITTED_ROWS)
    preparation = Preparation("dense")
    preparation.fit_transform(fitted, np.log(fitted["asking_price"].cast(pl.Float64).to_numpy()))
    return preparation.transform(listings).matrix.astype(np.float32), preparation.continuous


def competitors(columns: int, continuous: tuple[int, ...]) -> dict[str, tuple[Answers, Answers]]:
    """Return each framework's own answers, and numpy's from the same arrays."""
    asked, of_torch = _in_torch(TorchNetwork(continuous), columns)
    by_torch = _in_numpy(asked.arrays_, continuous)
    asked, of_keras = _in_keras(KerasNetwork(continuous), columns)
    return {"torch": (of_torch, by_torch), "keras": (of_keras, _in_numpy(asked.arrays_, continuous))}


def _in_numpy(arrays: dict[str, Floats32], continuous: tuple[int, ...]) -> Answers:
    return lambda X: forward(arrays, X, continuous, "silu")


def _in_torch(asked: Any, columns: int) -> tuple[Any, Answers]:
    import torch

    from models.estimators.torch_training import arrays_of, build

    torch.set_num_threads(1)
    asked.n_features_in_ = columns
    network = build(asked).eval()
    asked.arrays_ = arrays_of(asked, network)

    def answers(X: Floats32) -> Floats32:
        with torch.inference_mode():
            return np.asarray(network(torch.from_numpy(X)).numpy().transpose(1, 0, 2))

    return asked, answers


def _in_keras(asked: Any, columns: int) -> tuple[Any, Answers]:
    frameworks(1)
    asked.n_features_in_ = columns
    network = asked._build()
    asked.arrays_ = asked._arrays_of(network)
    return asked, lambda X: np.asarray(network.predict_on_batch(X)).transpose(1, 0, 2)


def in_batches(answers: Answers, X: Floats32) -> Floats32:
    """Return the answers to all rows, asked for as an estimator asks."""
    return np.concatenate([answers(X[start : start + PREDICT_BATCH]) for start in range(0, len(X), PREDICT_BATCH)], 1)


def _timed(work: Callable[[], Any]) -> tuple[float, float]:
    clock, cpu = time.monotonic(), time.process_time()
    work()
    return time.monotonic() - clock, time.process_time() - cpu


@click.command()
@click.argument("rows", type=click.IntRange(1), default=100_000)
def main(rows: int) -> None:
    """Print a line for each way to predict."""
    X, continuous = prepared(rows)
    pairs = competitors(X.shape[1], continuous)
    ways = {"numpy": pairs["torch"][1], **{name: own for name, (own, _) in pairs.items()}}
    off = {name: np.abs(in_batches(own, X) - in_batches(ours, X)).max() for name, (own, ours) in pairs.items()}
    with threadpool_limits(1, "blas"):
        rounds = [
            {name: _timed(lambda way=way: in_batches(way, X)) for name, way in ways.items()} for _ in range(ROUNDS)
        ]
    cpu = {name: statistics.median(each[name][1] for each in rounds) for name in ways}
    for name in ways:
        seconds = statistics.median(each[name][0] for each in rounds)
        rates = {"rows_per_second": round(rows / seconds), "rows_per_cpu_second": round(rows / cpu[name])}
        print(json.dumps({"by": name, "rows": rows, "columns": X.shape[1], **rates, "off": float(off.get(name, 0))}))
    sys.exit(cpu["numpy"] > MOST_CPU * cpu["torch"])


if __name__ == "__main__":
    main()
