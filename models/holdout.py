"""Which vehicles are held out and which fold a vehicle is in: by its id alone, the same for every model run ever.

No vehicle is ever on both sides, nor are two ads of it; and champion and challenger, trained weeks apart, meet on the
same fair holdout.
"""

import hashlib
from pathlib import Path

import polars as pl
from polars.exceptions import PolarsError

from crawler.errors import TasadorError

# One vehicle in five is never trained on.
HOLDOUT_DIVISOR = 5
# Cars that were driven less are new, and alike.
LEAST_TELLING_MILEAGE = 100


def vehicle_ids(listings: pl.DataFrame) -> pl.Series:
    """Return the vehicle_id of each listing, or where that is but its listing_id, since it names no VIN, what tells
    the car in another ad: make, first word of the model, model year and exact mileage, never the price.

    Two ads of one car spell its trim, colours and engine in two ways or leave them out. Of 8,470 cars with a VIN eight
    share these four with another: cars taken for one by mistake cost nothing here, they only stay on one side.
    """
    mileage = pl.col("mileage").cast(pl.Float64).round().cast(pl.Int64)
    first_word = pl.col("model").cast(pl.String).str.extract(r"^(\S+)")
    name = pl.concat_str("make", first_word, separator=" ").str.to_lowercase()
    known_by = pl.concat_str(name, "model_year", mileage, separator=" ")
    names_no_vin = pl.col("vehicle_id") == pl.col("listing_id")
    fingerprint = pl.when(names_no_vin & (mileage > LEAST_TELLING_MILEAGE)).then(known_by)
    return listings.select(pl.coalesce(fingerprint, "vehicle_id").alias("vehicle_id")).to_series()


def is_holdout(vehicle_ids: pl.Series) -> pl.Series:
    """Return for each vehicle id whether the vehicle is held out: its SHA-256, as a number, divides by five."""
    held_out = [number % HOLDOUT_DIVISOR == 0 for number in _hashes(vehicle_ids)]
    return pl.Series("is_holdout", held_out, dtype=pl.Boolean)


def fold_of(vehicle_ids: pl.Series, folds: int = 5) -> pl.Series:
    """Return each vehicle's fold, 0 to ``folds`` - 1, from the part of its hash that the holdout rule does not use."""
    fold = [number // HOLDOUT_DIVISOR % folds for number in _hashes(vehicle_ids)]
    return pl.Series("fold", fold, dtype=pl.Int32)


def read_split(snapshot: Path, market: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return a market's priced rows of a snapshot (Parquet) as ``split`` does.

    Raises:
        TasadorError: the snapshot cannot be read.
    """
    try:
        return split(pl.read_parquet(snapshot), market)
    except (OSError, PolarsError) as error:
        first_line = str(error).splitlines()[0]
        raise TasadorError(
            f"the snapshot {snapshot} cannot be read ({first_line}): run tasador retrain again"
        ) from error


def split(rows: pl.DataFrame, market: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return a market's priced rows of a training set: those to train on, and those held out.

    Their vehicle_id is that of ``vehicle_ids``.
    """
    priced = rows.filter((pl.col("market") == market) & (pl.col("asking_price") > 0))
    priced = priced.with_columns(vehicle_ids(priced))
    held_out = is_holdout(priced["vehicle_id"])
    return priced.filter(~held_out), priced.filter(held_out)


def _hashes(vehicle_ids: pl.Series) -> list[int]:
    return [int(hashlib.sha256(vehicle_id.encode()).hexdigest(), 16) for vehicle_id in vehicle_ids]
