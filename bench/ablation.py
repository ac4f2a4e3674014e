"""What each feature family is worth, and what leaks would add: boosting alone, inside the training rows of a table.

``python -m bench.ablation [TABLE] [--seeds 3] [--iterations 600] [--leaks]`` prints JSON lines: the error with every
family, without each in turn, and for cars_com_dealers with the site's own deal badge and with a random split of the raw
rows; with ``--leaks`` the last two alone. The holdout is never looked at.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from bench.real_tables import FOLDER, REAL_TABLES, RealTable, freeze_by_rule
from models.estimators.boosting import Boosting
from models.evaluate.holdout import fold_of, read_split
from models.evaluate.metrics import evaluate
from models.prepare.features import FAMILIES, build_features, features_of
from models.prepare.outliers import find_outliers
from models.prepare.preparation import Preparation

Floats = npt.NDArray[np.float64]
BADGE = "deal_badge_code"


@dataclass(frozen=True, slots=True)
class CrossValidation:
    """How errors are measured: the folds, and how long boosting learns with how many seeds."""

    folds: int = 3
    iterations: int = 600
    seeds: int = 3

    def errors(
        self, listings: pl.DataFrame, *, without: Sequence[str] = (), extra: str | None = None, grouped: bool = True
    ) -> dict[str, float]:
        """Return the mean metrics over the seeds, each of all rows' out-of-fold predictions.

        Args:
            listings: priced rows.
            without: families left out.
            extra: a column of ``listings`` with whole numbers, given to the trees as a further category.
            grouped: folds by vehicle; else rows are dealt at random, and a vehicle may stand on both sides.
        """
        measured = [self._errors(listings, seed, without, extra, grouped) for seed in range(self.seeds)]
        return {name: float(np.mean([one[name] for one in measured])) for name in measured[0]}

    def _errors(
        self, listings: pl.DataFrame, seed: int, without: Sequence[str], extra: str | None, grouped: bool
    ) -> dict[str, float]:
        dealt = pl.Series("fold", np.random.default_rng(seed).permutation(listings.height) % self.folds)
        fold = fold_of(listings["vehicle_id"], self.folds) if grouped else dealt
        predicted = np.empty(listings.height)
        for k in range(self.folds):
            training, tested = listings.filter(fold != k), listings.filter(fold == k)
            predicted[(fold == k).to_numpy()] = self._predict(training, tested, seed, without, extra)
        metrics = evaluate(listings["asking_price"].to_numpy(), predicted)
        return {name: getattr(metrics, name) for name in ("mae", "mdape", "log_rmse", "rmse", "r2")}

    def _predict(
        self, training: pl.DataFrame, tested: pl.DataFrame, seed: int, without: Sequence[str], extra: str | None
    ) -> Floats:
        training = training.filter(~pl.col("listing_id").is_in(find_outliers(training)["listing_id"].implode()))
        log_prices = np.log(training["asking_price"].to_numpy())
        preparation = Preparation("native", seed=seed, without=without)
        learned = preparation.fit_transform(training, log_prices)
        asked = preparation.transform(tested)
        matrix = _with(extra, training, learned.matrix)
        categorical = (*preparation.categorical, *([matrix.shape[1] - 1] if extra else []))
        trees = Boosting(categorical, iterations=self.iterations, learning_rate=0.1, random_state=seed)
        trees.fit(matrix, log_prices - learned.expected)
        prices: Floats = np.exp(asked.expected + trees.predict(_with(extra, tested, asked.matrix)))
        return prices


def _with(extra: str | None, listings: pl.DataFrame, matrix: npt.NDArray[Any]) -> Floats:
    return np.column_stack([matrix, listings[extra]]) if extra else np.asarray(matrix)


def ablation(listings: pl.DataFrame, measure: CrossValidation) -> Iterator[dict[str, Any]]:
    """Yield the errors with every family, then without each that the listings tell of, and what that adds to MAE."""
    whole = measure.errors(listings)
    yield {"without": None} | whole
    features = build_features(listings)
    for family in FAMILIES:
        if any(features[name].drop_nulls().n_unique() > 1 for name in features_of([family])):
            errors = measure.errors(listings, without=[family])
            yield {"without": family} | errors | {"mae_added": errors["mae"] / whole["mae"] - 1}


def leaks(listings: pl.DataFrame, raw: pl.DataFrame, measure: CrossValidation) -> Iterator[dict[str, Any]]:
    """Yield the errors that two leaks would show on cars_com_dealers, of which ``raw`` are the rows as published."""
    badges = raw.unique("VIN", keep="last").select(vin="VIN", **{BADGE: pl.col("DealType").rank("dense")})
    yield {"leak": None} | measure.errors(listings)
    yield {"leak": "the site's badge"} | measure.errors(_joined(listings, badges), extra=BADGE)
    repeated = _joined(listings, raw.select(vin="VIN"))
    yield {"leak": "repeated VINs, random split"} | measure.errors(repeated, grouped=False)
    yield {"leak": "repeated VINs, split by vehicle"} | measure.errors(repeated)


def _joined(listings: pl.DataFrame, raw: pl.DataFrame) -> pl.DataFrame:
    return listings.join(raw, on="vin", how="inner", maintain_order="left_right")


def lines(table: RealTable, measure: CrossValidation, *, only_leaks: bool) -> Iterator[dict[str, Any]]:
    """Yield a table's lines."""
    with tempfile.TemporaryDirectory() as folder:
        listings, _ = read_split(*freeze_by_rule(table, Path(folder)))
    if not only_leaks:
        yield from ablation(listings, measure)
    if table.name == "cars_com_dealers":
        yield from leaks(listings, pl.read_csv(FOLDER / table.files, infer_schema=False), measure)


def main(arguments: Sequence[str]) -> None:
    """Print a table's lines, cars_com_dealers' where none is named."""
    parser = argparse.ArgumentParser(prog="python -m bench.ablation")
    parser.add_argument("table", nargs="?", default="cars_com_dealers", choices=REAL_TABLES)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--iterations", type=int, default=600)
    parser.add_argument("--leaks", action="store_true", help="measure the leaks alone")
    asked = parser.parse_args(arguments)
    measure = CrossValidation(iterations=asked.iterations, seeds=asked.seeds)
    for line in lines(REAL_TABLES[asked.table], measure, only_leaks=asked.leaks):
        told = {key: round(value, 4) if isinstance(value, float) else value for key, value in line.items()}
        print(json.dumps({"table": asked.table} | told), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
