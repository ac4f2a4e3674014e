"""What a market's estimators learn from: the training set at a moment, and its frozen, hashed snapshot.

Also from which moment on a market with a history may be held out; which vehicles are is the models' to say.
"""

import hashlib
import io
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import polars as pl

from crawler.sites import TRAINING_DAYS
from warehouse.history import read_history
from warehouse.quoting import quoted
from warehouse.transform import read_transform, require_tables

# A market is judged by what came in its last two weeks, or four where two bring too little.
HOLDOUT_DAYS = (14, 28)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A frozen training set: where it lies, the hash of the file, and its rows."""

    path: Path
    sha256: str
    rows: int


def training_set(
    connection: duckdb.DuckDBPyConnection,
    market: str,
    as_of: datetime | None = None,
    *,
    window_days: int = TRAINING_DAYS,
    most_rows: int | None = None,
) -> pl.DataFrame:
    """Return one row per vehicle and new or not, its last priced reading, with the columns of descriptions.

    Args:
        connection: the warehouse.
        market: whose listings.
        as_of: only what was both scraped and loaded by then, as it was understood then; everything by default.
        window_days: how long before the market's latest reading a price still counts.
        most_rows: where there are more, so many of them or one less: whole vehicles, drawn by a hash of their ids, so
            that it is the same ones every time.

    Raises:
        TasadorError: nothing was ever refreshed, or not since a version with other queries was installed.
    """
    require_tables(connection)
    read_history(connection, f"select distinct listing_id from observations where market = {quoted(market)}", as_of)
    # What is known now is derived already.
    known = "from descriptions semi join asked using (listing_id)" if as_of is None else read_transform("descriptions")
    connection.execute(f"create or replace temp table known_descriptions as\n{known}")
    values = {"market": market, "window_days": window_days, "most_rows": most_rows}
    rows: pl.DataFrame = connection.execute(read_transform("training_set"), values).pl()
    return rows


def holdout_cuts(connection: duckdb.DuckDBPyConnection, market: str) -> list[datetime]:
    """Return the moments, HOLDOUT_DAYS before a market's last reading, that have as much history before them as after.

    A reading counts from when it was both scraped and loaded: a table of old prices, imported today, is no history.
    """
    query = "select max(scraped_at), min(greatest(scraped_at, loaded_at)) from observations where market = ?"
    last, first = connection.execute(query, [market]).fetchone() or (None, None)
    cuts = [last - timedelta(days=days) for days in HOLDOUT_DAYS] if last else []
    return [cut for cut in cuts if last - cut <= cut - first]


def seen_until(connection: duckdb.DuckDBPyConnection, market: str, moment: datetime) -> pl.DataFrame:
    """Return a market's listings that were first seen by a moment, with what tells their cars, as is known today."""
    query = """
    select listing_id, vehicle_id, make, model, model_year, mileage
    from listings
    where market = ? and first_seen_at <= ?
    """
    listings: pl.DataFrame = connection.execute(query, [market, moment]).pl()
    return listings


def freeze(frame: pl.DataFrame, folder: Path) -> Snapshot:
    """Write a training set as Parquet under the name of its content; the same rows give the same file."""
    buffer = io.BytesIO()
    frame.write_parquet(buffer)
    sha256 = hashlib.sha256(buffer.getvalue()).hexdigest()
    path = folder / f"training_set-{sha256[:16]}.parquet"
    folder.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".writing")
    temporary.write_bytes(buffer.getvalue())
    temporary.replace(path)
    return Snapshot(path, sha256, frame.height)
