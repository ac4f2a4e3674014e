"""What words of listings no member of a model run saw in training. Knows what members keep, no estimator."""

from collections.abc import Iterable
from itertools import chain
from typing import Any

import polars as pl

from models.model_runs.registry import ModelRun
from models.prepare.features import FEATURES


def known_words(model_run: ModelRun, feature: str) -> pl.Series:
    """Return the words of a category that some member saw in training."""
    # An ensemble's member has parts, each with a preparation of its own.
    members: Iterable[Any] = chain.from_iterable(getattr(member, "parts", [member]) for member in model_run.members)
    words = {word for member in members for word in member.preparation.vocabularies_[feature]}
    return pl.Series(sorted(words), dtype=pl.String)


def unseen_words(model_run: ModelRun, features: pl.DataFrame) -> dict[str, set[str]]:
    """Return by category the words of listings, told by their features, that were not in training."""
    categories = [feature.name for feature in FEATURES if feature.kind == "category"]
    said = {name: set(features[name].drop_nulls().unique()) for name in categories}
    return {name: words - set(known_words(model_run, name)) for name, words in said.items()}
