"""A member: one preparation and one estimator, fitted together, that turn listings into prices and go to disk and back.

Learns the logarithm of the asking price, or what of it the price levels leave over. Knows no folds, gate or registry.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import polars as pl

from models.estimators import estimator_class
from models.prepare.features import build_features
from models.prepare.levels import CHAIN, DEPRECIATION
from models.prepare.outliers import SCHEMA as OUTLIERS
from models.prepare.outliers import find_outliers
from models.prepare.preparation import Preparation, Prepared
from models.prepare.terms import TERMS, terms_of

Floats = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.floating[Any]]

# The baseline's medians by make, model and year, and what it falls back on.
BASELINE_KEYS = (("make_model", "age"), ("make_model",), ("make", "age"), ("make",))

# Arguments by which an estimator learns where in the matrix it finds what it treats apart.
PLACES: dict[str, Callable[[Preparation], Any]] = {
    "keys": lambda preparation: [preparation.positions(key) for key in BASELINE_KEYS],
    "categorical_features": lambda preparation: preparation.categorical,
    "continuous_features": lambda preparation: preparation.continuous,
}


class Member:
    """An estimator by name, with the preparation that feeds it.

    ``seed`` and ``threads`` hold for every part; ``params`` are further arguments of the estimator's class.
    """

    def __init__(
        self, estimator: str, *, seed: int = 0, threads: int = 1, params: Mapping[str, Any] | None = None
    ) -> None:
        self.estimator = estimator
        self.seed = seed
        self.threads = threads
        self.params = dict(params or {})
        self._class = estimator_class(estimator)

    def fit(self, training_set: pl.DataFrame) -> Self:
        """Learn from priced listings; ``outliers`` then says which rows were left out of training, and why."""
        matrix, target = self.prepare(training_set)
        self.fitted = self.new_estimator().fit(matrix, target)
        self.history: dict[str, list[float]] = getattr(self.fitted, "history_", {})
        return self

    def prepare(self, training_set: pl.DataFrame) -> tuple[Matrix, Floats]:
        """Fit the preparation alone; return what an estimator learns from: a matrix, and its target."""
        self.outliers = find_outliers(training_set)
        kept = training_set.filter(~pl.col("listing_id").is_in(self.outliers["listing_id"].implode()))
        log_prices = np.log(kept["asking_price"].cast(pl.Float64).to_numpy())
        self.preparation = Preparation(self._class.preparation, seed=self.seed)
        prepared = self.preparation.fit_transform(kept, log_prices)
        return prepared.matrix, log_prices - self.start(prepared)

    def predict(self, listings: pl.DataFrame) -> Floats:
        """Return the asking price expected of each listing, in the market's currency, shape (rows,)."""
        if listings.is_empty():
            return np.empty(0)
        prices: Floats = np.exp(self.log_prices(build_features(listings)))
        return prices

    def log_prices(self, features: pl.DataFrame) -> Floats:
        """Return the log of what ``predict`` says of listings by their features, of which there is one or more."""
        return self.log_prices_of(self.preparation.prepare(features))

    def log_prices_of(self, prepared: Prepared) -> Floats:
        """Return log prices of what this member's preparation has prepared, shape (rows,)."""
        return np.asarray(self.start(prepared) + self.fitted.predict(prepared.matrix))

    def contributions(self, features: pl.DataFrame) -> Floats:
        """Return what each of TERMS adds to the log price, and last a typical car's, shape (rows, len(TERMS) + 1)."""
        return self.contributions_of(self.preparation.prepare(features), features)

    def contributions_of(self, prepared: Prepared, features: pl.DataFrame) -> Floats:
        """Return the contributions to log prices, by what is prepared of features and by the features themselves.

        A row's sum is its log price. What the estimator makes of the price levels, which say
        of all terms at once how dear a car is, is shared out by how much each term makes it dear or cheap.
        """
        parts = self.preparation.parts(features)
        expected = parts[:, :-1] @ terms_of((*DEPRECIATION, *CHAIN))[:, :-1]
        added = self.fitted.contributions(prepared.matrix, terms_of(self.preparation.columns))
        sizes, all_sizes = np.abs(expected), np.abs(expected).sum(axis=1, keepdims=True)
        # A typical car is neither dear nor cheap by any term: all share alike.
        shares = np.divide(sizes, all_sizes, out=np.full_like(sizes, 1 / len(TERMS)), where=all_sizes > 0)
        learned = np.column_stack([added[:, :-2] + added[:, -2:-1] * shares, added[:, -1]])
        started = np.column_stack([expected, parts[:, -1]])
        return learned + started if self._class.target == "residual" else learned

    def start(self, prepared: Prepared) -> Floats:
        """Return the part of each log price that is not for the estimator to learn, shape (n,)."""
        return prepared.expected if self._class.target == "residual" else np.zeros_like(prepared.expected)

    @property
    def parameters(self) -> dict[str, Any]:
        """The arguments of the fitted estimator."""
        parameters: dict[str, Any] = self.fitted.get_params()
        return parameters

    def save(self, folder: Path) -> None:
        """Write member.json, the preparation's files and the estimator's own into ``folder``, made where missing."""
        folder.mkdir(parents=True, exist_ok=True)
        arguments = {"estimator": self.estimator, "seed": self.seed, "threads": self.threads, "params": self.params}
        state = {**arguments, "history": self.history, "outliers": self.outliers.to_dicts()}
        (folder / "member.json").write_text(json.dumps(state))
        self.preparation.save(folder)
        self.fitted.save(folder)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what ``save`` wrote. Nothing is unpickled; UsageError for an estimator that is not in the table."""
        state = json.loads((folder / "member.json").read_text())
        member = cls(state["estimator"], seed=state["seed"], threads=state["threads"], params=state["params"])
        member.history = state["history"]
        member.outliers = pl.DataFrame(state["outliers"], schema=OUTLIERS)
        member.preparation = Preparation.load(folder)
        member.fitted = member.new_estimator().restore(folder)
        return member

    def new_estimator(self) -> Any:
        """Return the estimator unfitted, with those of our arguments that its class has, for what was prepared."""
        wanted = self._class().get_params()
        ours = {"n_threads": self.threads, "random_state": self.seed}
        placed = {name: place(self.preparation) for name, place in PLACES.items() if name in wanted}
        return self._class(**{**{k: v for k, v in ours.items() if k in wanted}, **placed, **self.params})
