"""What imputation is worth in a price: the estimators that need it, with numbers filled by medians and by ours.

``python -m bench.imputation_worth [--seeds 1]`` prints a JSON line for each estimator and way to fill, on
cars_com_dealers as it is and with 15 % of the known numbers hidden before anything is fitted: out-of-fold errors of
its training rows, three folds by vehicle. The holdout is never looked at. The estimators are smaller than those that
go live, so that it takes minutes; which numbers were missing they are told either way.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import numpy.typing as npt
import polars as pl

from bench.imputation import HIDDEN_SHARE, NUMBERS
from bench.real_tables import REAL_TABLES, freeze_by_rule
from models.evaluate.holdout import fold_of, read_split
from models.evaluate.metrics import evaluate
from models.model_runs.member import Member
from models.prepare.imputation import ChainedImputer

Floats = npt.NDArray[np.float64]

FOLDS = 3
NETWORK = {"hidden": (128, 128), "members": 4, "epochs": 15, "patience": 5}
ESTIMATORS: dict[str, dict[str, Any]] = {
    "forest": {"n_trees": 50},
    "torch_network": NETWORK,
    "keras_network": NETWORK,
}
FILLS: dict[str, Any] = {"medians": partial(ChainedImputer, rounds=0), "ours": ChainedImputer}


def hide(listings: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Return the listings without HIDDEN_SHARE of their NUMBERS, each cell hidden for itself."""
    random = np.random.default_rng(seed)
    dropped = {name: pl.Series(random.random(listings.height) < HIDDEN_SHARE) for name in NUMBERS}
    return listings.with_columns(pl.when(~hidden).then(pl.col(name)).alias(name) for name, hidden in dropped.items())


def out_of_fold(listings: pl.DataFrame, seed: int, fill: str) -> dict[str, Floats]:
    """Return each estimator's price of each listing, shape (rows,), learned from the vehicles of other folds."""
    fold = fold_of(listings["vehicle_id"], FOLDS)
    prices = {name: np.empty(listings.height) for name in ESTIMATORS}
    for k in range(FOLDS):
        preparer = Member("forest", seed=seed)
        with patch("models.prepare.dense.ChainedImputer", FILLS[fill]):  # the preparation itself leaves no choice
            learned, target = preparer.prepare(listings.filter(fold != k))
        asked = preparer.preparation.transform(listings.filter(fold == k))
        for name, params in ESTIMATORS.items():
            member = Member(name, seed=seed, params=params)
            member.preparation = preparer.preparation
            prices[name][(fold == k).to_numpy()] = np.exp(
                member.new_estimator().fit(learned, target).predict(asked.matrix) + preparer.start(asked)
            )
    return prices


def lines(listings: pl.DataFrame, seeds: Sequence[int]) -> Iterator[dict[str, Any]]:
    """Yield the mean errors over the seeds, of which each hides other cells.

    ``saved`` is by how much the mean absolute log error is lower than with medians, ``give_or_take`` the standard
    error of that over the listings.
    """
    actual = listings["asking_price"].cast(float).to_numpy()
    for share in (0.0, HIDDEN_SHARE):
        tables = [hide(listings, seed) if share else listings for seed in seeds]
        priced = {fill: [out_of_fold(*each, fill) for each in zip(tables, seeds, strict=True)] for fill in FILLS}
        for name in ESTIMATORS:
            prices = {fill: np.array([one[name] for one in priced[fill]]) for fill in FILLS}
            off = {fill: np.abs(np.log(prices[fill] / actual)).mean(axis=0) for fill in FILLS}
            for fill in FILLS:
                saved = off["medians"] - off[fill]
                doubt = {"saved": float(saved.mean()), "give_or_take": float(saved.std() / np.sqrt(len(saved)))}
                yield {"hidden": share, "estimator": name, "fill": fill} | _errors(actual, prices[fill]) | doubt


def _errors(actual: Floats, prices: Floats) -> dict[str, float]:
    measured = [evaluate(actual, predicted) for predicted in prices]
    return {name: float(np.mean([getattr(one, name) for one in measured])) for name in ("mae", "mdape", "log_mae")}


def main(arguments: Sequence[str]) -> None:
    """Print the lines."""
    parser = argparse.ArgumentParser(prog="python -m bench.imputation_worth")
    parser.add_argument("--seeds", type=int, default=1)
    seeds = range(parser.parse_args(arguments).seeds)
    with tempfile.TemporaryDirectory() as folder:
        listings, _ = read_split(*freeze_by_rule(REAL_TABLES["cars_com_dealers"], Path(folder)))
    for line in lines(listings, seeds):
        print(json.dumps({key: round(v, 4) if isinstance(v, float) else v for key, v in line.items()}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
