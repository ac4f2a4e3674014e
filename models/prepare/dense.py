"""The dense matrix of a preparation: numbers imputed and scaled, what was missing, and the commonest categories.

Knows the positions of numbers and codes in a native matrix, and no listing.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from models.prepare.imputation import ChainedImputer

Floats = npt.NDArray[np.float64]
Floats32 = npt.NDArray[np.float32]

# Of each category the commonest codes get a column; where training had more, they share one with those never seen.
MOST_COLUMNS = 50
# Half of the imputer's own default: each member of a model run saves and loads them.
TREES = 10


class DenseColumns:
    """A native matrix in, a dense one out: float32, no NaN.

    ``numbers`` and ``codes`` name the native columns in order; ``imputed`` are those of the numbers that may be
    missing, and ``one_hot`` those of the codes that get columns of their own. All of them help to impute.
    A number that never varied in training is zero for good: nothing was learned of it.
    """

    def __init__(
        self, numbers: Sequence[str], codes: Sequence[str], *, imputed: Sequence[str], one_hot: Sequence[str], seed: int
    ) -> None:
        self.numbers = tuple(numbers)
        self.codes = tuple(codes)
        self.imputed = tuple(imputed)
        self.one_hot = tuple(one_hot)
        self.seed = seed

    def fit_transform(self, native: Floats) -> Floats32:
        """Learn from a native matrix of n rows and return its dense one, shape (n, len(columns))."""
        width = len(self.numbers)
        self.imputer_ = ChainedImputer(
            categorical_features=list(range(width, native.shape[1])),
            imputed_features=[self.numbers.index(name) for name in self.imputed],
            n_trees=TREES,
            random_state=self.seed,
        ).fit(native)
        missing = np.isnan(native[:, :width]).mean(axis=0)
        self.indicated_ = [name for name, share in zip(self.numbers, missing, strict=True) if 0 < share < 1]
        seen = {name: _by_frequency(native[:, self._position(name)]) for name in self.one_hot}
        self.commonest_ = {name: sorted(codes[:MOST_COLUMNS]) for name, codes in seen.items()}
        self.shared_ = [name for name, codes in seen.items() if len(codes) > MOST_COLUMNS]
        filled = self._filled(native)
        self.means_, spread = filled.mean(axis=0), filled.std(axis=0)
        # What is left of a constant by rounding is no spread.
        varied = spread > 1e-9 * np.abs(self.means_)
        self.factors_ = np.divide(1.0, spread, out=np.zeros_like(spread), where=varied)
        return self._assemble(native, filled)

    def transform(self, native: Floats) -> Floats32:
        """Return the dense matrix of a native one, shape (n, len(columns))."""
        return self._assemble(native, self._filled(native))

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the dense matrix's columns."""
        indicators = [f"{name}_is_missing" for name in self.indicated_]
        return (*self.numbers, *indicators, *(column for name in self.one_hot for column in self._hot_columns(name)))

    def save(self, folder: Path) -> dict[str, Any]:
        """Write imputation.skops into an existing folder and return the rest of the state, as JSON can hold it."""
        self.imputer_.save(folder / "imputation.skops")
        arguments = {"numbers": self.numbers, "codes": self.codes, "imputed": self.imputed, "one_hot": self.one_hot}
        scale = {"means": self.means_.tolist(), "factors": self.factors_.tolist()}
        learned = {"indicated": self.indicated_, "commonest": self.commonest_, "shared": self.shared_}
        return {**arguments, "seed": self.seed, **scale, **learned}

    @classmethod
    def load(cls, folder: Path, state: dict[str, Any]) -> Self:
        """Take up what ``save`` wrote and returned."""
        arguments = {name: state[name] for name in ("numbers", "codes", "imputed", "one_hot", "seed")}
        dense = cls(**arguments)
        dense.imputer_ = ChainedImputer.load(folder / "imputation.skops")
        dense.means_, dense.factors_ = np.array(state["means"]), np.array(state["factors"])
        dense.indicated_, dense.commonest_, dense.shared_ = state["indicated"], state["commonest"], state["shared"]
        return dense

    def _position(self, name: str) -> int:
        return (*self.numbers, *self.codes).index(name)

    def _filled(self, native: Floats) -> Floats:
        return self.imputer_.transform(native)[:, : len(self.numbers)]

    def _assemble(self, native: Floats, filled: Floats) -> Floats32:
        columns = self.columns
        dense = np.zeros((len(native), len(columns)), np.float32)
        dense[:, : len(self.numbers)] = (filled - self.means_) * self.factors_
        for at, name in enumerate(self.indicated_, len(self.numbers)):
            dense[:, at] = np.isnan(native[:, self._position(name)])
        at = len(self.numbers) + len(self.indicated_)
        for name in self.one_hot:
            places = _places(native[:, self._position(name)], self.commonest_[name])
            rows = np.flatnonzero(places < len(self._hot_columns(name)))
            dense[rows, at + places[rows]] = 1
            at += len(self._hot_columns(name))
        return dense

    def _hot_columns(self, name: str) -> list[str]:
        shared = ["other"] if name in self.shared_ else []
        return [f"{name}_{code}" for code in (*self.commonest_[name], *shared)]


def _by_frequency(codes: Floats) -> list[int]:
    values, counts = np.unique(codes, return_counts=True)
    return [int(code) for code in values[np.argsort(-counts, kind="stable")]]


def _places(codes: Floats, commonest: list[int]) -> npt.NDArray[np.intp]:
    """Return for each code where it stands in ``commonest``, and their number where it does not."""
    known = np.array(commonest)
    at = np.searchsorted(known, codes)
    found = known[np.minimum(at, len(known) - 1)] == codes
    return np.where(found, at, len(known))
