"""What groups of columns add to a prediction, for any estimator that predicts. Knows none of them."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.floating[Any]]


def walk(predict: Callable[[Matrix], Floats], reference: Matrix, X: Matrix, groups: Floats) -> Floats:
    """Return what each group adds, and last what is predicted of the ``reference`` row, shape (n, groups + 1).

    ``groups``, shape (p, groups), is 1 where a column belongs to a group. From the reference to each row of X, group
    by group takes the row's values, once in order and once in the opposite order; a group's contribution is the mean
    of its two steps: Shapley values by one pair of antithetic permutations (Mitchell et al. 2022). Whatever the order,
    a row's steps add up to its prediction.
    """
    reference = reference.astype(X.dtype)
    typical = float(predict(reference[None])[0])
    added = np.zeros((len(X), groups.shape[1] + 1))
    added[:, -1] = typical
    differs = np.not_equal(X, reference).any(axis=0)
    in_order = np.flatnonzero(groups[differs].any(axis=0))
    for order in (in_order, in_order[::-1]):
        here, before = np.tile(reference, (len(X), 1)), np.full(len(X), typical)
        for group in order:
            columns = groups[:, group] > 0
            here[:, columns] = X[:, columns]
            after = predict(here)
            added[:, group] += (after - before) / 2
            before = after
    return added
