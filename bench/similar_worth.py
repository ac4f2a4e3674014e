"""What the most similar offers tell of a price: ``python -m bench.similar_worth data/snapshots/us/*.parquet``.

Prints a JSON line for each frozen training set and weighting: how far the median price of a car's most similar offers
is from what it asks, in ln(price), on the rows that models train on. No holdout has a part in it, and no limit holds.
"""

import json
from pathlib import Path
from typing import Any

import click
import polars as pl

from models.evaluate.holdout import split
from models.predict import similar

# By what each penalty but that for another model line is multiplied.
FACTORS = (1.0, 0.0, 0.5, 2.0)
MOST_ROWS = 20_000


def measure(training: pl.DataFrame, factor: float) -> dict[str, Any]:
    """Return mean and median absolute error of the comparables' median price, with penalties times a factor."""
    usual = dict(similar.PENALTIES)
    similar.PENALTIES.update({name: weight * factor for name, weight in usual.items() if name != "model_line"})
    everyone = pl.repeat(True, training.height, dtype=pl.Boolean, eager=True)
    found = similar.most_similar(training.with_columns(days_gone=pl.lit(None, pl.Int32)), everyone)
    similar.PENALTIES.update(usual)
    told = found.group_by("listing_id").agg(pl.col("price").median())
    told = told.join(training.select("listing_id", "asking_price"), on="listing_id")
    error = (told["price"].log() - told["asking_price"].log()).abs()
    return {"cars": told.height, "mean_error": error.mean(), "median_error": error.median()}


@click.command()
@click.argument("snapshots", type=click.Path(exists=True, path_type=Path), nargs=-1, required=True)
def main(snapshots: tuple[Path, ...]) -> None:
    """Print the lines of each frozen training set, of at most MOST_ROWS rows."""
    for path in snapshots:
        rows = pl.read_parquet(path)
        training, _ = split(rows, rows["market"][0])
        training = training.sample(min(MOST_ROWS, training.height), seed=0)
        for factor in FACTORS:
            told = {name: round(value, 4) for name, value in measure(training, factor).items()}
            print(json.dumps({"snapshot": path.name, "factor": factor, **told}), flush=True)


if __name__ == "__main__":
    main()
