"""How often ratings flip although no seller changed a price: autoscout24_lux_daily, scored on each of its days.

``python -m bench.rating_stability`` trains one boosting on the first FIRST_DAYS days and another every RETRAINED_AFTER
days, each on what was known then. Every later day its cars are scored by the latest training (``retrained``), and all
of them by the first (``one_model``); the product's own query rates them, with its hysteresis and with others. Prints
JSON lines: of each, how many ratings met the same listing on the next day, and how many of them were others, by cause.
"""

import json
import tempfile
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from bench.real_tables import FOLDER
from crawler.home import home
from flows.steps.import_table import import_table, open_source
from models.evaluate.holdout import hold_out_by_hash, priced_rows
from models.model_runs.registry import ModelRun, open_model_run
from models.predict.prediction import predict
from models.train.model_run import make_model_run
from models.train.recipe import Recipe
from warehouse.connection import connect
from warehouse.training import freeze, training_set
from warehouse.transform import read_transform

TABLE = "autoscout24_lux_daily.parquet"
FIRST_DAY, DAYS = datetime(2025, 7, 1, tzinfo=UTC), 75
FIRST_DAYS, RETRAINED_AFTER = 14, 14
FOLDS = 3
STATED = "0.2"  # as the query has it
HYSTERESES = ("0", "0.1", STATED, "0.3")

TODAY = """
create or replace table listings as
select *, 'live' as status, 0 as days_on_market from today
"""
ASKED = """
create or replace table asking_prices as
select listing_id, scored_at as asked_from, asking_price, old_price
from (select *, lag(asking_price) over (partition by listing_id order by scored_at) as old_price from seen)
where old_price is distinct from asking_price
"""


def measure() -> Iterator[dict[str, Any]]:
    """Yield the lines."""
    with tempfile.TemporaryDirectory() as folder:
        scratch = home(folder)
        source = open_source(scratch, FOLDER / TABLE)
        import_table(scratch, source)
        with connect(scratch) as connection:
            # As if each day's rows had been loaded on the day that they were crawled, not all of them now.
            connection.execute("update observations set loaded_at = scraped_at")
            days = list(_days(connection, source.site.market.name))
    with tempfile.TemporaryDirectory() as models:
        for name, retrains in (("one_model", False), ("retrained", True)):
            seen = list(_scored(days, Path(models) / name, retrains=retrains))
            for hysteresis in HYSTERESES:
                yield {"trained": name, "hysteresis": float(hysteresis)} | _flips(seen, hysteresis)


def _days(connection: duckdb.DuckDBPyConnection, market: str) -> Iterator[tuple[datetime, pl.DataFrame]]:
    """Give each day on which something was read, with all that was known at its end."""
    for number in range(DAYS):
        end = FIRST_DAY + timedelta(days=number + 1)
        known = priced_rows(training_set(connection, market, end), market)
        if known.filter(pl.col("scraped_at") >= end - timedelta(days=1)).height:
            yield end, known


def _scored(days: list[tuple[datetime, pl.DataFrame]], folder: Path, *, retrains: bool) -> Iterator[pl.DataFrame]:
    """Give the cars read on each day after the first FIRST_DAYS, with what they ask and what is predicted."""
    run: ModelRun | None = None
    for number, (end, known) in enumerate(days[FIRST_DAYS:]):
        if run is None or (retrains and number % RETRAINED_AFTER == 0):
            run = _trained(days[FIRST_DAYS + number - 1][1], folder / str(number))
        read = known.filter(pl.col("scraped_at") >= end - timedelta(days=1))
        predicted = predict(run, read).drop("listing_id")
        names = {"model_run_id": run.manifest.model_run_id, "estimator": "boosting"}
        yield read.hstack(predicted).with_columns(scored_at=pl.lit(end), **{k: pl.lit(v) for k, v in names.items()})


def _trained(known: pl.DataFrame, folder: Path) -> ModelRun:
    snapshot = freeze(hold_out_by_hash(known), folder)
    recipe = Recipe(snapshot.path, known["market"][0], "boosting", folds=FOLDS)
    return open_model_run(make_model_run(recipe, folder, lambda members: None))


def _flips(days: list[pl.DataFrame], hysteresis: str) -> dict[str, Any]:
    """Return how many ratings met a next one, and how many flipped, for which cause."""
    counts: Counter[str] = Counter()
    before: dict[str, tuple[str, float, str]] = {}
    for rated in _rated(days, hysteresis):
        for listing, now in rated.items():
            if listing in before:
                counts.update(_caused(before[listing], now))
        before |= rated
    flips = {name: counts[name] for name in ("price_changed", "retrained", "age_alone")}
    undue = counts["retrained"] + counts["age_alone"]
    return {"ratings": counts["met"], "flips": flips, "undue_share": round(undue / counts["met"], 5)}


def _caused(before: tuple[str, float, str], now: tuple[str, float, str]) -> Iterator[str]:
    yield "met"
    if before[0] != now[0]:
        yield "price_changed" if before[1] != now[1] else "retrained" if before[2] != now[2] else "age_alone"


def _rated(days: list[pl.DataFrame], hysteresis: str) -> Iterator[dict[str, tuple[str, float, str]]]:
    """Give by day and listing its rating, price and model run, by the product's query on what was known that day."""
    query = read_transform("deals")
    for sign in "-+":
        query = query.replace(f"{sign} {STATED}", f"{sign} {hysteresis}")
    with duckdb.connect() as connection:
        for number, today in enumerate(days):
            seen = pl.concat(days[: number + 1], how="diagonal_relaxed")
            connection.register("seen", seen)
            connection.register("today", today)
            for statement in (TODAY, ASKED, "create or replace view predictions as from seen"):
                connection.execute(statement)
            connection.execute("create or replace view predicted_prices as from today")
            rows = connection.execute(
                f"select listing_id, rating, asking_price, model_run_id from ({query})"
            ).fetchall()
            yield {listing: (rating, *rest) for listing, rating, *rest in rows if rating != "no_rating"}


if __name__ == "__main__":
    for line in measure():
        print(json.dumps(line), flush=True)
