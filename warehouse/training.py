"""What a market's estimators learn from: the training set at a moment, and its frozen, hashed snapshot."""

import hashlib
import io
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import polars as pl

from warehouse.history import read_history
from warehouse.quoting import quoted
from warehouse.transform import read_transform

WINDOW_DAYS = 365


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
    window_days: int = WINDOW_DAYS,
) -> pl.DataFrame:
    """Return one row per vehicle and new or not, its last priced reading, with the columns of descriptions.

    Args:
        connection: the warehouse.
        market: whose listings.
        as_of: only what was both scraped and loaded by then, as it was understood then; everything by default.
        window_days: how long before the market's latest reading a price still counts.
    """
    read_history(connection, f"select distinct listing_id from observations where market = {quoted(market)}", as_of)
    # What is known now is derived already.
    known = "from descriptions semi join asked using (listing_id)" if as_of is None else read_transform("descriptions")
    connection.execute(f"create or replace temp table known_descriptions as\n{known}")
    values = {"market": market, "window_days": window_days}
    rows: pl.DataFrame = connection.execute(read_transform("training_set"), values).pl()
    return rows


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
