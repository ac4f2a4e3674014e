"""What a model run is asked to be. Apart from the work itself, so that asking for it imports no estimator."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Recipe:
    """One estimator on one market of one snapshot (Parquet): ``folds`` members, with ``threads`` each.

    ``params`` are arguments of the estimator's class, over its defaults.
    ``parts`` are the folders of the model runs that an ensemble weighs; no other estimator has any.
    """

    snapshot: Path
    market: str
    estimator: str
    folds: int = 5
    seed: int = 0
    threads: int = 1
    parts: tuple[Path, ...] = ()
    params: Mapping[str, Any] = field(default_factory=dict)
