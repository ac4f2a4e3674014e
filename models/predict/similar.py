"""The offers most similar to each listing, with their prices and what differs: evidence that people can look at.

Knows features, no estimator: the same are found whatever is champion. docs/comparables.md explains the distance.
"""

from collections.abc import Iterator
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt
import polars as pl

from models.evaluate.holdout import vehicle_ids
from models.prepare.features import build_features

Floats = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int32]
Rows = npt.NDArray[np.intp]

NEAREST = 8

# Among which offers is looked: those of the first of these kinds of which there are ENOUGH, of the last in any case.
KINDS = ("make_model_trim", "make_model", "model_line", "make")
ENOUGH = 40

# What another word counts, where a year of age counts 1; half of it where one of the two cars does not say its own.
PENALTIES = {
    "model_line": 8.0,
    "make_model_trim": 1.0,
    "vin_descriptor": 1.0,
    "engine_liters": 1.0,
    "fuel_type": 1.0,
    "drivetrain": 1.0,
    "transmission": 1.0,
    "body_style": 1.0,
}
# MILEAGE_WEIGHT * ln(mileage + FIRST_MILES) counts like years: 2.8 of them from 0 to 10,000 miles, 1.6 from 50,000
# to 80,000.
MILEAGE_WEIGHT, FIRST_MILES = 4.0, 10_000
# What age and mileage count where one of the two cars does not say it.
UNKNOWN = 2.0

# Whether two cars are the same in this is told.
TOLD = {"trim": "make_model_trim", "descriptor": "vin_descriptor", "seller": "seller", "region": "region"}

# Pairs of cars whose distances are taken at a time.
PAIRS_AT_ONCE = 500_000


def most_similar(listings: pl.DataFrame, is_asked: pl.Series, nearest: int = NEAREST) -> pl.DataFrame:
    """Return the ``nearest`` offers to each listing that is asked for: one row per listing and rank, from 1.

    An offer is a listing with a price, one per vehicle, live where one is; no listing is compared with an offer of its
    own vehicle. A listing has fewer rows where its make has fewer offers, none where it names no make.

    Args:
        listings: rows of listings with ``days_gone``, null where they are live.
        is_asked: for which of them to look, shape (n,).
        nearest: how many to find.
    """
    cars = _Cars.of(listings)
    shape = (listings.height, nearest)
    distances, offers = np.full(shape, np.inf, np.float32), np.zeros(shape, np.int32)
    for asked, offered in _groups(cars, np.flatnonzero(is_asked.to_numpy())):
        spellings = np.unique(cars.words[offered], axis=0, return_inverse=True)
        for some in np.array_split(asked, -(-len(asked) * len(offered) // PAIRS_AT_ONCE)):
            apart = _distances(cars, some, offered, spellings)
            first = _first(apart, nearest)
            distances[some, : first.shape[1]] = np.take_along_axis(apart, first, axis=1)
            offers[some, : first.shape[1]] = offered[first]
    row, rank = np.nonzero(np.isfinite(distances))
    ranked = pl.DataFrame({"rank": (rank + 1).astype(np.int32), "distance": distances[row, rank]})
    ranked = ranked.with_columns(pl.col("distance").cast(pl.Float64).round(2))
    return _differences(listings, cars.told, row, offers[row, rank]).hstack(ranked)


class _Cars(NamedTuple):
    """What is compared of n cars: codes of words, 0 where unknown, and numbers that count like years, NaN."""

    kinds: dict[str, Integers]
    words: Integers  # (n, PENALTIES)
    numbers: tuple[Floats, ...]
    vehicle: Integers
    offered: Rows
    told: pl.DataFrame

    @classmethod
    def of(cls, listings: pl.DataFrame) -> Self:
        features = build_features(listings)
        vehicle = vehicle_ids(listings)
        codes = features.select(pl.col({*KINDS, *PENALTIES, *TOLD.values()}).rank("dense"))
        known = codes.fill_null(0).cast(pl.Int32)
        mileage = MILEAGE_WEIGHT * (pl.col("mileage").clip(0) + FIRST_MILES).log()
        numbers = features.select(pl.col("age"), mileage).cast(pl.Float32).fill_null(np.nan)
        return cls(
            {kind: known[kind].to_numpy() for kind in KINDS},
            known.select(PENALTIES.keys()).to_numpy(),
            tuple(number.to_numpy() for number in numbers),
            vehicle.rank("dense").cast(pl.Int32).to_numpy(),
            _offered(listings, vehicle),
            features.select("age", "mileage").hstack(codes.select(TOLD.values())),
        )


def _offered(listings: pl.DataFrame, vehicle: pl.Series) -> Rows:
    """Return the rows that are offers: priced, one per vehicle, live ones first and then those that went last."""
    offers = listings.select(vehicle, "asking_price", "days_gone").with_row_index("row")
    latest = offers.filter(pl.col("asking_price") > 0).sort("days_gone", "row", nulls_last=False)
    return latest.unique("vehicle_id", keep="first")["row"].sort().to_numpy().astype(np.intp)


def _groups(cars: _Cars, asked: Rows) -> Iterator[tuple[Rows, Rows]]:
    """Give rows that are asked for, each once, with the rows of the offers among which is looked for them."""
    for kind, code in cars.kinds.items():
        counts = np.bincount(code[cars.offered], minlength=int(code.max(initial=0)) + 1)
        counts[0] = 0  # offers whose name is unknown have nothing in common
        found = counts[code[asked]] >= (1 if kind == KINDS[-1] else ENOUGH)
        offers = dict(_by_code(code, cars.offered))
        for word, rows in _by_code(code, asked[found]):
            yield rows, offers[word]
        asked = asked[~found]


def _by_code(code: Integers, rows: Rows) -> Iterator[tuple[int, Rows]]:
    ordered = rows[np.argsort(code[rows], kind="stable")]
    words, starts = np.unique(code[ordered], return_index=True)
    return zip(words.tolist(), np.split(ordered, starts)[1:], strict=True)


def _distances(cars: _Cars, asked: Rows, offered: Rows, spellings: tuple[Integers, Rows]) -> Floats:
    """Return how far apart cars are, shape (asked, offered); infinitely where they are one vehicle.

    ``spellings`` are the different words of the offers and which of them each has: there are fewer than offers.
    """
    words, spelled = spellings
    apart = np.take(_penalties(cars.words[asked], words), spelled, axis=1)
    for number in cars.numbers:
        apart += np.nan_to_num(np.abs(number[asked, None] - number[offered]), copy=False, nan=UNKNOWN)
    apart[cars.vehicle[asked, None] == cars.vehicle[offered]] = np.inf
    return apart


def _penalties(asked: Integers, offered: Integers) -> Floats:
    total = np.zeros((len(asked), len(offered)), np.float32)
    for penalty, one, other in zip(PENALTIES.values(), asked.T, offered.T, strict=True):
        is_said = (one[:, None] > 0) & (other > 0)
        total += (one[:, None] != other) * np.where(is_said, penalty, penalty / 2).astype(np.float32)
    return total


def _first(apart: Floats, count: int) -> Rows:
    """Return the columns of each row's ``count`` smallest, or all, the smallest first."""
    count = min(count, apart.shape[1])
    first = np.sort(np.argpartition(apart, count - 1, axis=1)[:, :count], axis=1)
    order = np.argsort(np.take_along_axis(apart, first, axis=1), axis=1, kind="stable")
    return np.take_along_axis(first, order, axis=1)


def _differences(listings: pl.DataFrame, told: pl.DataFrame, row: Rows, offer: Integers) -> pl.DataFrame:
    """Return what an offer asks and how it differs, for pairs of a listing's row and an offer's row."""
    one, other = told[row], told[offer]
    same = [(one[name] == other[name]).alias(f"has_same_{word}") for word, name in TOLD.items()]
    return pl.DataFrame(
        [
            listings["listing_id"][row],
            listings["listing_id"][offer].alias("comparable_listing_id"),
            *listings.select(pl.col("asking_price").alias("price"), "currency", "days_gone")[offer],
            ((other["age"] - one["age"]) * 12).round().cast(pl.Int32).alias("months_older"),
            (other["mileage"] - one["mileage"]).round().alias("miles_more"),
            *same,
        ]
    )
