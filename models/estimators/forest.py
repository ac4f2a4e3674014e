"""The forest: extremely randomised trees of scikit-learn, their leaves capped so that a saved one stays small."""

from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.ensemble import ExtraTreesRegressor
from sklearn.utils.validation import check_is_fitted, validate_data

from crawler.errors import TasadorError
from models.prepare.soundness import TRUSTED, is_sound, read_skops, skops_io

Floats = npt.NDArray[np.float64]


class Forest(RegressorMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """Extremely randomised trees on a dense matrix (Geurts, Ernst, Wehenkel 2006).

    Parameters
    ----------
    n_trees, max_leaves, min_leaf, max_features : as scikit-learn's n_estimators, max_leaf_nodes, min_samples_leaf
    n_threads, random_state : threads used, and the seed
    """

    preparation = "dense"
    target = "residual"

    def __init__(
        self,
        n_trees: int = 200,
        max_leaves: int = 2000,
        min_leaf: int = 2,
        max_features: float = 0.4,
        n_threads: int = 1,
        random_state: int = 0,
    ) -> None:
        self.n_trees = n_trees
        self.max_leaves = max_leaves
        self.min_leaf = min_leaf
        self.max_features = max_features
        self.n_threads = n_threads
        self.random_state = random_state

    def fit(self, X: Any, y: Any) -> Self:
        """Grow the trees on X of shape (n, p) and y of shape (n,)."""
        X, y = validate_data(self, X, y, dtype=np.float32, y_numeric=True)
        self.trees_ = ExtraTreesRegressor(
            n_estimators=self.n_trees,
            max_leaf_nodes=self.max_leaves,
            min_samples_leaf=self.min_leaf,
            max_features=self.max_features,
            n_jobs=self.n_threads,
            random_state=self.random_state,
        ).fit(X, y)
        self.trees_.n_jobs = 1  # threads would add the trees' predictions in any order, and so to different last digits
        return self

    def predict(self, X: Any) -> Floats:
        """Return the trees' mean for each row, shape (n,)."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float32, reset=False)
        return np.asarray(self.trees_.predict(X))

    def contributions(self, X: Any, groups: Floats) -> Floats:
        """Return what each group of columns adds to the mean, and last the mean in training, shape (n, groups + 1).

        ``groups``, shape (p, groups), is 1 where a column belongs to a group. On the way down a tree, each step's
        change of the mean belongs to the column that it asks for (Palczewska et al. 2013).
        """
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float32, reset=False)
        added = np.zeros((len(X), groups.shape[1] + 1))
        for each in self.trees_.estimators_:
            added += _added_on_the_way(each.tree_, groups)[each.tree_.apply(X)]
        return np.asarray(added / len(self.trees_.estimators_))

    def save(self, folder: Path) -> None:
        """Write forest.skops into an existing folder."""
        skops_io().dump(self.trees_, folder / "forest.skops", compression=8, compresslevel=1)

    def restore(self, folder: Path) -> Self:
        """Take up what ``save`` wrote; skops refuses foreign types, and a damaged tree raises TasadorError."""
        self.trees_ = read_skops(folder / "forest.skops", TRUSTED)
        if not all(is_sound(tree.tree_, self.trees_.n_features_in_) for tree in self.trees_.estimators_):
            raise TasadorError(f"{folder / 'forest.skops'} holds a damaged tree: train the model again")
        self.n_features_in_ = self.trees_.n_features_in_
        return self


def _added_on_the_way(tree: Any, groups: Floats) -> Floats:
    """Return what each group has added on the way to each node, and last the mean at the root."""
    means = tree.value[:, 0, 0]
    added = np.zeros((tree.node_count, groups.shape[1] + 1))
    added[0, -1] = means[0]
    parents = np.array([0])
    while len(parents := parents[tree.children_left[parents] >= 0]):
        sides = tree.children_left[parents], tree.children_right[parents]
        for children in sides:
            step = (means[children] - means[parents])[:, None]
            added[children] = added[parents]
            added[children, :-1] += step * groups[tree.feature[parents]]
        parents = np.concatenate(sides)
    return added
