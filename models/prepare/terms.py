"""What a price is explained by, in words that people use, and which features and price levels each stands for."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from models.prepare.features import features_of
from models.prepare.levels import CHAIN, LEVELS, WORDS

Floats = npt.NDArray[np.float64]

# Each feature, and the step of words, belongs to one.
TERMS: dict[str, Sequence[str]] = {
    "age": ("age",),
    "mileage": ("mileage", "log_mileage", "mileage_per_year"),
    "make": ("brand_class", "make"),
    "model": ("model_line", "model_series", "make_model"),
    "trim": ("make_model_trim", WORDS, "vin_descriptor"),
    "engine": features_of(["engine"]),
    "drive train": features_of(["drive", "economy"]),
    "body": features_of(["body"]),
    "options": features_of(["options"]),
    "history": features_of(["history"]),
    "list price": features_of(["list_price"]),
    "seller": features_of(["seller"]),
    "place": features_of(["place"]),
    "season": features_of(["season"]),
}

# These say of all terms at once how dear the car is; what an estimator makes of them belongs to no single one.
SHARED = frozenset({*(f"{step}_level" for step in CHAIN), LEVELS[-1]})


def terms_of(columns: Sequence[str]) -> Floats:
    """Return which term each column of a matrix belongs to, 0 or 1, shape (columns, len(TERMS) + 1).

    The last is of SHARED. A column is named for its feature, with what it says of it behind: age_is_missing.
    """
    place = {name: at for at, names in enumerate(TERMS.values()) for name in names}
    places = [
        len(TERMS) if column in SHARED else place[max((name for name in place if column.startswith(name)), key=len)]
        for column in columns
    ]
    return np.eye(len(TERMS) + 1)[places]
