"""Whether scikit-learn's trees, read from a file, may be walked: their node indices are used unchecked by it."""

from typing import Any

import numpy as np

# What a saved forest may hold besides the types that skops itself trusts.
TRUSTED = ["numpy.dtype", "sklearn.tree._tree.Tree"]


def is_sound(tree: Any, n_features: int) -> bool:
    """Tell whether every node points to a later node, or is a leaf, and asks for a column that exists."""
    here = np.arange(tree.node_count)
    leaf = tree.children_left == -1
    children = np.column_stack([tree.children_left, tree.children_right])
    points = (children > here[:, None]).all(axis=1) & (children < tree.node_count).all(axis=1)
    asks = (tree.feature >= 0) & (tree.feature < n_features)
    return bool(np.all(leaf | (points & asks)))
