"""What a real MLflow server on SQLite knows after retrainings, a promotion and a rollback; its venv is its own."""

import json
import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import numpy as np
import polars as pl
import pytest

from crawler.home import Home
from flows.steps import models, retrain
from flows.steps.import_table import import_table, open_source
from models.model_runs.registry import ModelRun
from models.predict.prediction import predict
from models.train.model_run import make_model_run
from models.train.recipe import Recipe
from models.train.training import TrainedRun

pytestmark = pytest.mark.slow

SERVER = Path(__file__).parents[2] / ".venv-mlflow/bin/mlflow"
AWAY = "http://127.0.0.1:9"
SECONDS_TO_START = 300
NAME = "tasador-us"
NUMBERS = ("model_year", "mileage", "asking_price")
CAR = [pl.col("listing_id", "vehicle_id", "make", "model"), pl.col(NUMBERS).cast(pl.Float64)]
PICKLE_STARTS = b"\x80"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server that keeps what it is told in a temporary folder."""
    if not SERVER.exists():
        pytest.skip("there is no MLflow server here: run make .venv-mlflow/installed")
    folder = tmp_path_factory.mktemp("mlflow")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    stores = ["--backend-store-uri", f"sqlite:///{folder}/mlflow.db", "--artifacts-destination", f"{folder}/artifacts"]
    command = [SERVER, "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1", *stores]
    quiet = os.environ | {"MLFLOW_DISABLE_TELEMETRY": "true", "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env=quiet, process_group=0)
    try:
        yield _answering(f"http://127.0.0.1:{port}", process)
    finally:
        os.killpg(process.pid, 15)
        process.wait()


def _answering(address: str, process: subprocess.Popen[bytes]) -> str:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(OSError), urlopen(f"{address}/health"):
            return address
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.3)
    raise AssertionError("the MLflow server did not start")


def training_with(learning_rate: float) -> Callable[..., list[TrainedRun]]:
    """Train a baseline and a boosting in this process, the latter as well as its learning rate lets it."""

    def train(snapshot: Path, market: str, folder: Path, **_: Any) -> list[TrainedRun]:
        params = {"iterations": 60, "learning_rate": learning_rate}
        recipes = [Recipe(snapshot, market, "baseline"), Recipe(snapshot, market, "boosting", params=params)]
        return [TrainedRun(asked.estimator, make_model_run(asked, folder, lambda done: None)) for asked in recipes]

    return train


def invented_cars(rows: int) -> pl.DataFrame:
    random = np.random.default_rng(0)
    makes, worth = np.array([("Honda", "Civic"), ("Ford", "F-150"), ("BMW", "X5")]), np.array([26_000, 48_000, 66_000])
    pick, year, mileage = (random.integers(*ends, rows) for ends in ((0, 3), (2008, 2025), (1_000, 200_000)))
    price = worth[pick] * 0.9 ** (2026 - year) * np.exp(-mileage / 200_000 + random.normal(0, 0.1, rows))
    names = {"make": makes[pick, 0], "model": makes[pick, 1]}
    return pl.DataFrame({"id": range(rows), **names, "year": year, "mileage": mileage, "price": price.round()})


@pytest.fixture(scope="module")
def market(server: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, retrain.Retrained, retrain.Retrained]:
    """A market that was retrained before the server, and again, worse and refused, while it was away."""
    folder = tmp_path_factory.mktemp("market")
    invented_cars(1_000).write_csv(folder / "cars.csv")
    home = Home(folder / "data")
    import_table(home, open_source(home, folder / "cars.csv", site="cars.com"))
    results = []
    for learning_rate, address in ((0.15, server), (0.01, AWAY)):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(retrain, "train", training_with(learning_rate))
            patch.setenv("MLFLOW_TRACKING_URI", address)
            results.append(retrain.retrain(home, "us"))
    return home, results[0], results[1]


@pytest.fixture
def client(server: str, market: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", server)
    mlflow = pytest.importorskip("mlflow")
    return mlflow.MlflowClient(server)


def logged_run(client: Any, model_run: ModelRun) -> Any:
    experiment = client.get_experiment_by_name(NAME)
    query = f"tags.model_run_id = '{model_run.manifest.model_run_id}'"
    (run,) = client.search_runs([experiment.experiment_id], query)
    return run


def champion(client: Any) -> str:
    return str(client.get_model_version_by_alias(NAME, "champion").tags["model_run_id"])


def test_a_retraining_says_what_the_server_was_told(market: Any) -> None:
    _, first, _ = market
    assert first.verdict.accepted, first.verdict.reason
    assert first.tracked == f"MLflow: 2 model runs logged; version 2 of {NAME} is the champion"


def test_each_model_run_has_its_parameters_figures_curves_and_pictures(market: Any, client: Any) -> None:
    for model_run in market[1].model_runs:
        run, manifest = logged_run(client, model_run), model_run.manifest
        assert run.info.status == "FINISHED"
        assert run.data.params["training_rows"] == str(manifest.training_rows)
        assert run.data.metrics["holdout/mae"] == pytest.approx(manifest.holdout.mae)
        names = {file.path for file in client.list_artifacts(run.info.run_id)}
        assert {"evaluation.json", "predicted_against_actual.png"} <= names
    boosted = market[1].challenger
    run, losses = logged_run(client, boosted), boosted.manifest.history[3]["validation"]
    assert run.data.params["learning_rate"] == "0.15"
    curve = client.get_metric_history(run.info.run_id, "validation/member_3")
    assert sorted((point.step, point.value) for point in curve) == list(enumerate(losses, start=1))


def test_the_challenger_has_the_verdict_and_the_evaluation_is_a_table(market: Any, client: Any, tmp_path: Path) -> None:
    _, first, _ = market
    run_id = logged_run(client, first.challenger).info.run_id
    verdict = json.loads(Path(client.download_artifacts(run_id, "gate.json", str(tmp_path))).read_text())
    assert verdict["holdout_rows"] == first.verdict.numbers["holdout_rows"]
    table = json.loads(Path(client.download_artifacts(run_id, "evaluation.json", str(tmp_path))).read_text())
    assert len(table["data"]) == first.challenger.evaluation.height


def test_the_registered_model_prices_as_tasador_does_and_holds_no_pickle(
    market: Any, client: Any, tmp_path: Path
) -> None:
    from mlflow import pyfunc

    _, first, _ = market
    cars = pl.read_parquet(first.snapshot.path).head(50).select(CAR)
    champion = pyfunc.load_model(f"models:/{NAME}@champion", dst_path=str(tmp_path))
    answer = champion.predict(cars.to_pandas())
    assert answer["predicted_price"].tolist() == predict(first.challenger, cars)["predicted_price"].to_list()
    assert champion.metadata.signature.inputs.input_types_dict()["make"].name == "string"
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert files
    assert not [file for file in files if file.read_bytes()[:1] == PICKLE_STARTS]


def test_a_server_that_was_away_stopped_nothing_and_learns_of_it_at_the_promotion(
    market: Any, client: Any, server: str
) -> None:
    home, first, second = market
    better, worse = (retrained.challenger.manifest.model_run_id for retrained in (first, second))
    assert second.tracked.startswith("Not tracked in MLflow: the server gave no answer")
    assert champion(client) == better
    assert models.promote(home, worse).tracked == f"MLflow: version 3 of {NAME} is the champion"
    assert champion(client) == worse
    assert models.rollback(home).tracked == f"MLflow: version 2 of {NAME} is the champion"
    assert champion(client) == better
