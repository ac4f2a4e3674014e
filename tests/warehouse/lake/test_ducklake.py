"""The same SQL on DuckLake: every migration, transform and check gives the same rows as on the one file."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import polars as pl
import pytest

from crawler.landing import LandingWriter
from crawler.sites import Lake
from warehouse.lake import open_lake
from warehouse.load import load_landing
from warehouse.migrate import migrate
from warehouse.refresh import refresh
from warehouse.training import training_set
from warehouse.transform import RELATIONS
from warehouse.writing import write_model_run, write_predictions, write_promotion, write_tuning_trials

STATE = ("observations", "payloads", "crawl_rejects", "parsed_listings", "recorded_model_runs", "promotions",
         "predictions", "tuning_trials")  # fmt: skip
VIN = "1HGCM82633A004352"
TRIALS = pl.DataFrame(
    {
        "market": ["us"], "estimator": ["forest"], "snapshot_sha256": ["abc"], "trial": [1], "params": ["{}"],
        "value": [0.1], "fold_values": [[0.1]], "state": ["complete"], "seconds": [1.0],
        "tuned_at": [datetime(2026, 1, 1, tzinfo=UTC)],
    }
)  # fmt: skip
COMPARABLES = pl.DataFrame(
    {
        "listing_id": ["cars.example:a"], "rank": [1], "comparable_listing_id": ["cars.example:away"],
        "distance": [0.5], "price": [18_500.0], "currency": ["USD"], "months_older": [3], "miles_more": [900.0],
        "has_same_trim": [True], "has_same_descriptor": [True], "has_same_seller": [True], "has_same_region": [True],
        "days_gone": [None],
    }
)  # fmt: skip


@pytest.fixture(params=["a file", "PostgreSQL"])
def lake(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """An empty lake with its catalog in a file, and one with it in PostgreSQL."""
    if request.param == "PostgreSQL":
        lake = Lake(request.getfixturevalue("database"), str(tmp_path / "lake"))
    else:
        lake = Lake(f"ducklake:{tmp_path}/catalog.ducklake", str(tmp_path / "lake"))
    with open_lake(lake) as connection:
        connection.execute("set TimeZone = 'UTC'")
        migrate(connection)
        yield connection


def test_every_table_has_the_same_rows_on_ducklake(crawls, lake):
    away, old, new = crawls.car("away"), crawls.car("old", vin=VIN), crawls.car("new", vin=VIN)
    nothing = crawls.car("b", make=None, model=None)
    crawls.land(0, crawls.car("a"), nothing, crawls.car("c"), crawls.car("sold"), away, old, rejects=("blocked",))
    crawls.land(1, crawls.car("a", "$19,000"), crawls.car("d", "Not Priced"), presence=(crawls.car("c"),))
    crawls.land(2, crawls.car("a", "$19,000"), crawls.car("c", "$21,000"), health="healthy")
    worn = crawls.car("worn", mileage="350,000 mi.")
    kept = crawls.land(3, crawls.car("a", "$19,000"), away, new, worn)
    for crawl_run_id, price in (
        (kept.crawl_run_id, "$1,900"),
        (f"reparse-{kept.crawl_run_id}-{kept.crawl_run_id}", "$19,000"),
    ):
        reading = LandingWriter(crawls.home.landing, kept.site, crawl_run_id)
        reading.parts = 1
        reading.write(crawls.car("a", price), page="detail")
        reading.flush()
    for connection in (crawls.connection, lake):
        load_landing(connection, crawls.home.landing)
        refresh(connection)
        predicted = training_set(connection, "us").select(
            "listing_id", predicted_price="asking_price", lower="asking_price", upper="asking_price"
        )
        write_model_run(connection, {"model_run_id": "run-1", "market": "us", "estimator": "forest"})
        write_promotion(connection, "us", "run-1", "the first", crawls.day(3))
        write_tuning_trials(connection, TRIALS)
        write_tuning_trials(connection, TRIALS)
        sure = predicted.with_columns(
            coverage=pl.lit(0.8), lower_95="lower", upper_95="upper", reason_code=pl.lit("few_comparables"),
            typical_price="lower", reasons=pl.concat_list(pl.struct(reason=pl.lit("age"), amount=pl.lit(-900.0))),
        )  # fmt: skip
        write_predictions(connection, sure, "run-1", crawls.day(3), COMPARABLES)
        refresh(connection, everything=True)
        assert refresh(connection).parsed == 0
    for table in (*STATE, *RELATIONS):
        query = f"select * from {table} order by all"
        rows = crawls.rows(query)
        assert rows, table
        assert lake.execute(query).fetchall() == rows, table
    assert training_set(lake, "us").equals(training_set(crawls.connection, "us"))
