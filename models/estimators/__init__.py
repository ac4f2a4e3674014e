"""The estimators by name. This fixed table is also the list of classes that a saved model may name."""

from importlib import import_module
from typing import Any

from crawler.errors import UsageError

_PLACES = {
    "baseline": "models.estimators.baseline:Baseline",
    "forest": "models.estimators.forest:Forest",
    "boosting": "models.estimators.boosting:Boosting",
    "keras_network": "models.estimators.keras_network:KerasNetwork",
    "torch_network": "models.estimators.torch_network:TorchNetwork",
    "ensemble": "models.estimators.ensemble:Ensemble",
    "study_recipe": "models.estimators.study_recipe:StudyRecipe",
}

# What a saved model may name; of these the study group's recipe is there to be compared with, and trained only when it
# is asked for by name.
KNOWN_NAMES = tuple(_PLACES)
STUDY_RECIPE = "study_recipe"
ESTIMATOR_NAMES = tuple(name for name in KNOWN_NAMES if name != STUDY_RECIPE)
# What learns from listings, each on its own; the ensemble learns from what these predict.
ENSEMBLE = "ensemble"
LEARNER_NAMES = tuple(name for name in ESTIMATOR_NAMES if name != ENSEMBLE)


def estimator_class(name: str) -> Any:
    """Return the class of a named estimator, importing its libraries now; UsageError for any other name."""
    if name not in _PLACES:
        raise UsageError(f"estimator must be one of {', '.join(KNOWN_NAMES)}, got {name!r}")
    module, _, attribute = _PLACES[name].partition(":")
    return getattr(import_module(module), attribute)
