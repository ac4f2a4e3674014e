"""Whether ranges hold what they state on real tables: overall, by band of predicted price and by band of age.

``python -m bench.coverage [TABLE...]`` trains one boosting out of fold on each table, all rows in five folds, then 20
times learns the ranges from the vehicles of one half and measures them on the other. Prints JSON lines: coverage and
mean width, each coverage with its limit, and as ``holdout`` what the mean of members covers on cars that it never saw.
Exit code 1: a limit is broken.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from bench.real_tables import REAL_TABLES, RealTable, freeze_by_rule
from models.evaluate.crossfit import NEW, fit_members, geometric_mean, predict_each, predict_prices
from models.evaluate.holdout import fold_of, read_split
from models.model_runs.member import Member
from models.predict.prediction import with_certainty
from models.prepare.features import build_features
from models.ranges.certainty import Certainty
from models.ranges.intervals import USUAL, WIDE

FOLDS = 5
SPLITS = 20
BANDS = 5  # of predicted price and of age, with as many cars each
BAND_ROWS = 200
MOST_OFF = 0.015
MOST_OFF_IN_A_BAND = 0.05  # or three standard errors, whichever is more
BOUNDS = {USUAL: ("lower", "upper"), WIDE: ("lower_95", "upper_95")}


def measure(table: RealTable) -> Iterator[dict[str, Any]]:
    """Yield the lines of one table."""
    with tempfile.TemporaryDirectory() as scratch:
        snapshot, market = freeze_by_rule(table, Path(scratch))
        training, holdout = read_split(snapshot, market)
    yield from ({"table": table.name} | line for line in _of_new_cars(training, holdout))
    yield from ({"table": table.name} | line for line in _of_splits(pl.concat([training, holdout])))


def _of_new_cars(training: pl.DataFrame, holdout: pl.DataFrame) -> Iterator[dict[str, Any]]:
    """Yield the coverage of cars that no member saw, as a model run measures it; one sample, so no limit."""
    fold, members = _fitted(training)
    prices = predict_prices(members, training, fold.to_numpy())
    by_member = predict_each(members, holdout)
    certainty = Certainty.learn(training, prices, fold, FOLDS, holdout, by_member)
    judged = with_certainty(
        certainty, holdout, build_features(holdout), geometric_mean(by_member), pl.Series([NEW] * holdout.height)
    )
    for coverage in BOUNDS:
        inside, width = _held(holdout, judged, coverage)
        yield {"split": "holdout", "stated": coverage, "rows": holdout.height} | _means([inside.mean()], [width.mean()])


def _of_splits(rows: pl.DataFrame) -> Iterator[dict[str, Any]]:
    """Yield the mean coverage over the splits of all rows by vehicle, overall and by band."""
    fold, members = _fitted(rows)
    prices = predict_prices(members, rows, fold.to_numpy())
    halves = [_half(rows, prices, fold, seed) for seed in range(SPLITS)]
    age = build_features(rows)["age"].fill_null(strategy="mean").to_numpy()
    bands = {"all": np.zeros(rows.height, dtype=int), "predicted_price": _banded(prices), "age": _banded(age)}
    for coverage in BOUNDS:
        for name, band in bands.items():
            for number in np.unique(band):
                yield _line(halves, rows, coverage, name, band == number) | {"band": int(number)}


def _fitted(rows: pl.DataFrame) -> tuple[pl.Series, list[Member]]:
    fold = fold_of(rows["vehicle_id"], FOLDS)
    return fold, fit_members(rows, lambda k: Member("boosting", seed=k), FOLDS, lambda done: None)


def _half(rows: pl.DataFrame, prices: np.ndarray, fold: pl.Series, seed: int) -> tuple[np.ndarray, pl.DataFrame]:
    """Return which rows are tested, and what the ranges learned from the other vehicles say of all."""
    vehicles = rows["vehicle_id"].unique(maintain_order=True)
    drawn = vehicles.sample(fraction=0.5, seed=seed)
    tested = rows["vehicle_id"].is_in(drawn.implode()).to_numpy()
    # Out-of-fold prices come from one member: there is no mean of members to allow for, and none is shown.
    own = rows.filter(~tested)
    certainty = Certainty.learn(own, prices[~tested], fold.filter(~tested), FOLDS, own, prices[~tested, None])
    return tested, with_certainty(certainty, rows, build_features(rows), prices, fold)


def _line(
    halves: Sequence[tuple[np.ndarray, pl.DataFrame]], rows: pl.DataFrame, coverage: float, by: str, band: np.ndarray
) -> dict[str, Any]:
    held = [_held(rows.filter(tested & band), judged.filter(tested & band), coverage) for tested, judged in halves]
    count = int(band.sum())
    line = {"split": "random", "stated": coverage, "by": by, "rows": count}
    measured = _means([inside.mean() for inside, _ in held], [width.mean() for _, width in held])
    return line | measured | _limit(measured["coverage"], coverage, by, count)


def _held(rows: pl.DataFrame, judged: pl.DataFrame, coverage: float) -> tuple[pl.Series, pl.Series]:
    """Return which asking prices lie in their range, and the ranges' widths as shares of the predicted price."""
    lower, upper = (judged[name] for name in BOUNDS[coverage])
    return rows["asking_price"].is_between(lower, upper), (upper - lower) / judged["predicted_price"]


def _means(inside: Sequence[Any], width: Sequence[Any]) -> dict[str, float]:
    return {"coverage": round(float(np.mean(inside)), 4), "mean_width": round(float(np.mean(width)), 4)}


def _limit(measured: float, coverage: float, by: str, rows: int) -> dict[str, Any]:
    if rows < BAND_ROWS:
        return {}
    error = 3 * float(np.sqrt(coverage * (1 - coverage) / rows))
    limit = MOST_OFF if by == "all" else max(MOST_OFF_IN_A_BAND, error)
    return {"limit": round(limit, 4), "holds": abs(measured - coverage) <= limit}


def _banded(numbers: np.ndarray) -> np.ndarray:
    return np.searchsorted(np.quantile(numbers, np.arange(1, BANDS) / BANDS), numbers)


def main() -> int:
    """Measure what the arguments ask for, print each line as it comes, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.coverage", description=__doc__)
    parser.add_argument("tables", nargs="*", default=["cars_com_dealers"], metavar="TABLE", help=", ".join(REAL_TABLES))
    asked = parser.parse_args()
    if unknown := sorted(set(asked.tables) - set(REAL_TABLES)):
        parser.error(f"TABLE must be one of {', '.join(REAL_TABLES)}, got {unknown[0]!r}")
    holds = True
    for name in asked.tables:
        for line in measure(REAL_TABLES[name]):
            print(json.dumps(line), flush=True)
            holds = holds and line.get("holds", True)
    return int(not holds)


if __name__ == "__main__":
    sys.exit(main())
