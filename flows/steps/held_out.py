"""A market's rows to freeze, each told whether it is trained on or held out: by time where the market has a history."""

from typing import Any

import duckdb
import polars as pl

from crawler.sites import read_markets
from models.evaluate.holdout import hold_out_by_hash, hold_out_by_time
from warehouse.training import holdout_cuts, seen_until, training_set


def rows_to_freeze(connection: duckdb.DuckDBPyConnection, market: str) -> pl.DataFrame:
    """Return a market's training set with the columns is_holdout and holdout_rule.

    With a history, what is trained on is what was known at the cut, at the prices of then; what is held out came later.
    """
    how_much = _how_much(market)
    rows = training_set(connection, market, **how_much)
    for cut in holdout_cuts(connection, market):
        then = training_set(connection, market, cut, **how_much)
        seen = seen_until(connection, market, cut)
        by_time = hold_out_by_time(then, rows, seen, cut)
        if by_time is not None:
            return by_time
    return hold_out_by_hash(rows)


def _how_much(market: str) -> dict[str, Any]:
    """Return how much tasador.toml lets a market learn from; one that only imports know is not in it."""
    said = read_markets().get(market)
    return {"window_days": said.training_days, "most_rows": said.training_rows} if said else {}
