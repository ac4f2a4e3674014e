"""Our imputer beside scikit-learn's, on cells of cars_com_dealers whose values are hidden before anything is fitted.

``python -m bench.imputation 10000 --peer forest`` and ``python -m bench.imputation 100000 --peer default`` print a
JSON line for each imputer and one for each limit; exit code 1: a limit is broken. 15 % of the known cells are hidden,
each for itself. Rows beyond the table's own are its rows again with another mileage, year, colour, region and seller.
The peers know only numbers: they get the categories' alphabetical codes, and what they fill is rounded to a code. The
forest takes an hour; ``--peer none`` leaves it out.
"""

import json
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import numpy as np
import polars as pl
from sklearn.ensemble import RandomForestRegressor
from sklearn.exceptions import ConvergenceWarning
from sklearn.experimental import enable_iterative_imputer  # noqa: F401  # IterativeImputer is importable only after it
from sklearn.impute import IterativeImputer, SimpleImputer
from sklearn.preprocessing import FunctionTransformer

from bench.real_tables import FOLDER
from crawler.home import home
from flows.steps.import_table import open_source
from flows.steps.preview_import import preview
from models.prepare.imputation import ChainedImputer

NUMBERS = ("model_year", "mileage", "engine_liters", "cylinders", "gears", "fuel_economy_city", "fuel_economy_highway",
           "seller_rating")  # fmt: skip
CATEGORIES = ("make", "model", "drivetrain", "transmission", "fuel_type", "aspiration", "condition", "exterior_color",
              "interior_color", "seller_type", "region")  # fmt: skip
REDRAWN = ("exterior_color", "interior_color", "region", "seller_type")
CODES = tuple(range(len(NUMBERS), len(NUMBERS) + len(CATEGORIES)))
HIDDEN_SHARE = 0.15
MIDDLE = "median and commonest"
PEERS: dict[str, Callable[[], Any]] = {
    "forest": lambda: IterativeImputer(
        RandomForestRegressor(100, random_state=0, n_jobs=1), max_iter=10, random_state=0
    ),
    "default": lambda: IterativeImputer(random_state=0),
}
# Our CPU seconds to the peer's, and our errors to the peer's, at most.
LIMITS = {"forest": (1 / 20, 1.0), "default": (5.0, 0.9)}


def read_cars(rows: int, random: np.random.Generator) -> np.ndarray:
    """Return the table as a matrix of NUMBERS and codes of CATEGORIES, NaN where it says nothing, shape (rows, 19)."""
    with tempfile.TemporaryDirectory() as scratch:
        seen = preview(open_source(home(Path(scratch)), FOLDER / "cars_com_dealers.csv"))
    cars = seen.meanings.filter(pl.col("reject_reason").is_null()).select(NUMBERS + CATEGORIES)
    codes = [pl.col(name).rank("dense").cast(pl.Float64) - 1 for name in CATEGORIES]
    own = cars.unique(maintain_order=True).with_columns(pl.col(NUMBERS).cast(pl.Float64), *codes)
    known = own.fill_null(np.nan).to_numpy()
    again = max(0, rows - len(known))
    drawn = known[np.concatenate([random.permutation(len(known)), random.integers(0, len(known), again)])[:rows]]
    drawn[len(known) :] = _varied(drawn, again, random)
    return drawn


def _varied(cars: np.ndarray, last: int, random: np.random.Generator) -> np.ndarray:
    """Return the last rows with other values of what differs between two cars of a kind."""
    varied = cars[len(cars) - last :].copy()
    places = {name: place for place, name in enumerate(NUMBERS + CATEGORIES)}
    varied[:, places["mileage"]] = np.round(varied[:, places["mileage"]] * np.exp(random.normal(0, 0.2, last)))
    varied[:, places["model_year"]] += random.integers(-1, 2, last)
    stars = varied[:, places["seller_rating"]] + random.normal(0, 0.3, last)
    varied[:, places["seller_rating"]] = np.round(np.clip(stars, 1, 5), 1)
    for name in REDRAWN:
        varied[:, places[name]] = cars[random.permutation(len(cars))[:last], places[name]]
    return varied


def measure(imputer: Any, whole: np.ndarray, hidden: np.ndarray) -> dict[str, float]:
    """Return CPU seconds to fit and transform, and how far the hidden cells are from what is filled.

    ``numeric_rmse`` is the mean over the columns, in standard deviations of each; ``accuracy`` the mean share of
    categories filled right.
    """
    seen = np.where(hidden, np.nan, whole)
    began, clock = time.process_time(), time.monotonic()
    filled = imputer.fit_transform(seen)
    seconds, by_clock = time.process_time() - began, time.monotonic() - clock
    if np.isnan(filled).any():
        raise ValueError(f"{imputer} left {np.isnan(filled).sum()} cells empty")
    error = [
        np.sqrt(np.mean(np.square((filled - whole)[hidden[:, place], place]))) / np.nanstd(whole[:, place])
        for place in range(len(NUMBERS))
    ]
    right = [np.mean(np.round(filled[hidden[:, place], place]) == whole[hidden[:, place], place]) for place in CODES]
    return {"cpu_seconds": round(seconds, 2), "seconds": round(by_clock, 2),
            "numeric_rmse": round(float(np.mean(error)), 4), "accuracy": round(float(np.mean(right)), 4)}  # fmt: skip


def lines(rows: int, peer: str, seed: int) -> Iterator[dict[str, Any]]:
    """Yield what each imputer gives, and last whether ours holds its limits beside the peer."""
    random = np.random.default_rng(seed)
    whole = read_cars(rows, random)
    hidden = (random.random(whole.shape) < HIDDEN_SHARE) & ~np.isnan(whole)
    ours = measure(ChainedImputer(categorical_features=CODES, random_state=seed), whole, hidden)
    yield {"rows": rows, "imputer": "ours"} | ours
    yield {"rows": rows, "imputer": MIDDLE} | measure(FunctionTransformer(_middle), whole, hidden)
    if peer != "none":
        theirs = measure(PEERS[peer](), whole, hidden)
        yield {"rows": rows, "imputer": f"IterativeImputer, {peer}"} | theirs
        most_time, most_error = LIMITS[peer]
        ratio, error = ours["cpu_seconds"] / theirs["cpu_seconds"], ours["numeric_rmse"] / theirs["numeric_rmse"]
        holds = ratio <= most_time and error <= most_error and ours["accuracy"] >= theirs["accuracy"]
        yield {"rows": rows, "peer": peer, "cpu_ratio": round(ratio, 4), "at_most": most_time,
               "rmse_ratio": round(error, 3), "rmse_at_most": most_error, "holds": holds}  # fmt: skip


def _middle(seen: np.ndarray) -> np.ndarray:
    numbers, codes = seen[:, : len(NUMBERS)], seen[:, len(NUMBERS) :]
    commonest = SimpleImputer(strategy="most_frequent").fit_transform(codes)
    return np.column_stack([SimpleImputer(strategy="median").fit_transform(numbers), commonest])


@click.command()
@click.argument("sizes", type=click.IntRange(1), nargs=-1, required=True)
@click.option("--peer", type=click.Choice([*PEERS, "none"]), default="default", show_default=True)
@click.option("--seed", type=int, default=0, show_default=True)
def main(sizes: tuple[int, ...], peer: str, seed: int) -> None:
    """Print the lines of each size."""
    warnings.simplefilter("ignore", ConvergenceWarning)  # ten rounds are what the peer is given
    told = []
    for rows in sizes:
        for line in lines(rows, peer, seed):
            print(json.dumps(line), flush=True)
            told.append(line)
    sys.exit(not all(line.get("holds", True) for line in told))


if __name__ == "__main__":
    main()
