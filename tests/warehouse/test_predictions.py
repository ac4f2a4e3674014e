"""What comes back from the models: model runs, promotions, predictions, and the predicted_prices made of them."""

import json
from typing import Any

import polars as pl
import pytest

from crawler.errors import TasadorError, UsageError
from warehouse.contracts import check
from warehouse.migrate import MIGRATIONS
from warehouse.reading import champion, former_champion, live_listings, markets, model_run
from warehouse.writing import (
    write_model_metrics,
    write_model_run,
    write_predictions,
    write_promotion,
    write_retirement,
)

REASONS = [{"reason": "age", "amount": -3_100.0}, {"reason": "trim", "amount": 2_050.0}]


def predictions(*listings: str, price: float = 21_000) -> pl.DataFrame:
    rows = {"listing_id": list(listings), "predicted_price": price, "lower": price - 2_000, "upper": price + 2_000}
    wide = {"lower_95": price - 4_000, "upper_95": price + 4_000, "reason_code": "range_too_wide"}
    why = pl.Series("reasons", [REASONS] * len(listings))
    return pl.DataFrame({**rows, "coverage": 0.8, **wide, "typical_price": 25_000.0, "folds": 5}).with_columns(why)


@pytest.fixture
def scored(crawls: Any) -> Any:
    """Two listings, a champion, and its predictions."""
    crawls.load(0, crawls.car("a"), crawls.car("b", "Not Priced"))
    write_model_run(crawls.connection, {"model_run_id": "run-1", "market": "us", "estimator": "forest", "mae": 900.0})
    write_promotion(crawls.connection, "us", "run-1", "the first", crawls.day(1))
    write_predictions(crawls.connection, predictions("cars.example:a", "cars.example:b"), "run-1", crawls.day(1))
    return crawls


def test_live_listings_have_a_predicted_price_whether_priced_or_not(scored):
    query = "select listing_id, asking_price, predicted_price, lower, upper, estimator from predicted_prices order by 1"
    assert scored.rows(query) == [
        ("cars.example:a", 20_000, 21_000, 19_000, 23_000, "forest"),
        ("cars.example:b", None, 21_000, 19_000, 23_000, "forest"),
    ]


def test_the_wide_range_and_the_reason_not_to_judge_are_published(scored):
    query = "select distinct lower_95, upper_95, reason_code from predicted_prices"
    assert scored.rows(query) == [(17_000, 25_000, "range_too_wide")]


def test_the_reasons_of_a_price_are_published_and_can_be_queried_one_by_one(scored):
    assert scored.rows("select distinct typical_price, reasons from predicted_prices") == [(25_000, REASONS)]
    query = """
    select reason.reason, reason.amount
    from (select unnest(reasons) as reason from predicted_prices where listing_id = 'cars.example:a')
    """
    assert scored.rows(query) == [("age", -3_100), ("trim", 2_050)]


def test_writing_the_same_again_changes_nothing(scored):
    scored_before = scored.rows("select * from predictions order by all")
    test_frame = predictions("cars.example:a", "cars.example:b")
    assert write_predictions(scored.connection, test_frame, "run-1", scored.day(1)) == 2
    write_model_run(scored.connection, {"model_run_id": "run-1", "market": "us", "estimator": "forest", "mae": 900.0})
    write_promotion(scored.connection, "us", "run-1", "the first", scored.day(1))
    assert scored.rows("select * from predictions order by all") == scored_before
    assert scored.row("select count(*) from model_runs") == (1,)
    assert scored.row("select count(*) from promotions") == (1,)


def test_predictions_of_one_scoring_may_come_in_chunks(scored):
    write_predictions(scored.connection, predictions("cars.example:a", price=22_000), "run-1", scored.day(2))
    write_predictions(scored.connection, predictions("cars.example:b", price=23_000), "run-1", scored.day(2))
    query = "select predicted_price from predicted_prices order by listing_id"
    assert scored.rows(query) == [(22_000,), (23_000,)]


def test_the_latest_prediction_counts(scored, tmp_path):
    parquet = tmp_path / "predictions.parquet"
    predictions("cars.example:a", price=25_000).write_parquet(parquet)
    write_predictions(scored.connection, parquet, "run-1", scored.day(2))
    query = "select predicted_price, scored_at from predicted_prices order by listing_id"
    assert scored.rows(query) == [(25_000, scored.day(2)), (21_000, scored.day(1))]


def test_a_new_champion_takes_no_price_from_anybody_until_it_has_scored(scored):
    before = scored.rows("select * from predicted_prices order by listing_id")
    write_model_run(scored.connection, {"model_run_id": "run-2", "market": "us", "estimator": "boosting"})
    write_promotion(scored.connection, "us", "run-2", "better", scored.day(2))
    assert scored.rows("select model_run_id from champions") == [("run-2",)]
    assert scored.rows("select * from predicted_prices order by listing_id") == before
    check(scored.connection)
    write_predictions(scored.connection, predictions("cars.example:b", price=25_000), "run-2", scored.day(3))
    found = scored.rows("select listing_id, predicted_price, model_run_id from predicted_prices")
    assert found == [("cars.example:b", 25_000, "run-2")]


def test_only_the_champion_s_predictions_count(scored):
    write_predictions(scored.connection, predictions("cars.example:a", price=25_000), "run-2", scored.day(2))
    assert scored.row("select max(predicted_price) from predicted_prices") == (21_000,)
    write_promotion(scored.connection, "us", "run-2", "better", scored.day(3))
    assert champion(scored.connection, "us") == "run-2"
    assert scored.rows("select listing_id, predicted_price from predicted_prices") == [("cars.example:a", 25_000)]


def test_a_rollback_is_one_more_promotion(scored):
    write_promotion(scored.connection, "us", "run-2", "better", scored.day(3))
    write_promotion(scored.connection, "us", "run-1", "rolled back", scored.day(4))
    assert champion(scored.connection, "us") == "run-1"


@pytest.fixture
def three_champions(scored):
    """run-1, run-2 and run-3, each champion in its turn."""
    for number in (2, 3):
        name = f"run-{number}"
        write_model_run(scored.connection, {"model_run_id": name, "market": "us", "estimator": "forest"})
        write_promotion(scored.connection, "us", name, "better", scored.day(number))
    return scored


def test_a_model_run_says_from_when_to_when_it_was_the_champion(three_champions):
    query = "select champion_from, champion_to from model_runs order by model_run_id"
    day = three_champions.day
    assert three_champions.rows(query) == [(day(1), day(2)), (day(2), day(3)), (day(3), None)]
    write_promotion(three_champions.connection, "us", "run-1", "rolled back", day(4))
    assert three_champions.rows(query) == [(day(4), None), (day(2), day(3)), (day(3), day(4))]
    write_model_run(three_champions.connection, {"model_run_id": "run-2", "market": "us", "estimator": "forest"})
    assert three_champions.rows(query)[1] == (day(2), day(3)), "recorded again, it is the same"


def test_the_former_champion_is_the_one_before_the_champion_first_was_it(three_champions):
    connection, day = three_champions.connection, three_champions.day
    assert former_champion(connection, "us") == "run-2"
    write_promotion(connection, "us", "run-2", "rolled back", day(4))
    assert former_champion(connection, "us") == "run-1"
    write_promotion(connection, "us", "run-1", "rolled back", day(5))
    assert former_champion(connection, "us") is None
    assert former_champion(connection, "germany") is None


def test_a_retired_model_run_is_no_former_champion(three_champions):
    write_retirement(three_champions.connection, "run-2", three_champions.day(5))
    write_retirement(three_champions.connection, "run-2", three_champions.day(6))
    assert former_champion(three_champions.connection, "us") == "run-1"
    again = {"model_run_id": "run-2", "market": "us", "estimator": "forest"}
    write_model_run(three_champions.connection, again)
    assert model_run(three_champions.connection, "run-2")["retired_at"] == three_champions.day(5)


def test_an_unknown_model_run_is_told(scored):
    with pytest.raises(UsageError, match="there is no model run nothing: `tasador models list` names them"):
        model_run(scored.connection, "nothing")


def test_what_is_gone_has_no_predicted_price_and_is_not_scored(scored):
    for day in (5, 6, 7):
        scored.load(day, scored.car("b"))
    assert scored.rows("select listing_id from predicted_prices") == [("cars.example:b",)]
    assert live_listings(scored.connection, "us")["listing_id"].to_list() == ["cars.example:b"]


def test_reading_listings_before_the_first_refresh_says_what_to_run(crawls):
    with pytest.raises(TasadorError, match="has no listings yet: run `tasador refresh`"):
        live_listings(crawls.connection, "us")


def test_a_market_without_promotion_has_no_champion(scored):
    assert markets(scored.connection) == ["us"]
    assert champion(scored.connection, "germany") is None


def test_a_model_run_keeps_its_whole_manifest(scored):
    estimator, mae, r2, manifest = scored.row("select estimator, mae, r2, manifest from model_runs")
    assert (estimator, mae, r2) == ("forest", 900.0, None)
    assert json.loads(manifest)["mae"] == 900.0


def test_a_model_run_says_by_sql_what_it_learned_with(scored):
    made_of = {"features": ["make", "age"], "parameters": {"iterations": 900}, "code_version": "0ea278f"}
    write_model_run(scored.connection, {"model_run_id": "run-1", "market": "us", **made_of})
    query = "select features, (parameters::json ->> 'iterations')::integer, code_version from model_runs"
    assert scored.row(query) == (["make", "age"], 900, "0ea278f")


def test_the_metrics_of_a_model_run_by_kind_of_car_are_a_table(scored):
    columns = ("segment", "value", "rows", "metric", "estimate", "lower", "upper")
    rows = [("all", "all", 300, "mae", 900.0, 850.0, 950.0), ("make", "ford", 60, "mae", 1_200.0, 1_000.0, 1_500.0)]
    for _ in range(2):
        write_model_metrics(scored.connection, "run-1", pl.DataFrame(rows, schema=columns, orient="row"))
    query = "select segment_value, segment_rows, estimate, estimate_upper from model_metrics order by all"
    assert scored.rows(query) == [("all", 300, 900, 950), ("ford", 60, 1_200, 1_500)]
    check(scored.connection)


def test_what_was_recorded_before_model_runs_were_derived_is_kept(crawls):
    upgrade = (MIGRATIONS / "0015_recorded_model_runs.sql").read_text()
    manifest = {"features": ["make"], "parameters": {"n_trees": 9}, "versions": {"tasador": "0.1.0"}}
    crawls.connection.execute(
        "drop table recorded_model_runs; drop table model_metrics;"
        "create or replace table model_runs as "
        "select 'run-1' as model_run_id, 'us' as market, ? as manifest, now() as champion_from, now() as champion_to",
        [json.dumps(manifest)],
    )
    crawls.connection.execute(upgrade)
    kept = crawls.rows("select * exclude (manifest) from recorded_model_runs")
    assert kept == [("run-1", "us", ["make"], '{"n_trees":9}', "0.1.0")]
