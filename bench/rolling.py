"""How errors grow with the weeks after a training: autoscout24_lux_daily, read on 60 days, trained at several cuts.

``python -m bench.rolling`` trains one boosting at each cut on what was known then, at the prices of then, and prices
the cars that came later by the week in which they came. Prints JSON lines: one per cut and week, then one per week over
all cuts. ``out_of_fold`` beside them is the error that the same training shows of its own cars, held out by vehicle.
"""

import json
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb
import numpy as np
import polars as pl

from bench.real_tables import FOLDER
from crawler.home import home
from flows.steps.import_table import import_table, open_source
from models.evaluate.crossfit import fit_members, geometric_mean, predict_each, predict_prices
from models.evaluate.holdout import fold_of, newcomers, priced_rows
from models.evaluate.metrics import evaluate
from models.model_runs.member import Member
from warehouse.connection import connect
from warehouse.training import seen_until, training_set

TABLE = "autoscout24_lux_daily.parquet"
# After the last cut come four weeks too, so that every week is made of the same trainings.
FIRST_CUT, LAST_CUT = datetime(2025, 7, 14, tzinfo=UTC), datetime(2025, 8, 4, tzinfo=UTC)
FOLDS = 3
WEEKS = 4
METRICS = ("mdape", "log_mae", "mae")


def measure() -> Iterator[dict[str, Any]]:
    """Yield the lines."""
    later = []
    with tempfile.TemporaryDirectory() as folder:
        scratch = home(folder)
        source = open_source(scratch, FOLDER / TABLE)
        import_table(scratch, source)
        with connect(scratch) as connection:
            # As if each day's rows had been loaded on the day that they were crawled, not all of them now.
            connection.execute("update observations set loaded_at = scraped_at")
            cut = FIRST_CUT
            while cut <= LAST_CUT:
                priced, out_of_fold = _priced_later(connection, source.site.market.name, cut)
                yield from ({"cut": f"{cut:%Y-%m-%d}"} | line for line in _by_week(priced, out_of_fold))
                later.append(priced)
                cut += timedelta(days=7)
    yield from ({"cut": "all"} | line for line in _by_week(pl.concat(later)))


def _priced_later(
    connection: duckdb.DuckDBPyConnection, market: str, cut: datetime
) -> tuple[pl.DataFrame, dict[str, float]]:
    """Return the cars that came after a cut: week, asking_price, predicted_price; and the training's own error."""
    now = priced_rows(training_set(connection, market), market)
    then = priced_rows(training_set(connection, market, cut), market)
    first_seen = connection.execute("select listing_id, first_seen_at from listings").pl()
    came = newcomers(then, now, seen_until(connection, market, cut)).join(first_seen, on="listing_id")
    fold = fold_of(then["vehicle_id"], FOLDS)
    members = fit_members(then, lambda seed: Member("boosting", seed=seed), FOLDS, lambda done: None)
    week = ((pl.col("first_seen_at") - cut).dt.total_days() // 7 + 1).alias("week")
    prices = pl.Series("predicted_price", geometric_mean(predict_each(members, came)))
    own = _errors(then["asking_price"].to_numpy(), predict_prices(members, then, fold.to_numpy()))
    return came.select(week, "asking_price").with_columns(prices), {"training_rows": then.height, **own}


def _by_week(priced: pl.DataFrame, out_of_fold: dict[str, float] | None = None) -> Iterator[dict[str, Any]]:
    for week in range(1, WEEKS + 1):
        cars = priced.filter(week=week)
        errors = _errors(cars["asking_price"].to_numpy(), cars["predicted_price"].to_numpy())
        yield {"week": week, "rows": cars.height, **errors, "out_of_fold": out_of_fold}


def _errors(actual: np.ndarray, predicted: np.ndarray) -> dict[str, float]:
    metrics = evaluate(actual, predicted)
    spread = float(np.std(np.abs(np.log(actual / predicted))) / np.sqrt(len(actual)))
    return {name: round(getattr(metrics, name), 4) for name in METRICS} | {"log_mae_standard_error": round(spread, 4)}


if __name__ == "__main__":
    for line in measure():
        print(json.dumps(line), flush=True)
