"""Whether a challenger goes live: champion, challenger and baseline price the same held-out cars, and checks decide.

The challenger is chosen among the estimators by its out-of-fold predictions alone; the holdout has no say in that. It
goes live as it was tested, without a refit. What is asked of it is in models.gate.checks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from crawler.errors import TasadorError
from models.estimators import STUDY_RECIPE
from models.evaluate.crossfit import NEW
from models.evaluate.metrics import evaluate
from models.evaluate.segments import segments
from models.gate.checks import Check, Evidence, run_checks
from models.model_runs.registry import ModelRun
from models.predict.prediction import predict

Floats = npt.NDArray[np.float64]

BASELINE = "baseline"
# So many cars read after every training are a holdout of their own; with fewer, all held-out cars are.
FRESH_ROWS = 200


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the challenger goes live, as a headline; why, in one sentence; every check, and all their numbers."""

    accepted: bool
    headline: str
    reason: str
    numbers: dict[str, Any]
    checks: Sequence[Check]


def choose_challenger(model_runs: Sequence[ModelRun]) -> ModelRun:
    """Return the model run with the lowest out-of-fold mean absolute error in log price, which no odd car dominates.

    The study group's recipe is no candidate where there is another.
    """
    candidates = [run for run in model_runs if run.manifest.estimator != STUDY_RECIPE]
    return min(candidates or model_runs, key=lambda model_run: model_run.manifest.out_of_fold.log_mae)


def decide(
    holdout: pl.DataFrame, challenger: ModelRun, champion: ModelRun | None, baseline: ModelRun | None
) -> Verdict:
    """Return whether the challenger goes live, judged on ``holdout``: listings held out, with asking price.

    All price afresh the same cars, see ``fair_rows``; every check of models.gate.checks must pass. Where the challenger
    is the baseline itself, there is only the champion to beat.

    Raises:
        TasadorError: no vehicle of the holdout is new to all of them.
    """
    contenders = {"challenger": challenger, "champion": champion, BASELINE: baseline}
    if challenger.manifest.estimator == BASELINE:
        del contenders[BASELINE]
    present = {role: model_run for role, model_run in contenders.items() if model_run is not None}
    fair, kind = fair_rows(holdout, list(present.values()))
    prices = {role: predict(model_run, fair) for role, model_run in present.items()}
    evidence = _evidence(fair, prices, challenger.manifest.currency)
    checks = run_checks(evidence)
    accepted = all(check.passed for check in checks)
    headline = f"{challenger.manifest.estimator} {_fate(accepted)}: on {fair.height:,} {kind}"
    numbers = {
        "holdout": kind,
        "holdout_rows": fair.height,
        "model_runs": {role: model_run.manifest.model_run_id for role, model_run in present.items()},
        **{role: asdict(evaluate(evidence.asked, _price(priced))) for role, priced in prices.items()},
        "checks": [asdict(check) for check in checks],
    }
    return Verdict(accepted, headline, f"{headline} {_why(checks)}", numbers, checks)


def fair_rows(holdout: pl.DataFrame, model_runs: Sequence[ModelRun]) -> tuple[pl.DataFrame, str]:
    """Return the rows of vehicles that no model run was trained on, and what kind of rows they are.

    Where FRESH_ROWS of them were read after the last reading that any of the model runs learned from, these alone:
    then the future has no part in the training either.

    Raises:
        TasadorError: there is none.
    """
    for model_run in model_runs:
        holdout = holdout.filter(model_run.fold_in_training(holdout) == NEW)
    if holdout.is_empty():
        raise TasadorError("the gate has no held-out car that none of the model runs was trained on: add listings")
    learned_until = [model_run.manifest.trained_until for model_run in model_runs]
    known = [datetime.fromisoformat(until) for until in learned_until if until]
    if len(known) == len(model_runs) and "scraped_at" in holdout.columns:
        fresh = holdout.filter(pl.col("scraped_at") > max(known))
        if fresh.height >= FRESH_ROWS:
            return fresh, "held-out cars read after every training"
    return holdout, "held-out cars"


def _evidence(fair: pl.DataFrame, prices: Mapping[str, pl.DataFrame], currency: str) -> Evidence:
    challenger, champion = prices["challenger"], prices.get("champion")
    rivals = {role: _price(priced) for role, priced in prices.items() if role != "challenger"}
    return Evidence(
        asked=fair["asking_price"].cast(pl.Float64).to_numpy(),
        vehicles=fair["vehicle_id"].rank("dense").to_numpy(),
        challenger=_price(challenger),
        lower=challenger["lower"].to_numpy(),
        upper=challenger["upper"].to_numpy(),
        coverage=challenger["coverage"][0],
        currency=currency,
        champion=rivals.get("champion"),
        baseline=rivals.get(BASELINE),
        segments=pl.DataFrame() if champion is None else segments(fair, middle(_price(challenger), _price(champion))),
    )


def middle(one: Floats, other: Floats) -> Floats:
    """Return the geometric mean of two prices: cars banded by the one's would look worse for it than for the other."""
    return np.asarray(np.sqrt(one * other))


def _price(priced: pl.DataFrame) -> Floats:
    return priced["predicted_price"].to_numpy()


def _fate(accepted: bool) -> str:
    return "goes live" if accepted else "is rejected"


def _why(checks: Sequence[Check]) -> str:
    """Return what was found: where something failed, that alone."""
    failed = [check.words for check in checks if not check.passed]
    if failed:
        return " and ".join(failed)
    alone = ["the market has no other estimator yet"] if len(checks) == 1 else []
    return ", ".join([*alone, *(check.words for check in checks)])
