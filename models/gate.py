"""Whether a challenger goes live: champion, challenger and baseline price the same held-out cars, and the better wins.

The challenger is chosen among the estimators by its out-of-fold predictions alone; the holdout has no say in that.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import polars as pl

from crawler.errors import TasadorError
from models.estimators import STUDY_RECIPE
from models.evaluation import Metrics, evaluate
from models.prediction import predict
from models.registry import ModelRun

BASELINE = "baseline"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the challenger goes live, why in one sentence, and all the numbers behind it."""

    accepted: bool
    reason: str
    numbers: dict[str, Any]


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

    All price afresh those vehicles that none of them was trained on. The challenger must have a lower MAE than the
    champion and the baseline, and no higher log-RMSE than the champion. Where the challenger is the baseline itself,
    there is only the champion to beat.

    Raises:
        TasadorError: no vehicle of the holdout is new to all of them.
    """
    contenders = {"challenger": challenger, "champion": champion, BASELINE: baseline}
    if challenger.manifest.estimator == BASELINE:
        del contenders[BASELINE]
    present = {role: model_run for role, model_run in contenders.items() if model_run is not None}
    fair = _new_to_all(holdout, list(present.values()))
    metrics = {role: _metrics(model_run, fair) for role, model_run in present.items()}
    accepted, why = _judge(metrics, challenger.manifest.currency)
    numbers = {
        "holdout_rows": fair.height,
        "model_runs": {role: model_run.manifest.model_run_id for role, model_run in present.items()},
        **{role: asdict(found) for role, found in metrics.items()},
    }
    fate = "goes live" if accepted else "is rejected"
    return Verdict(accepted, f"{challenger.manifest.estimator} {fate}: on {fair.height:,} held-out cars {why}", numbers)


def _new_to_all(holdout: pl.DataFrame, model_runs: Sequence[ModelRun]) -> pl.DataFrame:
    for model_run in model_runs:
        holdout = holdout.join(model_run.training_vehicles, on="vehicle_id", how="anti", maintain_order="left")
    if holdout.is_empty():
        raise TasadorError("the gate has no held-out car that none of the model runs was trained on: add listings")
    return holdout


def _metrics(model_run: ModelRun, holdout: pl.DataFrame) -> Metrics:
    predicted = predict(model_run, holdout)["predicted_price"]
    return evaluate(holdout["asking_price"].to_numpy(), predicted.to_numpy())


def _judge(metrics: dict[str, Metrics], currency: str) -> tuple[bool, str]:
    """Return the verdict, and the end of the sentence that gives its reason."""
    challenger, rivals = metrics["challenger"], {role: found for role, found in metrics.items() if role != "challenger"}
    own = f"its MAE is {challenger.mae:,.0f} {currency}"
    for role, rival in rivals.items():
        if challenger.mae >= rival.mae:
            return False, f"{own}, not below the {role}'s {rival.mae:,.0f}"
    champion = rivals.get("champion")
    if champion and challenger.log_rmse > champion.log_rmse:
        return False, f"its log-RMSE is {challenger.log_rmse:.4f}, above the champion's {champion.log_rmse:.4f}"
    if not rivals:
        return True, f"{own}, and the market has no other estimator yet"
    return True, f"{own}, below " + " and ".join(f"the {role}'s {rival.mae:,.0f}" for role, rival in rivals.items())
