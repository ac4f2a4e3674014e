"""What MLflow is told of model runs, where MLFLOW_TRACKING_URI names a server: the only file that talks to one.

Tracking stops nothing: what went wrong is a sentence in the answer. Without the variable MLflow is not even imported.
"""

import os
import re
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import polars as pl

from models.gate.verdict import Verdict
from models.model_runs.manifest import Manifest
from models.model_runs.registry import ModelRun, open_model_run
from models.predict.appraisal import PRICES
from models.prepare.features import COLUMNS

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.models import ModelSignature

ASKED_BY = "MLFLOW_TRACKING_URI"
CHAMPION = "champion"

# What people have set themselves is left alone.
DEFAULTS = {
    "MLFLOW_DISABLE_TELEMETRY": "true",  # nobody is told anything but the server that was named
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",  # a server that is away is noticed in seconds, not in minutes
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "30",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",  # people see our progress
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    "MLFLOW_LOGGING_LEVEL": "ERROR",
}
# What a server takes in one request.
MOST_METRICS, MOST_PARAMETERS = 1_000, 100

# The columns of a car that a registered model reads, and those that it answers with.
INPUTS: dict[str, pl.DataType] = {
    **dict.fromkeys(("listing_id", "vehicle_id"), pl.String()),
    "asking_price": pl.Float64(),
    **COLUMNS,
}
OUTPUTS: dict[str, pl.DataType] = {
    "listing_id": pl.String(),
    **dict.fromkeys(PRICES, pl.Float64()),
    "reason_code": pl.String(),
}
MLFLOW_TYPES = {pl.String: "string", pl.Float64: "double", pl.Datetime: "datetime"}


def track(
    model_runs: Sequence[ModelRun], challenger: ModelRun, verdict: Verdict, reports: Path, champion: Path | None
) -> str:
    """Log and register what a retraining of one market gave; return in a sentence what was done, or why nothing.

    Each model run becomes a run of the experiment ``tasador-<market>`` and a version of the registered model of that
    name; the challenger's run has the gate's verdict and the folder ``reports`` too. The alias CHAMPION then names the
    model run in the folder ``champion``, the one that is live. The sentence is empty where nobody asked for tracking.
    """

    def log_all(client: "MlflowClient") -> str:
        for model_run in model_runs:
            run_id = _log(client, model_run)
            if model_run is challenger:
                client.set_tag(run_id, "gate", verdict.reason)
                client.log_dict(run_id, verdict.numbers, "gate.json")
                client.log_artifacts(run_id, str(reports), "reports")
        logged = [f"{len(model_runs)} model runs logged"]
        return f"MLflow: {'; '.join([*logged, _set_champion(client, champion)] if champion else logged)}"

    return _attempt(log_all)


def track_champion(folder: Path) -> str:
    """Give the model run in a folder the alias CHAMPION; return in a sentence what was done, or why nothing.

    One that the server does not know, because it was away or not asked when that was trained, is logged first. The
    sentence is empty where nobody asked for tracking.
    """
    return _attempt(lambda client: f"MLflow: {_set_champion(client, folder)}")


def _attempt(work: Callable[["MlflowClient"], str]) -> str:
    if not os.environ.get(ASKED_BY):
        return ""
    for name, value in DEFAULTS.items():
        os.environ.setdefault(name, value)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what MLflow says to those who write for it
            from mlflow import MlflowClient

            return work(MlflowClient())
    except ModuleNotFoundError as error:
        return f"Not tracked in MLflow: {error.name} is not installed: run pip install 'tasador[mlflow]'"
    except Exception as error:  # whatever befalls a server, a retraining of hours is not lost for it
        return f"Not tracked in MLflow: {_in_words(error)}"


def _in_words(error: Exception) -> str:
    """Return what happened, in one line without the password that the server's address may hold."""
    words, _, why = " ".join(str(error).split()).partition(" failed with exception ")
    reached = "the server gave no answer: " if "Max retries exceeded" in why else ""
    return re.sub(r"//[^/\s@]*@", "//", reached + words)[:200]


def _log(client: "MlflowClient", model_run: ModelRun) -> str:
    """Log and register a model run; return MLflow's id of the run."""
    import mlflow

    manifest = model_run.manifest
    run = client.create_run(_experiment(client, manifest), tags=_tags(manifest), run_name=manifest.model_run_id)
    run_id: str = run.info.run_id
    with mlflow.start_run(run_id=run_id):  # an error ends it as failed
        _log_figures(client, run_id, manifest)
        client.log_table(run_id, model_run.evaluation.to_dict(as_series=False), "evaluation.json")
        with TemporaryDirectory() as folder:
            _draw(model_run, Path(folder))
            client.log_artifacts(run_id, folder)
        _register(client, run_id, model_run)
    return run_id


def _log_figures(client: "MlflowClient", run_id: str, manifest: Manifest) -> None:
    from mlflow.entities import Metric, Param

    at = time.time_ns() // 1_000_000
    metrics = [Metric(name, value, at, step) for name, value, step in _figures(manifest)]
    for begin in range(0, len(metrics), MOST_METRICS):
        client.log_batch(run_id, metrics=metrics[begin : begin + MOST_METRICS])
    parameters = [Param(name, str(value)) for name, value in _parameters(manifest).items()]
    client.log_batch(run_id, params=parameters[:MOST_PARAMETERS])


def _register(client: "MlflowClient", run_id: str, model_run: ModelRun) -> None:
    """Upload a model run's folder as it is, with the code that opens it; nothing of it is pickled."""
    from mlflow import pyfunc

    manifest = model_run.manifest
    logged = pyfunc.log_model(
        name="model",
        python_model=str(Path(__file__).with_name("tracked_model.py")),
        artifacts={"model_run": str(model_run.folder)},
        signature=_signature(),
        pip_requirements=_requirements(manifest),
        metadata=_tags(manifest),
    )
    name = _registered_name(manifest.market)
    if not client.search_registered_models(f"name = '{name}'"):
        client.create_registered_model(name)
    client.create_model_version(name, logged.model_uri, run_id, _tags(manifest), model_id=logged.model_id)


def _set_champion(client: "MlflowClient", folder: Path) -> str:
    name, model_run_id = _registered_name(folder.parent.name), folder.name
    this = f"name = '{name}' and tags.model_run_id = '{model_run_id}'"
    if not client.search_model_versions(this):
        _log(client, open_model_run(folder))
    version = client.search_model_versions(this)[0].version
    client.set_registered_model_alias(name, CHAMPION, version)
    return f"version {version} of {name} is the {CHAMPION}"


def _experiment(client: "MlflowClient", manifest: Manifest) -> str:
    name = _registered_name(manifest.market)
    found = client.get_experiment_by_name(name)
    return str(found.experiment_id if found else client.create_experiment(name))


def _registered_name(market: str) -> str:
    return f"tasador-{market}"


def _tags(manifest: Manifest) -> dict[str, str]:
    names = ("model_run_id", "market", "currency", "estimator", "trained_at")
    return {**{name: str(getattr(manifest, name)) for name in names}, "snapshot_sha256": manifest.snapshot.sha256}


def _parameters(manifest: Manifest) -> dict[str, Any]:
    """Return the estimator's arguments, and what the training set and the cross-fitting were."""
    names = ("training_rows", "holdout_rows", "folds", "seeds", "threads", "trained_until", "outliers")
    return {**{name: getattr(manifest, name) for name in names}, **manifest.parameters}


def _figures(manifest: Manifest) -> Iterator[tuple[str, float, int]]:
    """Yield name, value and step of every metric, and of each member's loss after every epoch or tree."""
    judged = {
        **{f"holdout/{name}": value for name, value in asdict(manifest.holdout).items()},
        **{f"out_of_fold/{name}": value for name, value in asdict(manifest.out_of_fold).items()},
        **{f"holdout/abstained_{code}": rows for code, rows in manifest.abstained.items()},
        "holdout/coverage": manifest.holdout_coverage,
        "holdout/coverage_95": manifest.holdout_coverage_95,
        "seconds": manifest.seconds,
    }
    yield from ((name, value, 0) for name, value in judged.items() if value is not None)
    for number, history in enumerate(manifest.history):
        for part, losses in history.items():
            yield from ((f"{part}/member_{number}", loss, step) for step, loss in enumerate(losses, start=1))


def _draw(model_run: ModelRun, folder: Path) -> None:
    from models.train.pictures import (  # who only promotes draws nothing
        draw_learning_curves,
        draw_predicted_against_actual,
    )

    manifest, holdout = model_run.manifest, model_run.holdout
    draw_learning_curves({manifest.estimator: manifest.history}, folder / "learning_curves.png")
    draw_predicted_against_actual(
        holdout["asking_price"].to_numpy(),
        holdout["predicted_price"].to_numpy(),
        folder / "predicted_against_actual.png",
        title=f"{manifest.market}: {manifest.estimator}",
        currency=manifest.currency,
        metrics=manifest.holdout,
    )


def _requirements(manifest: Manifest) -> list[str]:
    """Return what it takes to price cars: the networks need none of their frameworks for it."""
    frameworks = ("tasador", "tensorflow", "torch")
    others = [f"{name}=={found}" for name, found in manifest.versions.items() if name not in frameworks]
    return ["tasador[score]", *others]


def _signature() -> "ModelSignature":
    from mlflow.models import ModelSignature
    from mlflow.types import ColSpec, Schema

    def schema(columns: dict[str, pl.DataType], required: bool) -> Schema:
        return Schema([ColSpec(MLFLOW_TYPES[type(dtype)], name, required) for name, dtype in columns.items()])

    return ModelSignature(schema(INPUTS, required=False), schema(OUTPUTS, required=True))
