"""What tuning may try of each estimator: one table, each range with its reason. Knows no search and no framework.

Parameters that only cost time (more trees, more epochs, more members) are not searched: more of them is never worse.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number between two, both included; ``log`` where its order of magnitude matters."""

    low: int
    high: int
    reason: str
    log: bool = False

    def holds(self, value: Any) -> bool:
        """Whether the search could have tried this value."""
        return isinstance(value, int) and self.low <= value <= self.high


@dataclass(frozen=True, slots=True)
class Real:
    """A number between two, both included; ``log`` where its order of magnitude matters."""

    low: float
    high: float
    reason: str
    log: bool = False

    def holds(self, value: Any) -> bool:
        """Whether the search could have tried this value."""
        return isinstance(value, int | float) and self.low <= value <= self.high


@dataclass(frozen=True, slots=True)
class Choice:
    """One of some values, each as JSON has it: a list where the estimator takes a sequence."""

    values: tuple[Any, ...]
    reason: str

    def holds(self, value: Any) -> bool:
        """Whether the search could have tried this value."""
        return value in self.values


Parameter = Whole | Real | Choice

NETWORK: dict[str, Parameter] = {
    "hidden": Choice(([128, 64], [256, 128], [512, 256], [256, 128, 64]), "few rows overfit wide layers"),
    "dropout": Real(0.0, 0.4, "the fewer rows, the more of it"),
    "frequencies": Whole(4, 32, "how fine the steps of age and mileage are that it can follow", log=True),
    "frequency_scale": Real(0.03, 1.0, "how steep these steps may be before it follows noise", log=True),
    "embedding_size": Whole(4, 24, "how much of these steps it keeps", log=True),
    "learning_rate": Real(5e-4, 1e-2, "the first thing to be wrong on other data", log=True),
    "weight_decay": Real(1e-4, 1e-1, "shrinks weights that few rows support", log=True),
    "batch_size": Choice((128, 256, 512), "small batches regularise, large ones are fast"),
}

SPACES: dict[str, dict[str, Parameter]] = {
    "forest": {
        "max_leaves": Whole(250, 8000, "the size of a tree, and of the file", log=True),
        "min_leaf": Whole(1, 10, "averages out mistyped prices"),
        "max_features": Real(0.1, 1.0, "fewer columns a split: trees that differ more"),
    },
    "boosting": {
        "learning_rate": Real(0.02, 0.2, "slow is better until the iterations run out", log=True),
        "depth": Whole(4, 9, "how many features meet in one rule"),
        "l2_leaf_reg": Real(0.5, 30.0, "shrinks leaves of few cars", log=True),
        "column_share": Real(0.2, 1.0, "the price levels overshadow other columns where all are offered"),
        "one_hot_max_size": Choice((2, 16, 64), "small categories as they are, or by target statistics"),
    },
    "keras_network": NETWORK,
    "torch_network": NETWORK,
}


def fits(estimator: str, params: Mapping[str, Any]) -> bool:
    """Whether these are parameters that today's space of the estimator could give."""
    space = SPACES.get(estimator, {})
    return set(params) == set(space) and all(space[name].holds(value) for name, value in params.items())
