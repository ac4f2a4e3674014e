"""The same data and seed give the same prices, in whatever process they are learned and read."""

from typing import Any

import numpy as np
import polars as pl
import pytest

from models.estimators import KNOWN_NAMES
from models.model_runs.registry import ModelRun, open_model_run
from models.predict.prediction import predict
from models.train.training import train

TREES = ("forest", "boosting")
ENSEMBLE = ("baseline", "forest", "ensemble")
NETWORKS = ("torch_network", "keras_network", "study_recipe")
TOLERANCE = {**dict.fromkeys(TREES + ENSEMBLE, 0.0), **dict.fromkeys(NETWORKS, 1e-5)}
SMALL: dict[str, Any] = {"hidden": [16], "members": 2, "epochs": 10, "batch_size": 64}
PARAMS: dict[str, dict[str, Any]] = {
    "forest": {"n_trees": 20},
    "boosting": {"iterations": 50},
    "torch_network": SMALL,
    "keras_network": SMALL,
    "study_recipe": {"hidden": [16, 8], "epochs": 10},
}


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(TREES, id="trees"),
        pytest.param(ENSEMBLE, id="ensemble", marks=pytest.mark.slow),
        pytest.param(NETWORKS, id="networks", marks=pytest.mark.slow),
    ],
)
def twice(request, cars, tmp_path_factory) -> list[tuple[ModelRun, ModelRun]]:
    """Each estimator's model runs of two trainings with one seed, each in a fresh process."""
    folder = tmp_path_factory.mktemp("determinism")
    cars(400).write_parquet(folder / "snapshot.parquet")
    trainings = [
        train(folder / "snapshot.parquet", "demo", folder / name, estimators=request.param, params=PARAMS, folds=2)
        for name in ("once", "again")
    ]
    pairs = zip(*trainings, strict=True)
    return [(open_model_run(one.folder), open_model_run(other.folder)) for one, other in pairs]


def test_every_estimator_has_its_tolerance() -> None:
    assert sorted(TOLERANCE) == sorted(KNOWN_NAMES)


def test_two_fresh_processes_learn_the_same(twice) -> None:
    for one, other in twice:
        assert one.manifest.model_run_id != other.manifest.model_run_id
        assert _off(_priced(one), _priced(other)) <= TOLERANCE[one.manifest.estimator], one.manifest.estimator


def test_a_model_run_that_is_read_prices_as_when_it_was_learned(twice) -> None:
    rows = pl.read_parquet(twice[0][0].manifest.snapshot.path)
    for model_run, _ in twice:
        name = model_run.manifest.estimator
        assert _off(predict(model_run, rows), _priced(model_run)) <= TOLERANCE[name], name


def _priced(model_run: ModelRun) -> pl.DataFrame:
    """Return what every listing was priced at in the process that learned."""
    told = ("listing_id", "predicted_price")
    return pl.concat([model_run.out_of_fold.select(told), model_run.holdout.select(told)])


def _off(prices: pl.DataFrame, others: pl.DataFrame) -> float:
    """Return the largest relative difference of two tables of prices."""
    both = prices.join(others, on="listing_id", validate="1:1")
    assert both.height == prices.height == others.height
    return float(np.abs(both["predicted_price"] / both["predicted_price_right"] - 1).max())
