"""Predicting in numpy: the frameworks' own answers, and none of them needed for scoring."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from models.estimators.forward import ROWS_AT_ONCE, forward
from models.estimators.keras_network import KerasClassifier, KerasNetwork
from models.estimators.network import PREDICT_BATCH
from models.estimators.torch_network import TorchClassifier, TorchNetwork
from models.model_runs.registry import open_model_run
from models.predict.prediction import predict
from models.train.model_run import make_model_run
from models.train.recipe import Recipe

COLUMNS = 5
SHAPES: dict[str, dict[str, Any]] = {
    "as listings have it": {"continuous_features": (3, 0), "hidden": (32, 16), "members": 3},
    "embedded, of one member": {"hidden": (8,), "members": 1},
    "members of a plain stack": {"hidden": (16, 8, 8), "members": 4, "frequencies": 0, "activation": "relu"},
    "plain stack": {"hidden": (16, 8), "members": 1, "frequencies": 0},
    "no column to embed": {"hidden": (8,), "members": 2, "continuous_features": ()},
    "no hidden layer": {"hidden": (), "members": 2},
}
SMALL: dict[str, Any] = {"hidden": [16], "members": 2, "epochs": 5, "batch_size": 64}
PARAMS = {"torch_network": SMALL, "keras_network": SMALL, "study_recipe": {"hidden": [8], "epochs": 5}, "baseline": {}}

# Scores model runs in a process of its own; tells what it imported, and the prices.
CHILD = """
import json, sys
from pathlib import Path

frameworks = ("torch", "tensorflow", "keras")

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in frameworks:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


if sys.argv[1] == "absent":
    sys.meta_path.insert(0, Absent())

import polars as pl
from models.predict.prediction import predict
from models.model_runs.registry import open_model_run

listings = pl.read_parquet(sys.argv[2])
prices = [predict(open_model_run(Path(run)), listings)["predicted_price"].to_list() for run in sys.argv[3:]]
print(json.dumps({"imported": [name for name in frameworks if sys.modules.get(name)], "prices": prices}))
"""


def torch_answers(asked: Any, X: np.ndarray) -> np.ndarray:
    """What PyTorch answers by random arrays, which the estimator then has: (n, members, outputs)."""
    import torch

    from models.estimators.torch_training import arrays_of, build

    network = build(asked).eval()
    for parameter in network.parameters():
        torch.nn.init.normal_(parameter, std=0.5, generator=torch.Generator().manual_seed(parameter.numel()))
    asked.arrays_ = arrays_of(asked, network)
    return network(torch.from_numpy(X)).detach().numpy()


def keras_answers(asked: Any, X: np.ndarray) -> np.ndarray:
    """What Keras answers by random arrays, which the estimator then has: (n, members, outputs)."""
    network, random = asked._build(), np.random.default_rng(4)
    network.set_weights([random.normal(0, 0.5, array.shape).astype(np.float32) for array in network.get_weights()])
    asked.arrays_ = asked._arrays_of(network)
    return np.asarray(network.predict_on_batch(X))


FRAMEWORKS = [
    pytest.param(TorchNetwork, TorchClassifier, torch_answers, id="torch"),
    pytest.param(KerasNetwork, KerasClassifier, keras_answers, id="keras"),
]


@pytest.fixture(scope="module")
def X() -> np.ndarray:
    return np.random.default_rng(3).normal(size=(ROWS_AT_ONCE + 7, COLUMNS)).astype(np.float32)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(("regressor", "_", "answers"), FRAMEWORKS)
def test_numpy_answers_as_the_framework_does(regressor: Any, _: Any, answers: Any, shape: str, X: np.ndarray) -> None:
    asked = regressor(**SHAPES[shape])
    asked.n_features_in_ = COLUMNS
    theirs = answers(asked, X).transpose(1, 0, 2)
    ours = forward(asked.arrays_, X, asked._continuous(), asked.activation)
    assert ours.dtype == np.float32
    assert np.abs(ours - theirs).max() < 1e-5 * theirs.std()


@pytest.mark.parametrize(("_", "classifier", "answers"), FRAMEWORKS)
def test_probabilities_are_the_mean_of_the_framework_s(_: Any, classifier: Any, answers: Any, X: np.ndarray) -> None:
    asked = classifier(**SHAPES["as listings have it"], scale_inputs=False)
    asked.n_features_in_, asked.classes_, asked.center_ = COLUMNS, np.array(["a", "b", "c"]), np.zeros(COLUMNS)
    powers = np.exp(answers(asked, X).astype(np.float64))
    shares = (powers / powers.sum(axis=2, keepdims=True)).mean(axis=1)
    np.testing.assert_allclose(asked.predict_proba(X), shares, rtol=1e-4, atol=1e-7)


def test_both_frameworks_have_arrays_of_the_same_names_and_shapes(X: np.ndarray) -> None:
    by_framework = []
    for network, answers in ((TorchNetwork, torch_answers), (KerasNetwork, keras_answers)):
        asked = network(**SHAPES["as listings have it"])
        asked.n_features_in_ = COLUMNS
        answers(asked, X)
        by_framework.append({name: array.shape for name, array in asked.arrays_.items()})
    assert by_framework[0] == by_framework[1]
    assert by_framework[0]["layers.0.weight"] == (COLUMNS + 2 * 8, 32)


def test_rows_are_answered_each_for_itself_however_many_there_are() -> None:
    random = np.random.default_rng(0)
    X = random.normal(size=(2 * PREDICT_BATCH + 3, 2))
    network = TorchNetwork(**SMALL).fit(X[:200], X[:200, 0])
    some = [0, ROWS_AT_ONCE, PREDICT_BATCH - 1, PREDICT_BATCH, 2 * PREDICT_BATCH + 2]
    np.testing.assert_allclose(network.predict(X)[some], network.predict(X[some]), atol=1e-5)


@pytest.fixture(scope="module")
def runs(cars: Any, tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Path], Path]:
    """Model runs of every network and of an ensemble with networks, and the listings to score."""
    folder = tmp_path_factory.mktemp("runs")
    cars(300).write_parquet(folder / "snapshot.parquet")
    cars(50, seed=1).write_parquet(folder / "listings.parquet")
    made = [
        make_model_run(Recipe(folder / "snapshot.parquet", "demo", name, 2, params=params), folder, lambda _: None)
        for name, params in PARAMS.items()
    ]
    recipe = Recipe(folder / "snapshot.parquet", "demo", "ensemble", 2, parts=tuple(made[:2]))
    return [*made, make_model_run(recipe, folder, lambda _: None)], folder / "listings.parquet"


@pytest.mark.parametrize("frameworks", ["installed", "absent"])
def test_scoring_imports_no_framework_and_needs_none(runs: tuple[list[Path], Path], frameworks: str) -> None:
    folders, listings = runs
    command = [sys.executable, "-c", CHILD, frameworks, str(listings), *map(str, folders)]
    told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    assert told["imported"] == []
    here = [predict(open_model_run(folder), pl.read_parquet(listings))["predicted_price"] for folder in folders]
    np.testing.assert_allclose(told["prices"], here, rtol=1e-6)
