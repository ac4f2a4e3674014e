"""A market's rows to freeze, each told whether it is trained on or held out: by time where the market has a history."""

import duckdb
import polars as pl

from models.evaluate.holdout import hold_out_by_hash, hold_out_by_time
from warehouse.training import holdout_cuts, seen_until, training_set


def rows_to_freeze(connection: duckdb.DuckDBPyConnection, market: str) -> pl.DataFrame:
    """Return a market's training set with the columns is_holdout and holdout_rule.

    With a history, what is trained on is what was known at the cut, at the prices of then; what is held out came later.
    """
    rows = training_set(connection, market)
    for cut in holdout_cuts(connection, market):
        then, seen = training_set(connection, market, cut), seen_until(connection, market, cut)
        by_time = hold_out_by_time(then, rows, seen, cut)
        if by_time is not None:
            return by_time
    return hold_out_by_hash(rows)
