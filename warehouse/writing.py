"""What comes back from the models, written into the warehouse: model runs, tuning trials, promotions, predictions.

Each write is one transaction, and writing the same again changes nothing. model_runs, champions, predicted_prices and
what follows from these are derived at once.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from warehouse.quoting import quoted
from warehouse.transaction import in_transaction
from warehouse.transform import OF_PREDICTIONS, build

MODEL_RUN_COLUMNS = (
    "model_run_id", "market", "estimator", "trained_at", "snapshot_path", "snapshot_sha256", "rows", "holdout_rows",
    "r2", "rmse", "mae", "mdape", "log_rmse", "log_mae", "within_5", "within_10", "within_20", "median_ratio", "cod",
    "prd", "prb", "seconds", "verdict", "verdict_reason", "features", "code_version",
)  # fmt: skip
TUNING_TRIAL_COLUMNS = (
    "market", "estimator", "snapshot_sha256", "trial", "params", "value", "fold_values", "state", "seconds", "tuned_at",
)  # fmt: skip
PREDICTION_COLUMNS = (
    "listing_id", "predicted_price", "lower", "upper", "coverage", "lower_95", "upper_95", "reason_code",
    "typical_price", "reasons", "listing_hash",
)  # fmt: skip
# A prediction without the last of them is made again at the next scoring.
MAY_LACK = {"typical_price", "reasons", "listing_hash"}
COMPARABLE_COLUMNS = (
    "listing_id", "rank", "comparable_listing_id", "distance", "price", "currency", "months_older", "miles_more",
    "has_same_trim", "has_same_descriptor", "has_same_seller", "has_same_region", "days_gone",
)  # fmt: skip

# Whoever scores has a model in memory too. Measured: the tables of five million listings fit, those of one million are
# made as fast as with more. Tables have no order, and to keep one takes memory.
FRUGAL = "set memory_limit = '1500MB'; set preserve_insertion_order = false"

DELETE_PREDICTIONS = """
delete from predictions
where model_run_id = $model_run_id and scored_at = $scored_at and listing_id in (select listing_id from scored)
"""

INSERT_METRICS = """
insert into model_metrics by name
select
    $model_run_id as model_run_id,
    segment,
    value as segment_value,
    rows as segment_rows,
    metric,
    estimate,
    lower as estimate_lower,
    upper as estimate_upper
from evaluated
"""

INSERT_PREDICTIONS = """
insert into predictions by name
select *, $model_run_id as model_run_id, $scored_at as scored_at from scored
"""

INSERT_SCORING = """
insert into scorings by name
select
    market,
    model_run_id,
    $scored_at as scored_at,
    (select count(*) from scored) as listings,
    $offers_hash as offers_hash
from model_runs
where model_run_id = $model_run_id
"""

DELETE_DRIFT = "delete from drift where model_run_id = $model_run_id and scored_at = $scored_at"

INSERT_DRIFT = """
insert into drift by name
select *, $market as market, $model_run_id as model_run_id, $scored_at as scored_at from measured
"""

DELETE_COMPARABLES = """
delete from comparables where market = (select market from model_runs where model_run_id = $model_run_id)
"""

INSERT_COMPARABLES = """
insert into comparables by name
select found.*, model_runs.market
from found
inner join model_runs on model_runs.model_run_id = $model_run_id
"""


def write_model_run(connection: duckdb.DuckDBPyConnection, manifest: Mapping[str, Any]) -> None:
    """Record a model run, as new or again, which leaves a retired one retired.

    MODEL_RUN_COLUMNS are taken by name, null where missing; the parameters and the manifest whole become JSON.
    """
    model_run_id = manifest["model_run_id"]
    row = {name: manifest.get(name) for name in MODEL_RUN_COLUMNS} | {
        "parameters": json.dumps(manifest.get("parameters"), default=str),
        "manifest": json.dumps(dict(manifest), default=str),
    }
    columns = (*row, "retired_at")
    insert = f"insert into recorded_model_runs ({', '.join(columns)}) values ({', '.join('?' * len(columns))})"

    def write() -> None:
        retired_at = "select max(retired_at) from recorded_model_runs where model_run_id = ?"
        retired = connection.execute(retired_at, [model_run_id]).fetchone() or ()
        connection.execute("delete from recorded_model_runs where model_run_id = ?", [model_run_id])
        connection.execute(insert, [*row.values(), *retired])
        build(connection, "model_runs")

    in_transaction(connection, write)


def write_model_metrics(connection: duckdb.DuckDBPyConnection, model_run_id: str, evaluation: pl.DataFrame) -> None:
    """Record how well a model run predicts which cars, in place of what was recorded of it before.

    ``evaluation`` has the columns segment, value, rows, metric, estimate, lower and upper.
    """

    def write() -> None:
        connection.execute("delete from model_metrics where model_run_id = ?", [model_run_id])
        connection.execute(INSERT_METRICS, {"model_run_id": model_run_id})

    with _registered(connection, "evaluated", evaluation):
        in_transaction(connection, write)


def write_tuning_trials(connection: duckdb.DuckDBPyConnection, trials: pl.DataFrame) -> None:
    """Record trials, one row each with TUNING_TRIAL_COLUMNS; one that is there already is replaced."""

    def write() -> None:
        connection.execute(
            "delete from tuning_trials where (market, estimator, snapshot_sha256, trial) in "
            "(select (market, estimator, snapshot_sha256, trial) from tried)"
        )
        connection.execute("insert into tuning_trials by name from tried")

    with _registered(connection, "tried", trials.select(TUNING_TRIAL_COLUMNS)):
        in_transaction(connection, write)


def delete_tuning_trials(connection: duckdb.DuckDBPyConnection, market: str, estimators: Sequence[str]) -> int:
    """Forget what was tried of the estimators in a market, and return how many trials that were."""
    which = "from tuning_trials where market = ? and list_contains(?, estimator)"
    values = [market, list(estimators)]

    def write() -> int:
        (count,) = connection.execute(f"select count(*) {which}", values).fetchone() or (0,)
        connection.execute(f"delete {which}", values)
        return int(count)

    return in_transaction(connection, write)


def write_promotion(
    connection: duckdb.DuckDBPyConnection, market: str, model_run_id: str, reason: str, at: datetime
) -> None:
    """Make a model run its market's champion from ``at`` on."""

    def write() -> None:
        connection.execute("delete from promotions where market = ? and promoted_at = ?", [market, at])
        connection.execute("insert into promotions values (?, ?, ?, ?)", [market, model_run_id, reason, at])
        _build_all(connection, ("model_runs", "champions", *OF_PREDICTIONS))

    in_transaction(connection, write)


def write_retirement(connection: duckdb.DuckDBPyConnection, model_run_id: str, at: datetime) -> None:
    """Mark a model run as retired; it stays on record."""

    def write() -> None:
        retire = "update recorded_model_runs set retired_at = ? where model_run_id = ? and retired_at is null"
        connection.execute(retire, [at, model_run_id])
        build(connection, "model_runs")

    in_transaction(connection, write)


def write_drift(
    connection: duckdb.DuckDBPyConnection, drift: pl.DataFrame, market: str, model_run_id: str, scored_at: datetime
) -> None:
    """Record how far the listings of a scoring are from training; measured again, it is replaced.

    ``drift`` has one row per feature and measure, with the further columns of the table ``drift``.
    """
    scoring = {"market": market, "model_run_id": model_run_id, "scored_at": scored_at}

    def write() -> None:
        connection.execute(DELETE_DRIFT, {name: scoring[name] for name in ("model_run_id", "scored_at")})
        connection.execute(INSERT_DRIFT, scoring)

    with _registered(connection, "measured", drift):
        in_transaction(connection, write)


def write_predictions(
    connection: duckdb.DuckDBPyConnection,
    predictions: pl.DataFrame | Path,
    model_run_id: str,
    scored_at: datetime,
    comparables: pl.DataFrame | Path | None = None,
    offers_hash: int = 0,
) -> int:
    """Add what a model run predicts, all of it or nothing, and return the number of rows.

    Args:
        connection: the warehouse.
        predictions: one row per listing with PREDICTION_COLUMNS, but those of MAY_LACK, or a Parquet file of them.
        model_run_id: who predicts.
        scored_at: when.
        comparables: rows with COMPARABLE_COLUMNS or a Parquet file of them, in place of all of the model run's market.
        offers_hash: of the offers among which comparables were found.
    """
    run = {"model_run_id": model_run_id, "scored_at": scored_at}

    def write() -> None:
        connection.execute(DELETE_PREDICTIONS, run)
        connection.execute(INSERT_PREDICTIONS, run)
        connection.execute(INSERT_SCORING, {**run, "offers_hash": offers_hash})
        if comparables is not None:
            _replace_comparables(connection, comparables, model_run_id)
        _build_all(connection, OF_PREDICTIONS)

    connection.execute(FRUGAL)
    with _named(connection, "scored", predictions, PREDICTION_COLUMNS):
        (count,) = connection.execute("select count(*) from scored").fetchone() or (0,)
        in_transaction(connection, write)
    return int(count)


def write_contradictions(connection: duckdb.DuckDBPyConnection, contradictions: pl.DataFrame, market: str) -> None:
    """Record what listings say that does not go together, in place of what was recorded of the market before.

    ``contradictions`` has one row per listing with the further columns of the table ``contradictions``.
    """

    def write() -> None:
        connection.execute("delete from contradictions where market = ?", [market])
        connection.execute("insert into contradictions by name select *, ? as market from contradicting", [market])
        build(connection, "suspicious_listings")

    with _registered(connection, "contradicting", contradictions):
        in_transaction(connection, write)


def _build_all(connection: duckdb.DuckDBPyConnection, relations: Sequence[str]) -> None:
    for relation in relations:
        build(connection, relation)


def _replace_comparables(
    connection: duckdb.DuckDBPyConnection, comparables: pl.DataFrame | Path, model_run_id: str
) -> None:
    connection.execute(DELETE_COMPARABLES, {"model_run_id": model_run_id})
    with _named(connection, "found", comparables, COMPARABLE_COLUMNS):
        connection.execute(INSERT_COMPARABLES, {"model_run_id": model_run_id})


@contextmanager
def _named(
    connection: duckdb.DuckDBPyConnection, name: str, rows: pl.DataFrame | Path, columns: Sequence[str]
) -> Iterator[None]:
    """Let queries read a frame, or a Parquet file, which is never in memory whole, by a name, as a temporary view."""
    frame = pl.scan_parquet(rows).head(0).collect() if isinstance(rows, Path) else rows
    kept = ", ".join(column for column in columns if column in frame.columns or column not in MAY_LACK)
    source = f"read_parquet({quoted(rows)})" if isinstance(rows, Path) else f"{name}_frame"
    with _registered(connection, f"{name}_frame", frame):
        connection.execute(f"create or replace temp view {name} as select {kept} from {source}")
        try:
            yield
        finally:
            connection.execute(f"drop view {name}")


@contextmanager
def _registered(connection: duckdb.DuckDBPyConnection, name: str, frame: pl.DataFrame) -> Iterator[None]:
    """Let queries read a frame by a name."""
    connection.register(name, frame)
    try:
        yield
    finally:
        connection.unregister(name)
