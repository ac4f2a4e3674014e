"""The child's side of a trial: measures parameters on the folds that it is asked for, as JSON lines.

Each fold is prepared once, whatever parameters are then tried on it. Only training rows are read, never the holdout.
"""

import json
import sys
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from models.estimators import estimator_class
from models.evaluate.holdout import fold_of, read_split
from models.model_runs.member import Floats, Matrix, Member
from models.train.worker import channel_to_parent, one_line
from models.tune.spaces import SPACES


class _Fold(NamedTuple):
    """A member prepared on the other folds' vehicles, what its estimator learns from, and what it is judged by."""

    member: Member
    matrix: Matrix
    target: Floats
    held_out: Matrix
    held_out_target: Floats


def main(request: str) -> None:
    """Tell the defaults of a request's estimator, then the error of each parameters and fold that stdin asks for."""
    tell = channel_to_parent()
    asked: dict[str, Any] = json.loads(request)
    training, _ = read_split(Path(asked["snapshot"]), asked["market"])
    folds = fold_of(training["vehicle_id"], asked["folds"])
    prepared = cache(lambda fold: _prepared(asked, training, folds, fold))
    defaults = estimator_class(asked["estimator"])().get_params()
    tell(defaults={name: defaults[name] for name in SPACES[asked["estimator"]]})
    for line in sys.stdin:
        wanted = json.loads(line)
        try:
            tell(value=_error(prepared(wanted["fold"]), wanted["params"]))
        except Exception as error:  # the parent counts it as a failed trial and goes on
            tell(failure=one_line(error))


def _prepared(asked: dict[str, Any], training: pl.DataFrame, folds: pl.Series, fold: int) -> _Fold:
    member = Member(asked["estimator"], seed=1000 * asked["seed"] + fold, threads=asked["threads"])
    matrix, target = member.prepare(training.filter(folds != fold))
    held_out = training.filter(folds == fold)
    judged_by = np.log(held_out["asking_price"].cast(pl.Float64).to_numpy())
    asked_of = member.preparation.transform(held_out)
    return _Fold(member, matrix, target, asked_of.matrix, judged_by - member.start(asked_of))


def _error(fold: _Fold, params: dict[str, Any]) -> float:
    fold.member.params = params
    fitted = fold.member.new_estimator().fit(fold.matrix, fold.target)
    error = float(np.abs(fitted.predict(fold.held_out) - fold.held_out_target).mean())
    if not np.isfinite(error):
        raise ValueError("the estimator did not converge")
    return error


if __name__ == "__main__":
    main(sys.argv[1])
