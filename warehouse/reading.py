"""What scoring and reports read from the warehouse: live listings, markets and their champions."""

import duckdb
import polars as pl


def markets(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the markets that have listings, in order."""
    return [market for (market,) in connection.execute("select distinct market from listings order by all").fetchall()]


def live_listings(connection: duckdb.DuckDBPyConnection, market: str) -> pl.DataFrame:
    """Return a market's live listings, one row each, with all columns of listings."""
    query = "select * from listings where market = ? and status = 'live' order by listing_id"
    listings: pl.DataFrame = connection.execute(query, [market]).pl()
    return listings


def champion(connection: duckdb.DuckDBPyConnection, market: str) -> str | None:
    """Return the model run that a market's listings are scored by: its latest promotion, or None."""
    query = "select arg_max(model_run_id, promoted_at) from promotions where market = ?"
    (model_run_id,) = connection.execute(query, [market]).fetchone() or (None,)
    return model_run_id
