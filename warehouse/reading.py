"""What scoring and reports read from the warehouse: live listings, markets and their champions."""

from datetime import datetime

import duckdb
import polars as pl

from warehouse.transform import require_tables


def markets(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the markets that something was observed of, in order."""
    query = "select distinct market from observations order by market"
    return [market for (market,) in connection.execute(query).fetchall()]


def live_listings(connection: duckdb.DuckDBPyConnection, market: str) -> pl.DataFrame:
    """Return a market's live listings, one row each, with all columns of listings.

    Raises:
        TasadorError: nothing was ever refreshed.
    """
    require_tables(connection)
    query = "select * from listings where market = ? and status = 'live' order by listing_id"
    listings: pl.DataFrame = connection.execute(query, [market]).pl()
    return listings


def champion(connection: duckdb.DuckDBPyConnection, market: str) -> str | None:
    """Return the model run that a market's listings are scored by: its latest promotion, or None."""
    query = "select arg_max(model_run_id, promoted_at) from promotions where market = ?"
    (model_run_id,) = connection.execute(query, [market]).fetchone() or (None,)
    return model_run_id


def champion_since(connection: duckdb.DuckDBPyConnection, market: str) -> datetime | None:
    """Return when a market's champion was promoted, or None."""
    (since,) = connection.execute("select max(promoted_at) from promotions where market = ?", [market]).fetchone() or (
        None,
    )
    return since
