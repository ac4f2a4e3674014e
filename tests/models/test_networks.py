"""What the networks are besides regressors of log prices: classifiers, plain stacks, the study group's recipe."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.utils.estimator_checks import parametrize_with_checks

from models.estimators.keras_network import KerasClassifier, KerasNetwork
from models.estimators.study_recipe import StudyRecipe
from models.estimators.torch_network import TorchClassifier, TorchNetwork

PLAIN: dict[str, Any] = {
    "members": 1, "frequencies": 0, "dropout": 0.0, "activation": "relu", "initialisation": "glorot",
    "schedule": "constant", "weight_decay": 0.0, "batch_size": 32, "learning_rate": 0.01,
}  # fmt: skip
SMALL: dict[str, Any] = {
    "hidden": (16,), "members": 2, "frequencies": 2, "embedding_size": 2, "epochs": 20,
    "batch_size": 32, "learning_rate": 0.02,
}  # fmt: skip
CLASSIFIERS = (TorchClassifier, KerasClassifier)
NETWORKS = (TorchNetwork, KerasNetwork)
RECIPE = StudyRecipe(hidden=(16, 8), epochs=15)


@pytest.mark.slow
@parametrize_with_checks([TorchClassifier(**SMALL)])
def test_scikit_learn_finds_a_proper_classifier(estimator: Any, check: Any) -> None:
    check(estimator)


@pytest.mark.slow
@parametrize_with_checks([KerasClassifier(**SMALL), RECIPE])
def test_scikit_learn_finds_proper_estimators_in_keras(estimator: Any, check: Any) -> None:
    check(estimator)


@pytest.fixture(scope="module")
def points() -> tuple[np.ndarray, np.ndarray]:
    """Points in a plane, of three classes by the third that their angle lies in."""
    X = np.random.default_rng(5).normal(size=(600, 2))
    return X, np.array(["a", "b", "c"])[np.floor((np.arctan2(X[:, 1], X[:, 0]) + np.pi) / 2.0944).astype(int) % 3]


@pytest.fixture(scope="module", params=CLASSIFIERS)
def classifier(request: pytest.FixtureRequest, points: tuple[np.ndarray, np.ndarray]) -> Any:
    return request.param(**{**PLAIN, "hidden": (32,), "epochs": 12, "members": 2}).fit(*points)


def test_a_classifier_tells_the_classes_apart(classifier: Any, points: tuple[np.ndarray, np.ndarray]) -> None:
    assert classifier.score(*points) > 0.93
    assert classifier.history_["validation_score"][-1] > 0.9


def test_probabilities_are_shares_and_name_the_predicted_class(
    classifier: Any, points: tuple[np.ndarray, np.ndarray]
) -> None:
    probabilities = classifier.predict_proba(points[0])
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)
    assert (classifier.classes_[probabilities.argmax(axis=1)] == classifier.predict(points[0])).all()


def test_a_restored_classifier_answers_the_same(
    classifier: Any, points: tuple[np.ndarray, np.ndarray], tmp_path: Path
) -> None:
    classifier.save(tmp_path)
    restored = clone(classifier).restore(tmp_path)
    np.testing.assert_allclose(restored.predict_proba(points[0]), classifier.predict_proba(points[0]), atol=1e-6)


@pytest.mark.parametrize("network", CLASSIFIERS)
def test_training_stops_at_the_accuracy_asked_for(network: Any, points: tuple[np.ndarray, np.ndarray]) -> None:
    slowly = {**PLAIN, "learning_rate": 0.002}
    history = network(**slowly, hidden=(32,), epochs=60, patience=0, stop_at=0.93).fit(*points).history_
    assert history["train_score"][-1] >= 0.93 > max(history["train_score"][:-1])


@pytest.mark.parametrize("network", NETWORKS)
def test_training_stops_when_it_only_learns_by_heart(network: Any) -> None:
    random = np.random.default_rng(0)
    X, noise = random.normal(size=(200, 10)), random.normal(size=200)
    history = network(**PLAIN, hidden=(64,), epochs=60, patience=0, stop_gap=2.0).fit(X, noise).history_
    beyond = np.array(history["validation"]) > 2.0 * np.array(history["train"])
    assert beyond[-1] and not beyond[:-1].any()


@pytest.mark.parametrize("network", NETWORKS)
def test_a_plain_stack_has_the_parameters_of_its_layers(network: Any) -> None:
    X = np.random.default_rng(1).normal(size=(80, 3))
    plain = network(**PLAIN, hidden=(8, 4), epochs=1).fit(X, X[:, 0])
    assert plain.n_parameters_ == (3 * 8 + 8) + (8 * 4 + 4) + (4 + 1)


@pytest.mark.parametrize("network", NETWORKS)
def test_members_share_all_but_their_view_of_the_inputs_and_the_last_layer(network: Any) -> None:
    X = np.random.default_rng(1).normal(size=(80, 3))
    ensemble = network(**{**PLAIN, "members": 5}, hidden=(8, 4), epochs=1).fit(X, X[:, 0])
    assert ensemble.n_parameters_ == 5 * 3 + (3 * 8 + 8) + (8 * 4 + 4) + 5 * (4 + 1)


@pytest.mark.parametrize("network", NETWORKS)
def test_members_begin_with_random_signs_and_waves_as_steep_as_asked_for(network: Any) -> None:
    X = np.random.default_rng(1).normal(size=(80, 9))
    waves = {"members": 7, "frequencies": 50, "frequency_scale": 0.3, "embedding_size": 1}
    barely = network(**{**PLAIN, **waves, "learning_rate": 1e-9}, hidden=(4,), epochs=1).fit(X, X[:, 0])
    by_shape = {array.shape: array for array in barely.arrays_.values()}
    np.testing.assert_allclose(np.unique(by_shape[7, 9 + 9].round(6)), [-1, 1])
    assert by_shape[9, 50].std() == pytest.approx(0.3, rel=0.1)


def test_the_recipe_learns_the_price_and_not_its_logarithm() -> None:
    random = np.random.default_rng(2)
    X = random.uniform(0, 1, size=(800, 2))
    price = 5_000 + 60_000 * X[:, 0]
    recipe = StudyRecipe(hidden=(16, 8), epochs=20).fit(X, np.log(price))
    assert np.abs(np.exp(recipe.predict(X)) - price).mean() < 1_500
    shares = np.exp(np.log(price) - np.log(price.max()))
    assert recipe.target_center_ == pytest.approx(shares.mean())


def test_the_recipe_never_answers_below_the_lowest_price_it_saw() -> None:
    X = np.linspace(0, 1, 300)[:, None]
    log_price = np.log(1_000 + 50_000 * X[:, 0])
    recipe = StudyRecipe(hidden=(8,), epochs=20).fit(X, log_price)
    far_below = recipe.predict(np.array([[-30.0]]))
    assert far_below[0] >= log_price.min() - 1e-9


def test_a_restored_recipe_answers_the_same(tmp_path: Path) -> None:
    X = np.linspace(0, 1, 100)[:, None]
    recipe = clone(RECIPE).fit(X, np.log(1_000 + 50_000 * X[:, 0]))
    recipe.save(tmp_path)
    np.testing.assert_allclose(clone(RECIPE).restore(tmp_path).predict(X), recipe.predict(X), rtol=1e-5)


def test_epochs_follow_the_rows_unless_they_are_asked_for() -> None:
    by_rows = [TorchNetwork(batch_size=256)._epochs(rows) for rows in (100, 5_000, 62_000, 10_000_000)]
    assert by_rows == [600, 30, 12, 1]
    assert TorchNetwork(epochs=40)._epochs(10_000_000) == 40
