"""The study group's recipe, a named baseline: what dense layers give that learn raw prices by squared error."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from models.estimators.forward import Floats32
from models.estimators.keras_network import KerasNetwork
from models.estimators.network import Floats


class StudyRecipe(KerasNetwork):
    """Dense layers that narrow to one linear unit: MSE, Adam, batches of 32, 20 % validation, early stopping, in Keras.

    The group had R² 0.91 and an RMSE of 6,000 to 7,000 USD on a split of theirs. How many layers there were and how
    long they waited they left open; these are parameters. Like every estimator here it is given logarithms of prices
    and answers with one, but as theirs did it learns the price: standardised, which changes the unit of the error
    alone. A linear unit may answer with less than nothing; the lowest price it learned from is then its answer.

    Parameters
    ----------
    hidden, epochs, patience : units of each layer, passes over the rows at most, epochs without gain before it stops
    n_threads, random_state : threads used, and the seed
    """

    preparation = "plain"
    target = "log_price"

    def __init__(
        self,
        hidden: Sequence[int] = (128, 64, 32, 16),
        epochs: int = 100,
        patience: int = 10,
        n_threads: int = 1,
        random_state: int = 0,
    ) -> None:
        super().__init__(
            hidden=hidden,
            members=1,
            dropout=0.0,
            frequencies=0,
            activation="relu",
            initialisation="glorot",
            loss="squared",
            learning_rate=1e-3,
            weight_decay=0.0,
            batch_size=32,
            schedule="constant",
            epochs=epochs,
            validation_share=0.2,
            patience=patience,
            n_threads=n_threads,
            random_state=random_state,
        )

    def _to_learn(self, y: Floats) -> Floats32:
        # As shares of the highest price, which no exponential overflows.
        self.lowest_, self.highest_ = float(y.min()), float(y.max())
        return super()._to_learn(np.exp(y - self.highest_))

    def _to_tell(self, outputs: Floats) -> Floats:
        lowest = max(np.exp(self.lowest_ - self.highest_), np.finfo(float).tiny)
        prices: Floats = np.log(np.maximum(super()._to_tell(outputs), lowest)) + self.highest_
        return prices

    def _state(self) -> dict[str, Any]:
        return {**super()._state(), "lowest": self.lowest_, "highest": self.highest_}

    def _take_state(self, state: dict[str, Any]) -> None:
        super()._take_state(state)
        self.lowest_, self.highest_ = state["lowest"], state["highest"]

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.regressor_tags.poor_score = True  # a target that is no logarithm of prices is not what it learns
        return tags
