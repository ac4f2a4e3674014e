"""Full retrains on the demo market that meet at the gate, to hold beside what bench.gate simulates of such meetings.

What a model run is truly worth is known here: by the price law, on cars that nobody trained on, whatever their noise.
"""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import polars as pl
from scipy.stats import norm

from crawler.demo_market.cars import Car, invent_car
from crawler.demo_market.price_law import NOISE, asked, true_price
from models.evaluate.holdout import hold_out_by_hash, read_split
from models.gate.verdict import BASELINE, decide
from models.model_runs.registry import ModelRun, open_model_run
from models.predict.prediction import predict
from models.train.model_run import make_model_run
from models.train.recipe import Recipe

MARKET = "demo"
CARS = 25_000  # of which one in five is held out
FRESH_CARS = 20_000
FOLDS = 3

ENOUGH = {"iterations": 400}
# Fewer trees, so that the error that is expected of it is some 3 % larger.
FEWER = {"iterations": 195}
TRAINED = {
    BASELINE: ("baseline", 0, {}),
    "boosting": ("boosting", 0, ENOUGH),
    "another seed": ("boosting", 1, ENOUGH),
    "fewer trees": ("boosting", 0, FEWER),
    "fewer trees, another seed": ("boosting", 1, FEWER),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Meeting:
    """A challenger and a champion of TRAINED, and whether it is to go live."""

    challenger: str
    champion: str
    goes_live: bool


MEETINGS = (
    Meeting("another seed", "boosting", False),
    Meeting("boosting", "another seed", False),
    Meeting("fewer trees", "boosting", False),
    Meeting("fewer trees, another seed", "another seed", False),
    Meeting("boosting", "fewer trees", True),
    Meeting("another seed", "fewer trees, another seed", True),
)


def meet_retrained() -> Iterator[dict[str, Any]]:
    """Train, and yield a line for each meeting: what the challenger truly is, and what became of it."""
    with tempfile.TemporaryDirectory() as scratch:
        snapshot = Path(scratch, "training_set.parquet")
        hold_out_by_hash(_listings([invent_car(0, number) for number in range(CARS)])).write_parquet(snapshot)
        trained = {name: _train(snapshot, *recipe) for name, recipe in TRAINED.items()}
        fresh = [invent_car(1, number) for number in range(FRESH_CARS)]
        truth = {name: _expected_error(model_run, fresh) for name, model_run in trained.items()}
        _, holdout = read_split(snapshot, MARKET)
        for meeting in MEETINGS:
            challenger, champion = trained[meeting.challenger], trained[meeting.champion]
            verdict = decide(holdout, challenger, champion, trained[BASELINE])
            yield {
                "challenger": meeting.challenger,
                "champion": meeting.champion,
                "expected_error": round(truth[meeting.challenger], 5),
                "ratio": round(truth[meeting.challenger] / truth[meeting.champion], 4),
                "verdict": verdict.reason,
                "holds": verdict.accepted == meeting.goes_live,
            }


def _train(snapshot: Path, estimator: str, seed: int, params: dict[str, Any]) -> ModelRun:
    recipe = Recipe(snapshot, MARKET, estimator, FOLDS, seed, params=params)
    return open_model_run(make_model_run(recipe, snapshot.parent, lambda members: None))


def _expected_error(model_run: ModelRun, cars: list[Car]) -> float:
    """Return the mean over cars of what the law expects of |ln asked - ln predicted|: a folded normal's mean."""
    predicted = predict(model_run, _listings(cars))["predicted_price"].to_numpy()
    off = np.log(predicted) - np.log([true_price(car) for car in cars])
    # Leone, Nelson and Nottingham 1961, The Folded Normal Distribution
    expected = 2 * NOISE * norm.pdf(off / NOISE) + off * (2 * norm.cdf(off / NOISE) - 1)
    return float(expected.mean())


def _listings(cars: list[Car]) -> pl.DataFrame:
    """Return cars as a training set has them, each asking its true price with the noise of the law."""
    dice = Random(0)
    return pl.DataFrame([_listing(car) | {"asking_price": asked(car, dice)} for car in cars])


def _listing(car: Car) -> dict[str, Any]:
    return {
        "listing_id": f"{MARKET}:{car.vin}",
        "vehicle_id": car.vin,
        "market": MARKET,
        "currency": "USD",
        "make": car.model.make,
        "model": car.model.name,
        "trim": car.trim,
        "model_year": car.model_year,
        "mileage": car.mileage,
        "condition": car.condition,
        "has_accidents": car.accidents > 0,
        "title_status": "rebuilt" if car.is_rebuilt else "clean",
        "owners": car.owners,
        "engine": car.engine.words,
        "drivetrain": car.drivetrain.lower(),
        "body_style": car.model.body_style.lower(),
        "seller_type": car.seller_type,
        "region": car.region,
    }
