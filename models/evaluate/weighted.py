"""Means and medians of many weighted samples of the same rows at once; knows no metric."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def weighted_mean(values: Floats, counts: Floats) -> Floats:
    """Return each sample's mean, shape (samples,).

    ``values`` have shape (rows,), or (samples, rows) where they differ by sample; ``counts``, shape (samples, rows),
    say how often a sample holds each row.
    """
    sums = counts @ values if values.ndim == 1 else np.einsum("sr,sr->s", counts, values)
    return np.asarray(sums / counts.sum(axis=1))


def weighted_median(values: Floats, counts: Floats) -> Floats:
    """Return each sample's median, shape (samples,); of an even number of rows the mean of the middle two.

    ``values`` have shape (rows,); ``counts``, shape (samples, rows), are whole numbers.
    """
    order = np.argsort(values)
    ascending, ranks = values[order], np.cumsum(counts[:, order], axis=1)
    rows = ranks[:, -1:]
    below, above = ((ranks <= middle).sum(axis=1) for middle in ((rows - 1) // 2, rows // 2))
    return np.asarray((ascending[below] + ascending[above]) / 2)
