"""The assessor's ratio study: are predicted prices at the right level, alike, and fair to cheap and dear cars?

Source: International Association of Assessing Officers, Standard on Ratio Studies (2013), sections 5.3, 5.4, 5.6 and
appendix B. There the ratio is appraised value to sale price; here it is predicted to asking price.
"""

import numpy as np

from models.evaluate.weighted import Floats, weighted_mean, weighted_median


def ratio_study(actual: Floats, predicted: Floats, counts: Floats) -> dict[str, Floats]:
    """Return by name the four figures of each sample, shape (samples,).

    With ratio r = predicted / actual, of positive prices of shape (rows,), and ``counts``, shape (samples, rows), how
    often a sample holds each row:

    - median_ratio: median(r), the level: 1 is neither too dear nor too cheap
    - cod: coefficient of dispersion, 100 mean(|r - median(r)|) / median(r)
    - prd: price-related differential, mean(r) / (sum(predicted) / sum(actual)): above 1.03 dear cars are predicted too
      cheap beside cheap ones, below 0.98 too dear
    - prb: coefficient of price-related bias, the slope of (r - median(r)) / median(r) on log2 of the value proxy
      (predicted / median(r) + actual) / 2: -0.05 is ratios 5 % lower when the value doubles; 0 where no value differs
    """
    ratio = predicted / actual
    median = weighted_median(ratio, counts)
    difference = ratio / median[:, None] - 1
    log_value = np.log2((predicted / median[:, None] + actual) / 2)
    return {
        "median_ratio": median,
        "cod": 100 * weighted_mean(np.abs(difference), counts),
        "prd": weighted_mean(ratio, counts) * weighted_mean(actual, counts) / weighted_mean(predicted, counts),
        "prb": _slope(log_value, difference, counts),
    }


def _slope(x: Floats, y: Floats, counts: Floats) -> Floats:
    """Return each sample's least-squares slope of y on x, both of shape (samples, rows); 0 where x does not vary."""
    centred = x - weighted_mean(x, counts)[:, None]
    together, spread = weighted_mean(centred * y, counts), weighted_mean(centred**2, counts)
    return np.divide(together, spread, out=np.zeros_like(spread), where=spread > 0)
