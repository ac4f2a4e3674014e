"""Trees of scikit-learn in files: read and written by skops, and whether they may be walked, indices unchecked."""

import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from crawler.errors import TasadorError

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


def read_skops(path: Path, trusted: Sequence[str] = ()) -> Any:
    """Return what a .skops file holds: types that skops trusts, and the ``trusted``.

    Raises:
        TasadorError: its archive holds another file than skops writes, as a pickle.
        TypeError: it names a type that is not trusted.
    """
    with zipfile.ZipFile(path) as archive:
        foreign = [name for name in archive.namelist() if name != "schema.json" and not name.endswith(".npy")]
    if foreign:
        raise TasadorError(f"{path} holds {foreign[0]!r}, which no saved model does")
    return skops_io().load(path, trusted=list(trusted))


def is_sound(tree: Any, n_features: int) -> bool:
    """Tell whether every node points to a later node, or is a leaf, and asks for a column that exists."""
    here = np.arange(tree.node_count)
    leaf = tree.children_left == -1
    children = np.column_stack([tree.children_left, tree.children_right])
    points = (children > here[:, None]).all(axis=1) & (children < tree.node_count).all(axis=1)
    asks = (tree.feature >= 0) & (tree.feature < n_features)
    return bool(np.all(leaf | (points & asks)))
