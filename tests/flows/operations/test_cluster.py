"""Work spread over a Dask cluster by $TASADOR_CLUSTER: the same rows come out as in threads of one process."""

import subprocess
import sys
from pathlib import Path
from unittest.mock import MagicMock, Mock

import polars as pl
import pytest

from crawler.errors import TasadorError, UsageError
from crawler.home import Home
from flows.operations.cluster import cluster, each_market
from flows.operations.stations import require_completed
from models.model_runs.registry import open_model_run
from models.predict.batches import predict_file
from models.train.model_run import make_model_run
from models.train.recipe import Recipe

ROWS = 300

# Predicts what the arguments say as a flow does, 100 listings a partition.
FLOW = """
import sys
from pathlib import Path

from prefect import flow

from flows.operations.cluster import predict_anywhere
from models.model_runs.registry import open_model_run
from models.predict import batches

@flow(persist_result=False)
def predict(run: Path, listings: Path, predictions: Path) -> int:
    return predict_anywhere(open_model_run(run), listings, predictions, with_reasons=True).listings

if __name__ == "__main__":
    batches.BATCH_ROWS = 100
    print("listings:", predict(*map(Path, sys.argv[1:])))
"""


@pytest.mark.parametrize("address", ["", "local", "local:2", "tcp://scheduler:8786", "tls://192.0.2.1:8786"])
def test_a_cluster_is_named_by_the_environment(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TASADOR_CLUSTER", address)
    assert cluster() == address


@pytest.mark.parametrize("address", ["local:0", "2", "scheduler:8786", "http://scheduler"])
def test_another_address_is_refused(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TASADOR_CLUSTER", address)
    with pytest.raises(UsageError, match="TASADOR_CLUSTER must be local, local:2 or an address"):
        cluster()


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
def test_a_cluster_gives_the_rows_of_one_process(workers: int, prefect_server, tmp_path: Path) -> None:
    listings, script = tmp_path / "listings.parquet", tmp_path / "predict.py"
    cars = pl.DataFrame({"number": range(ROWS)}).select(
        pl.format("demo:{}", "number").alias("listing_id"),
        pl.format("vehicle-{}", "number").alias("vehicle_id"),
        make=pl.lit("Honda"),
        model=pl.lit("Civic"),
        market=pl.lit("demo"),
        currency=pl.lit("USD"),
        condition=pl.lit("used"),
        model_year=2010 + pl.col("number") % 15,
        mileage=1_000.0 * (pl.col("number") % 97),
        asking_price=8_000.0 + 100 * (pl.col("number") % 89),
        listing_hash="number",
    )
    cars.write_parquet(listings)
    folder = make_model_run(Recipe(listings, "demo", "baseline", folds=2), tmp_path / "models", lambda done: None)
    predict_file(open_model_run(folder), listings, tmp_path / "whole.parquet", with_reasons=True)
    script.write_text(FLOW)
    done = subprocess.run(
        [sys.executable, script, folder, listings, tmp_path / "parts.parquet"],
        capture_output=True,
        text=True,
        env=prefect_server.environment | {"TASADOR_CLUSTER": f"local:{workers}"},
        timeout=300,
    )
    assert f"listings: {ROWS}" in done.stdout, done.stderr
    assert done.stderr.count("Task run 'score-partition") == 3
    assert pl.read_parquet(tmp_path / "parts.parquet").equals(pl.read_parquet(tmp_path / "whole.parquet"))


def test_a_training_that_dask_gave_up_has_failed_and_says_why(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    given_up = Mock(result=Mock(side_effect=RuntimeError("all those workers died\nwhile running it")))
    runner = MagicMock(**{"__enter__.return_value.submit.return_value": given_up})
    monkeypatch.setenv("TASADOR_CLUSTER", "tcp://scheduler:8786")
    monkeypatch.setattr("flows.operations.cluster._runner", lambda _: runner)
    ended = each_market(Mock(), Home(tmp_path), ["us"])
    with pytest.raises(TasadorError, match="us failed: Dask gave it up: all those workers died while running it"):
        require_completed({"us failed": ended["us"]})
