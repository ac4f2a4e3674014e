"""How an ensemble learns to weigh its parts: model runs in, members out.

A fold's weights are learned on the out-of-fold prices of the other folds, so that no car has a say in its own price
and the ensemble's out-of-fold error is an honest one.
"""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from models.estimators.ensemble import Ensemble
from models.model_runs.ensemble import EnsembleMember
from models.model_runs.registry import ModelRun, member_folder

Floats = npt.NDArray[np.float64]


def fit_ensemble(parts: Sequence[ModelRun], on_member: Callable[[int], None]) -> list[EnsembleMember]:
    """Return one member per fold, that learned how to weigh the parts from the vehicles of the other folds.

    ``parts`` are model runs on one snapshot with the same folds. What a part left out of its training as an outlier
    has no say in the weights. ``on_member`` is told how many members are done.

    Raises:
        ValueError: the parts were not trained on the same rows.
    """
    if len({(part.manifest.snapshot.sha256, part.manifest.folds) for part in parts}) != 1:
        raise ValueError(f"parts must have one snapshot and as many folds, got {[part.folder.name for part in parts]}")
    priced = [part.out_of_fold for part in parts]
    log_prices = np.log(np.column_stack([table["predicted_price"] for table in priced]))
    target = np.log(priced[0]["asking_price"].cast(pl.Float64).to_numpy())
    kept = ~priced[0]["listing_id"].is_in(parts[0].outliers["listing_id"].implode()).to_numpy()
    members = []
    for fold in range(parts[0].manifest.folds):
        others = kept & (priced[0]["fold"] != fold).to_numpy()
        members.append(_fit_member(parts, fold, log_prices[others], target[others]))
        on_member(fold + 1)
    return members


def _fit_member(parts: Sequence[ModelRun], fold: int, log_prices: Floats, target: Floats) -> EnsembleMember:
    used = np.flatnonzero(Ensemble().fit(log_prices, target).weights_).tolist()
    fitted = Ensemble().fit(log_prices[:, used], target)  # the same weights, without those that are 0
    return EnsembleMember(fitted, {parts[i].manifest.estimator: member_folder(parts[i].folder, fold) for i in used})
