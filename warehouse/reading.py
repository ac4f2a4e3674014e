"""What training, scoring and reports read from the warehouse: live listings, markets, champions, what tuning found."""

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import polars as pl

from crawler.errors import UsageError
from warehouse.quoting import quoted
from warehouse.transform import require_tables

FORMER_CHAMPION = """
select arg_max(model_run_id, promoted_at)
from promotions
semi join (from model_runs where retired_at is null) using (model_run_id)
where market = $market
    and promoted_at < (
        select min(promoted_at) from promotions where market = $market and model_run_id = $champion
    )
"""

BEST_PARAMS = """
with

complete as (
    select *
    from tuning_trials
    where market = ? and state = 'complete'
),

last_snapshots as (
    select estimator, arg_max(snapshot_sha256, tuned_at) as snapshot_sha256
    from complete
    group by estimator
)

select estimator, arg_min(params, value) as params
from complete
semi join last_snapshots using (estimator, snapshot_sha256)
group by estimator
order by estimator
"""

LAST_DRIFT = """
from drift
where market = $market and model_run_id = $champion
qualify scored_at = max(scored_at) over ()
"""

# A mean of the weeks' medians.
RECENT_EXPOST_ERROR = """
with

recent as (
    from expost_error
    where market = $market and model_run_id = $champion
    qualify gone_week > max(gone_week) over () - to_weeks($weeks)
)

select coalesce(sum(gone_listings), 0)::bigint, sum(expost_mdape * gone_listings) / sum(gone_listings), any_value(mdape)
from recent
"""


class ExpostError(NamedTuple):
    """Over how many listings that went, their median error as a share of the price, and that of the holdout."""

    listings: int
    mdape: float | None
    holdout_mdape: float | None


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


def copy_live(connection: duckdb.DuckDBPyConnection, market: str, columns: Sequence[str], path: Path) -> int:
    """Write some columns of a market's live listings to a Parquet file, and return how many listings there are.

    They are in an order that has nothing to do with what they are: the first ones are a sample.
    """
    query = f"select {', '.join(columns)} from listings where market = ? and status = 'live' order by hash(listing_id)"
    (count,) = connection.execute(f"copy ({query}) to {quoted(path)} (format parquet)", [market]).fetchone() or (0,)
    return int(count)


def champion(connection: duckdb.DuckDBPyConnection, market: str) -> str | None:
    """Return the model run that a market's listings are scored by: its latest promotion, or None."""
    query = "select arg_max(model_run_id, promoted_at) from promotions where market = ?"
    (model_run_id,) = connection.execute(query, [market]).fetchone() or (None,)
    return model_run_id


def former_champion(connection: duckdb.DuckDBPyConnection, market: str) -> str | None:
    """Return the model run that was a market's champion before the present one first became it, or None.

    Those that are retired are passed over.
    """
    values = {"market": market, "champion": champion(connection, market)}
    (model_run_id,) = connection.execute(FORMER_CHAMPION, values).fetchone() or (None,)
    return model_run_id


def model_run(connection: duckdb.DuckDBPyConnection, model_run_id: str) -> dict[str, Any]:
    """Return the record of a model run, its manifest read from its JSON.

    Raises:
        UsageError: there is none of that name.
    """
    rows = connection.execute("from model_runs where model_run_id = ?", [model_run_id]).pl().to_dicts()
    if not rows:
        raise UsageError(f"there is no model run {model_run_id}: `tasador models list` names them")
    return {**rows[0], "manifest": json.loads(rows[0]["manifest"])}


def champion_since(connection: duckdb.DuckDBPyConnection, market: str) -> datetime | None:
    """Return when a market's champion was promoted, or None."""
    (since,) = connection.execute("select max(promoted_at) from promotions where market = ?", [market]).fetchone() or (
        None,
    )
    return since


def last_trained(connection: duckdb.DuckDBPyConnection, market: str) -> datetime | None:
    """Return when a market was last trained, or None."""
    (at,) = connection.execute("select max(trained_at) from model_runs where market = ?", [market]).fetchone() or (
        None,
    )
    return at


def last_drift(connection: duckdb.DuckDBPyConnection, market: str) -> pl.DataFrame:
    """Return the rows of the table drift that the last scoring of a market's champion left."""
    values = {"market": market, "champion": champion(connection, market)}
    rows: pl.DataFrame = connection.execute(LAST_DRIFT, values).pl()
    return rows


def recent_expost_error(connection: duckdb.DuckDBPyConnection, market: str, weeks: int) -> ExpostError:
    """Return how far a market's champion was from what went in the last weeks in which anything went."""
    values = {"market": market, "champion": champion(connection, market), "weeks": weeks}
    row = connection.execute(RECENT_EXPOST_ERROR, values).fetchone() or (0, None, None)
    return ExpostError(*row)


def tuning_trials(
    connection: duckdb.DuckDBPyConnection, market: str, estimator: str, snapshot_sha256: str
) -> list[dict[str, Any]]:
    """Return what was tried of an estimator on a snapshot, in order; ``params`` are read from their JSON."""
    query = "from tuning_trials where market = ? and estimator = ? and snapshot_sha256 = ? order by trial"
    rows: list[dict[str, Any]] = connection.execute(query, [market, estimator, snapshot_sha256]).pl().to_dicts()
    return [{**row, "params": json.loads(row["params"])} for row in rows]


def best_params(connection: duckdb.DuckDBPyConnection, market: str) -> dict[str, dict[str, Any]]:
    """Return the best parameters of each estimator that was tuned on a market: of its last snapshot, the lowest value.

    Values of other snapshots do not compare with these; a pruned trial's neither.
    """
    found = connection.execute(BEST_PARAMS, [market]).fetchall()
    return {estimator: json.loads(params) for estimator, params in found}
