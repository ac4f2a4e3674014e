"""Trees of scikit-learn in files: read and written by skops, and whether they may be walked, indices unchecked."""

import sys
from typing import Any

import numpy as np

# What a saved forest may hold besides the types that skops itself trusts.
TRUSTED = ["numpy.dtype", "sklearn.tree._tree.Tree"]


def skops_io() -> Any:
    """Import and return skops.io, without PyTorch.

    Its import walks through all of scikit-learn, a module that imports PyTorch included: two seconds and 220 MB where
    that is installed. Such a module is passed over where it is not.
    """
    hidden = "torch" not in sys.modules
    if hidden:
        sys.modules["torch"] = None  # type: ignore[assignment]  # the import system's sign that there is none
    try:
        import skops.io
    finally:
        if hidden:
            del sys.modules["torch"]
    return skops.io


def is_sound(tree: Any, n_features: int) -> bool:
    """Tell whether every node points to a later node, or is a leaf, and asks for a column that exists."""
    here = np.arange(tree.node_count)
    leaf = tree.children_left == -1
    children = np.column_stack([tree.children_left, tree.children_right])
    points = (children > here[:, None]).all(axis=1) & (children < tree.node_count).all(axis=1)
    asks = (tree.feature >= 0) & (tree.feature < n_features)
    return bool(np.all(leaf | (points & asks)))
