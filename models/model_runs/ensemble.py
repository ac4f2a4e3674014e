"""Members of an ensemble: each holds, of every part, the member that left out the same fold.

Knows no model run. The folder of such a member holds its parts' files: the model runs that they came from may be
removed.
"""

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt
import polars as pl

from crawler.errors import UsageError
from models.estimators import ENSEMBLE, LEARNER_NAMES
from models.estimators.ensemble import Ensemble
from models.model_runs.member import Member
from models.prepare.features import build_features
from models.prepare.preparation import STATE_NAME as PREPARATION_NAME
from models.prepare.preparation import Preparation, Prepared

Floats = npt.NDArray[np.float64]


class EnsembleMember:
    """One fold's members of several estimators and the ``fitted`` Ensemble over them; stands where a Member does.

    ``folders`` says by estimator's name where each part is saved; a part without weight takes no part. Parts that
    learned to prepare alike, as those of one kind do that left out the same cars with the same seed, share it.
    """

    history: Mapping[str, list[float]] = {}  # nothing is learned by epochs

    def __init__(self, fitted: Ensemble, folders: Mapping[str, Path]) -> None:
        self.fitted = fitted
        self.folders = dict(folders)
        self.parts = [Member.load(folder) for folder in self.folders.values()]
        known: dict[bytes, Preparation] = {}
        for part, folder in zip(self.parts, self.folders.values(), strict=True):
            part.preparation = known.setdefault((folder / PREPARATION_NAME).read_bytes(), part.preparation)

    def predict(self, listings: pl.DataFrame) -> Floats:
        """Return the weighted geometric mean of the parts' prices, shape (rows,)."""
        if listings.is_empty():
            return np.empty(0)
        return np.asarray(np.exp(self.log_prices(build_features(listings))))

    def log_prices(self, features: pl.DataFrame) -> Floats:
        """Return the weighted mean of the parts' log prices, shape (rows,): see Member."""
        by_part = [part.log_prices_of(prepared) for part, prepared in self._prepared(features)]
        return np.asarray(self.fitted.predict(np.column_stack(by_part)))

    def contributions(self, features: pl.DataFrame) -> Floats:
        """Return the weighted mean of the parts' contributions, shape (rows, len(TERMS) + 1): see Member."""
        by_part = [part.contributions_of(prepared, features) for part, prepared in self._prepared(features)]
        return np.average(by_part, axis=0, weights=self.fitted.weights_)

    def _prepared(self, features: pl.DataFrame) -> Iterator[tuple[Member, Prepared]]:
        """Give each part with what it eats, made once for the parts that share a preparation."""
        preparations = dict.fromkeys(part.preparation for part in self.parts)
        made = {preparation: preparation.prepare(features) for preparation in preparations}
        return ((part, made[part.preparation]) for part in self.parts)

    @property
    def outliers(self) -> pl.DataFrame:
        """The rows that a part left out of its training, and why."""
        return pl.concat(part.outliers for part in self.parts).unique("listing_id", maintain_order=True)

    @property
    def parameters(self) -> dict[str, float]:
        """The weight of each part."""
        return dict(zip(self.folders, self.fitted.weights_.tolist(), strict=True))

    def save(self, folder: Path) -> None:
        """Write member.json, ensemble.json and each part's files below ``folder``, made where missing."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "member.json").write_text(json.dumps({"estimator": ENSEMBLE, "parts": list(self.folders)}))
        self.fitted.save(folder)
        for name, saved in self.folders.items():
            shutil.copytree(saved, folder / name, copy_function=_link)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what ``save`` wrote; UsageError for a part that is no estimator's name, and may be another's folder."""
        parts = json.loads((folder / "member.json").read_text())["parts"]
        if unknown := [name for name in parts if name not in LEARNER_NAMES]:
            raise UsageError(f"part must be one of {', '.join(LEARNER_NAMES)}, got {unknown[0]!r}")
        return cls(Ensemble().restore(folder), {name: folder / name for name in parts})


def _link(source: str, target: str) -> None:
    """Give a file a second name, which costs no disk: what a model run wrote is never changed. Else copy it."""
    try:
        os.link(source, target)
    except OSError:  # a file system without hard links
        shutil.copy2(source, target)
