"""Imputation by chained equations over numbers and categories alike, in one pass; knows no listing and no feature."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.ensemble import ExtraTreesClassifier, ExtraTreesRegressor
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from crawler.errors import TasadorError
from models.prepare.soundness import TRUSTED, is_sound, read_skops, skops_io

Floats = npt.NDArray[np.float64]

# With fewer known values than this, a column's middle says as much as its trees.
FEWEST_KNOWN = 20
# Rows that a forest imputes at once: of a category with hundreds of values each takes kilobytes.
ROWS_AT_ONCE = 50_000


class ChainedImputer(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):  # type: ignore[misc]  # no types
    """Fill each column from all others: chained equations (van Buuren 2007) with extremely randomised trees.

    The columns take turns, fewest missing first; each is predicted from the columns filled before it and from those
    still to come, in which a missing value goes its own way through a tree. That is why there are no start values to
    improve on in further rounds, and one round is enough.

    Parameters
    ----------
    categorical_features : positions of the columns that hold category codes; the others hold numbers
    imputed_features : positions of the columns to fill; None: all. The others only help, missing values and all
    n_trees, max_leaves : of each column's forest
    rounds : turns of each column; in the second and later ones the others are filled. 0: medians and commonest codes
    max_rows : training rows to learn from, drawn at random where there are more
    random_state : the seed
    """

    def __init__(
        self,
        categorical_features: Sequence[int] = (),
        imputed_features: Sequence[int] | None = None,
        n_trees: int = 20,
        max_leaves: int = 500,
        rounds: int = 1,
        max_rows: int = 20_000,
        random_state: int = 0,
    ) -> None:
        self.categorical_features = categorical_features
        self.imputed_features = imputed_features
        self.n_trees = n_trees
        self.max_leaves = max_leaves
        self.rounds = rounds
        self.max_rows = max_rows
        self.random_state = random_state

    def fit(self, X: Any, y: object = None) -> Self:
        """Learn from X of shape (n, p), NaN where unknown."""
        X = validate_data(self, X, dtype=np.float64, ensure_all_finite="allow-nan")
        random = check_random_state(self.random_state)
        self.middles_ = np.array([self._middle(X[:, column], column) for column in range(X.shape[1])])
        if len(X) > self.max_rows:
            X = X[random.choice(len(X), self.max_rows, replace=False)]
        missing, filled = np.isnan(X), X.copy()
        self.columns_, self.forests_ = [], []
        for column in self._turns(missing):
            known = ~missing[:, column]
            forest = self._forest(column, random.randint(2**31 - 1))
            forest.fit(np.delete(filled[known], column, axis=1), X[known, column])
            _fill(filled, column, missing[:, column], forest)
            self.columns_.append(column)
            self.forests_.append(forest)
        return self

    def transform(self, X: Any) -> Floats:
        """Return X, shape (n, p), without a NaN in the imputed columns; what was known stays as it was."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, ensure_all_finite="allow-nan", reset=False, copy=True)
        missing = np.isnan(X)
        for column, forest in zip(self.columns_, self.forests_, strict=True):
            _fill(X, column, missing[:, column], forest)
        for column in self._imputed(X.shape[1]):
            X[np.isnan(X[:, column]), column] = self.middles_[column]
        return np.asarray(X)

    def save(self, path: Path) -> None:
        """Write the fitted imputer to a file for skops, its trees included."""
        state = {"parameters": self.get_params(), "middles": self.middles_, "forests": self.forests_}
        state |= {"columns": self.columns_, "n_features": self.n_features_in_}
        skops_io().dump(state, path, compression=8, compresslevel=1)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what ``save`` wrote; skops refuses foreign types, and a damaged tree raises TasadorError."""
        state = read_skops(path, TRUSTED)
        imputer = cls(**state["parameters"])
        imputer.middles_, imputer.n_features_in_ = state["middles"], state["n_features"]
        imputer.columns_, imputer.forests_ = state["columns"], state["forests"]
        if not all(is_sound(tree.tree_, imputer.n_features_in_ - 1) for f in imputer.forests_ for tree in f):
            raise TasadorError(f"{path} holds a damaged tree: train the model again")
        return imputer

    def _imputed(self, width: int) -> Sequence[int]:
        return range(width) if self.imputed_features is None else self.imputed_features

    def _turns(self, missing: npt.NDArray[np.bool_]) -> list[int]:
        """Return the columns in the order of their turns; none where there is no other column to learn from."""
        known = (~missing).sum(axis=0)
        learnable = [column for column in self._imputed(missing.shape[1]) if known[column] >= FEWEST_KNOWN]
        if missing.shape[1] == 1:
            return []
        return sorted(learnable, key=lambda column: (-known[column], column)) * self.rounds

    def _forest(self, column: int, seed: int) -> Any:
        kind = ExtraTreesClassifier if column in self.categorical_features else ExtraTreesRegressor
        return kind(
            self.n_trees, max_leaf_nodes=self.max_leaves, min_samples_leaf=2, max_features=1.0, random_state=seed
        )

    def _middle(self, values: Floats, column: int) -> float:
        """Return the known values' median, of a category the commonest code; 0 where none is known."""
        known = values[~np.isnan(values)]
        if not len(known):
            return 0.0
        if column not in self.categorical_features:
            return float(np.median(known))
        codes, counts = np.unique(known, return_counts=True)
        return float(codes[counts.argmax()])

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags


def _fill(matrix: Floats, column: int, missing: npt.NDArray[np.bool_], forest: Any) -> None:
    """Predict a column's missing cells from the matrix as it stands."""
    rows = np.flatnonzero(missing)
    for start in range(0, len(rows), ROWS_AT_ONCE):
        some = rows[start : start + ROWS_AT_ONCE]
        matrix[some, column] = forest.predict(np.delete(matrix[some], column, axis=1))
