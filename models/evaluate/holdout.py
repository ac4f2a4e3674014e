"""Which vehicles are held out, and which fold a vehicle is in; no vehicle is ever on both sides, nor are two ads of it.

A market with a history holds out what came after a moment, any other one vehicle in five by its id alone, the same ones
in every training. Knows frames of listings, not where they come from.
"""

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
from polars.exceptions import PolarsError

from crawler.errors import TasadorError

# One vehicle in five is never trained on.
HOLDOUT_DIVISOR = 5
BY_HASH = "one vehicle in five"
# A holdout by time is large enough to judge by, and what is trained on is most of what is known.
MINIMUM_HELD_OUT = 200
MOST_HELD_OUT = 0.5  # of the training rows
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


def hold_out_by_hash(rows: pl.DataFrame) -> pl.DataFrame:
    """Return a training set with is_holdout, which the vehicles' ids alone decide, and holdout_rule, which says so."""
    return rows.with_columns(is_holdout(vehicle_ids(rows)), pl.lit(BY_HASH).alias("holdout_rule"))


def hold_out_by_time(then: pl.DataFrame, now: pl.DataFrame, seen: pl.DataFrame, cut: datetime) -> pl.DataFrame | None:
    """Return what was known at ``cut`` to train on and what came after it held out, told as by ``hold_out_by_hash``.

    None where the held-out rows would be too few, or too many beside those to train on.

    Args:
        then: the training set as it was known at ``cut``, with the prices of that moment.
        now: today's, of which the newcomers are held out.
        seen: all listings first seen by ``cut``, with or without a price.
        cut: the moment.
    """
    new = newcomers(then, now, seen)
    if not MINIMUM_HELD_OUT <= new.height <= MOST_HELD_OUT * then.height:
        return None
    sides = pl.concat([then.with_columns(is_holdout=False), new.with_columns(is_holdout=True)])
    return sides.with_columns(holdout_rule=pl.lit(f"first seen after {cut.astimezone(UTC):%Y-%m-%d}"))


def newcomers(then: pl.DataFrame, now: pl.DataFrame, seen: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of ``now`` whose vehicle is neither in ``then`` nor in ``seen``, nor is another ad of it."""
    known = pl.concat([_every_id(then), _every_id(seen)]).implode()
    return now.filter(
        ~(vehicle_ids(now).is_in(known) | now["vehicle_id"].is_in(known) | now["listing_id"].is_in(known))
    )


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
    """Return a market's ``priced_rows`` of a training set: those to train on, and those held out.

    The column is_holdout says which; without it they are held out by hash.

    Raises:
        TasadorError: a vehicle is on both sides.
    """
    told = priced_rows(rows if "is_holdout" in rows.columns else hold_out_by_hash(rows), market)
    training, holdout = told.filter(~pl.col("is_holdout")), told.filter("is_holdout")
    both = set(training["vehicle_id"]) & set(holdout["vehicle_id"])
    if both:
        raise TasadorError(f"{min(both)} and {len(both) - 1} other vehicles are trained on and held out: retrain")
    return training, holdout


def priced_rows(rows: pl.DataFrame, market: str) -> pl.DataFrame:
    """Return a market's rows with a price, their vehicle_id that of ``vehicle_ids``."""
    priced = rows.filter((pl.col("market") == market) & (pl.col("asking_price") > 0))
    return priced.with_columns(vehicle_ids(priced))


def _every_id(rows: pl.DataFrame) -> pl.Series:
    """Return all ids by which the vehicles of listings are known: an ad may later tell a VIN, or another mileage."""
    return pl.concat([vehicle_ids(rows), rows["vehicle_id"], rows["listing_id"]])


def _hashes(vehicle_ids: pl.Series) -> list[int]:
    return [int(hashlib.sha256(vehicle_id.encode()).hexdigest(), 16) for vehicle_id in vehicle_ids]
