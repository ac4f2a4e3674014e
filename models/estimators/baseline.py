"""The number to beat: the median of the rows that share the key columns, the most exact key that has enough rows."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from models.estimators.walks import walk

Floats = npt.NDArray[np.float64]

NOT_SEEN = np.nan  # a key column of which nothing is known has no median


class Baseline(RegressorMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """Median target by key columns, rounded to whole numbers, with fall-backs down to the median of all rows.

    Parameters
    ----------
    keys : sequence of sequences of column positions, the most exact first; None: all columns, then none
    min_rows : a key's median counts from this many training rows on

    >>> Baseline(keys=[(0,)], min_rows=2).fit([[1], [1], [2]], [10, 20, 90]).predict([[1], [2]]).tolist()
    [15.0, 20.0]
    """

    preparation = "native"
    target = "log_price"

    def __init__(self, keys: Sequence[Sequence[int]] | None = None, min_rows: int = 3) -> None:
        self.keys = keys
        self.min_rows = min_rows

    def fit(self, X: Any, y: Any) -> Self:
        """Learn the medians from X of shape (n, p), NaN allowed, and y of shape (n,)."""
        X, y = validate_data(self, X, y, dtype=np.float64, ensure_all_finite="allow-nan", y_numeric=True)
        self.median_ = float(np.median(y))
        self.medians_ = [self._medians(_words(X, key), y) for key in self._keys()]
        return self

    def predict(self, X: Any) -> Floats:
        """Return the median of each row's most exact known key, shape (n,)."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, ensure_all_finite="allow-nan", reset=False)
        found = np.full(len(X), self.median_)
        for key, medians in reversed(list(zip(self._keys(), self.medians_, strict=True))):
            found = np.array([medians.get(word, so_far) for word, so_far in zip(_words(X, key), found, strict=True)])
        return found

    def contributions(self, X: Any, groups: Floats) -> Floats:
        """Return what knowing each group of columns changes, and last the median of all, shape (n, groups + 1).

        ``groups``, shape (p, groups), is 1 where a column belongs to a group.
        """
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, ensure_all_finite="allow-nan", reset=False)
        is_key = np.isin(range(self.n_features_in_), [column for key in self._keys() for column in key])
        return walk(self.predict, np.full(self.n_features_in_, NOT_SEEN), X, groups * is_key[:, None])

    def save(self, folder: Path) -> None:
        """Write baseline.json into an existing folder."""
        state = {"n_features_in": self.n_features_in_, "median": self.median_, "medians": self.medians_}
        (folder / "baseline.json").write_text(json.dumps(state))

    def restore(self, folder: Path) -> Self:
        """Take up what ``save`` wrote; the parameters must be those of the saved one."""
        state = json.loads((folder / "baseline.json").read_text())
        self.n_features_in_, self.median_, self.medians_ = state["n_features_in"], state["median"], state["medians"]
        return self

    def _keys(self) -> list[tuple[int, ...]]:
        return [tuple(range(self.n_features_in_))] if self.keys is None else [tuple(key) for key in self.keys]

    def _medians(self, words: list[str], y: Floats) -> dict[str, float]:
        groups: dict[str, list[float]] = {}
        for word, value in zip(words, y, strict=True):
            groups.setdefault(word, []).append(value)
        return {word: float(np.median(values)) for word, values in groups.items() if len(values) >= self.min_rows}

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.regressor_tags.poor_score = True  # medians of exact matches do not follow a continuous target
        return tags


def _words(X: Floats, key: tuple[int, ...]) -> list[str]:
    """Return one text per row, which JSON can hold as a key: the whole numbers of the key's columns."""
    return [" ".join(map(str, row)) for row in np.round(X[:, list(key)]).tolist()]
