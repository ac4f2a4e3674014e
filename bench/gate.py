"""How often the gate is right: a challenger whose true worth is known meets a champion, again and again.

``python -m bench.gate`` prints a JSON line for each scenario; exit code 1: a limit is broken. Nothing is trained; with
``--retrain``, model runs are, and meet instead: see bench.gate_retrains. Cars, their true prices and the noise of what
is asked for them are the demo market's. What the two model runs predict is the true price times an error that they
share and one of their own, so that their residuals correlate and have tails as real ones do: boosting and forest on the
holdout of cars_com_dealers correlate by 0.951, with a kurtosis of 22 to 26.
"""

import json
import sys
from dataclasses import asdict, dataclass
from functools import cached_property

import click
import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.optimize import brentq

from bench.gate_retrains import meet_retrained
from crawler.demo_market.cars import NEWEST_YEAR, Car, invent_car
from crawler.demo_market.price_law import NOISE, true_price
from models.gate.checks import Check, Evidence, run_checks

Floats = npt.NDArray[np.float64]

COVERAGE = 0.80
# The errors in log price: what both share and what is their own, Student's t so that odd cars are in it.
SHARED, OWN, FREEDOM = 0.065, 0.022, 3.0
BASELINE = 0.25
CARS = 20_000
DRAWS_OF_TRUTH = 400_000


@dataclass(frozen=True, slots=True)
class Scenario:
    """A challenger whose expected error is ``ratio`` of the champion's, ``fords`` on Fords, met on ``rows`` cars.

    Of all meetings it may go live in a share of ``at_least`` to ``at_most``.
    """

    name: str
    ratio: float
    fords: float
    rows: int = 5_000
    at_least: float = 0.0
    at_most: float = 1.0


SCENARIOS = (
    Scenario("the same", 1.00, 1.00, at_most=0.05),
    Scenario("3 % worse", 1.03, 1.03, at_most=0.05),
    Scenario("3 % better", 0.97, 0.97, at_least=0.80),
    Scenario("3 % better, but 20 % worse on Fords", 0.97, 1.20, at_most=0.05),
    Scenario("3 % better, 500 cars", 0.97, 0.97, rows=500),
    Scenario("10 % better, 500 cars", 0.90, 0.90, rows=500, at_least=0.80),
)


class Truth:
    """What holds for cars without end: by what factor the challenger's errors reach a ratio, and its honest range."""

    def __init__(self, random: np.random.Generator) -> None:
        self.noise, self.champion, self.challenger = _draw(DRAWS_OF_TRUTH, random)

    def factor(self, ratio: float) -> float:
        """Return what to multiply the challenger's errors with, to expect ``ratio`` times the champion's error."""
        wanted = ratio * np.abs(self.noise - self.champion).mean()
        return float(brentq(lambda factor: np.abs(self.noise - factor * self.challenger).mean() - wanted, 0.1, 10))

    def range_factors(self, factor: float) -> tuple[float, float]:
        """Return the bounds of a range at COVERAGE, by the predicted price."""
        tail = (1 - COVERAGE) / 2
        low, high = np.exp(np.quantile(self.noise - factor * self.challenger, (tail, 1 - tail)))
        return float(low), float(high)

    @cached_property
    def likeness(self) -> dict[str, float]:
        """How alike the residuals of two equal model runs are, and how heavy their tails, to hold beside real ones."""
        one, other = self.noise - self.champion, self.noise - self.challenger
        return {
            "correlation": round(float(np.corrcoef(one, other)[0, 1]), 3),
            "log_rmse": round(float(one.std()), 4),
            "log_mae": round(float(np.abs(one).mean()), 4),
            "kurtosis": round(float(((one - one.mean()) ** 4).mean() / one.var() ** 2), 1),
        }


class Holdouts:
    """Holdouts without end, of cars of the demo market, and what two model runs and a baseline say of them."""

    def __init__(self, seed: int = 0) -> None:
        cars = [invent_car(seed, number) for number in range(CARS)]
        self.true = np.array([true_price(car) for car in cars])
        self.kinds = pl.DataFrame([_kinds(car) for car in cars])
        self.random = np.random.default_rng(seed)
        self.truth = Truth(self.random)

    def meet(self, scenario: Scenario) -> list[Check]:
        """Return what the gate finds on a holdout that nobody has seen."""
        chosen = self.random.choice(CARS, scenario.rows, replace=False)
        true, kinds = self.true[chosen], self.kinds[chosen]
        noise, champion, own = _draw(scenario.rows, self.random)
        elsewhere, on_fords = (self.truth.factor(ratio) for ratio in (scenario.ratio, scenario.fords))
        challenger = true * np.exp(own * np.where(kinds["make"] == "Ford", on_fords, elsewhere))
        low, high = self.truth.range_factors(elsewhere)
        evidence = Evidence(
            asked=true * np.exp(noise),
            vehicles=chosen,
            challenger=challenger,
            lower=challenger * low,
            upper=challenger * high,
            coverage=COVERAGE,
            currency="USD",
            champion=true * np.exp(champion),
            baseline=true * np.exp(self.random.normal(0, BASELINE, scenario.rows)),
            segments=kinds,
        )
        return run_checks(evidence)


def play(holdouts: Holdouts, scenario: Scenario, times: int) -> dict[str, object]:
    """Return how often the challenger went live, and how often each check stood in its way."""
    meetings = [holdouts.meet(scenario) for _ in range(times)]
    promoted = sum(all(check.passed for check in checks) for checks in meetings)
    refused = {check.name: sum(not checks[at].passed for checks in meetings) for at, check in enumerate(meetings[0])}
    holds = scenario.at_least * times <= promoted <= scenario.at_most * times
    return {**asdict(scenario), "times": times, "promoted": promoted, "refused_by": refused, "holds": holds}


def _draw(count: int, random: np.random.Generator) -> tuple[Floats, Floats, Floats]:
    """Return the noise of what is asked, and the errors of champion and challenger; all in log price."""
    shared, own, other = random.standard_t(FREEDOM, (3, count)) / np.sqrt(FREEDOM / (FREEDOM - 2))
    return random.normal(0, NOISE, count), SHARED * shared + OWN * own, SHARED * shared + OWN * other


def _kinds(car: Car) -> dict[str, str]:
    age = NEWEST_YEAR - car.model_year
    return {"make": car.model.make, "age": f"{age // 4 * 4} to {age // 4 * 4 + 3}", "seller_type": car.seller_type}


@click.command()
@click.option("--times", default=200, show_default=True, help="How often each scenario is played.")
@click.option("--retrain", is_flag=True, help="Train instead, and let the few that were trained meet: some minutes.")
def main(times: int, retrain: bool) -> None:
    """Play every scenario."""
    if retrain:
        lines = meet_retrained()
    else:
        holdouts = Holdouts()
        print(json.dumps(holdouts.truth.likeness))
        lines = (play(holdouts, scenario, times) for scenario in SCENARIOS)
    holds = True
    for line in lines:
        print(json.dumps(line), flush=True)
        holds = holds and bool(line["holds"])
    sys.exit(not holds)


if __name__ == "__main__":
    main()
