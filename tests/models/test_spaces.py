"""What may be tuned: each space holds the estimator's defaults, and nothing that the estimator does not have."""

import json

import pytest

from models.estimators import LEARNER_NAMES, estimator_class
from models.tune.spaces import SPACES, Choice, fits


def test_every_estimator_that_learns_has_a_space_but_the_number_to_beat() -> None:
    assert set(SPACES) == set(LEARNER_NAMES) - {"baseline"}


@pytest.mark.parametrize("estimator", SPACES)
def test_a_space_holds_the_defaults(estimator: str) -> None:
    defaults = json.loads(json.dumps(estimator_class(estimator)().get_params()))
    assert fits(estimator, {name: defaults[name] for name in SPACES[estimator]})


@pytest.mark.parametrize("estimator", SPACES)
def test_each_range_is_one_and_has_its_reason(estimator: str) -> None:
    for parameter in SPACES[estimator].values():
        assert parameter.reason
        assert len(parameter.values) > 1 if isinstance(parameter, Choice) else parameter.low < parameter.high


@pytest.mark.parametrize(
    "params",
    [
        {"max_leaves": 1000, "min_leaf": 2},
        {"max_leaves": 1000, "min_leaf": 2, "max_features": 0.5, "n_trees": 10},
        {"max_leaves": 1000, "min_leaf": 2, "max_features": 1.5},
        {"max_leaves": 1000.5, "min_leaf": 2, "max_features": 0.5},
    ],
)
def test_what_another_space_gave_does_not_fit(params: dict[str, float]) -> None:
    assert not fits("forest", params)
    assert not fits("nothing", params)
