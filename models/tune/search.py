"""The search for an estimator's parameters: trials, each judged by cross-validation inside the training rows.

Knows no warehouse: what was tried before is handed in, what is tried is handed out. Trials are trained in a child
process, so that no framework is loaded here and one that dies is only a failed trial.
"""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import numpy as np
import optuna

from crawler.clock import now
from crawler.errors import TasadorError
from models.tune.child import Child, TrialFailedError
from models.tune.spaces import SPACES, Choice, Parameter, Whole, fits

# What is worse than half of the trials before it is pruned, once so many were measured on all folds.
TRIALS_BEFORE_PRUNING = 3
MOST_FAILURES_IN_A_ROW = 3

State = Literal["complete", "pruned", "failed"]


@dataclass(frozen=True, slots=True)
class Trial:
    """Parameters that were tried: ``fold_values`` are the errors of the folds that were measured, in order.

    An error is the mean absolute error of the natural logarithm of the price, by which the challenger is chosen too:
    neither an exotic car nor a mistyped price dominates it. ``params`` are as JSON has them.
    """

    trial: int
    params: dict[str, Any]
    fold_values: list[float]
    state: State
    seconds: float
    tuned_at: datetime

    @property
    def value(self) -> float | None:
        """The mean of the folds' errors; of a pruned trial, of those that were measured."""
        return float(np.mean(self.fold_values)) if self.fold_values else None


@dataclass
class Search:
    """A search on one market of one snapshot, for one estimator; the holdout has no part in it.

    ``before`` are the trials of earlier searches on the same snapshot: it goes on from there. ``first`` are parameters
    to try first, after the estimator's defaults. ``on_trial`` gets each trial when it is done, ``on_progress`` words.
    """

    snapshot: Path
    market: str
    estimator: str
    before: Sequence[Trial] = ()
    first: Sequence[Mapping[str, Any]] = ()
    folds: int = 5
    seed: int = 0
    threads: int = 1
    on_trial: Callable[[Trial], None] = lambda trial: None
    on_progress: Callable[[str], None] = lambda words: None
    trials: list[Trial] = field(default_factory=list)

    def run(self, seconds: float) -> list[Trial]:
        """Try parameters for so long, to within one fold, and return the new trials.

        Raises:
            TasadorError: the estimator cannot be started, or MOST_FAILURES_IN_A_ROW trials failed one after another.
        """
        deadline = time.monotonic() + seconds
        study = self._study()
        failures: list[str] = []
        with Child(self.snapshot, self.market, self.estimator, self.folds, self.seed, self.threads) as child:
            self._enqueue(study, child.defaults)
            while time.monotonic() < deadline and len(failures) < MOST_FAILURES_IN_A_ROW:
                failure = self._try(study, child, deadline)
                failures = [*failures, failure] if failure else []
        if len(failures) == MOST_FAILURES_IN_A_ROW:
            raise TasadorError(f"tuning {self.estimator} of {self.market} fails: {failures[-1]}")
        return self.trials

    def _study(self) -> optuna.Study:
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        # A search that goes on draws other numbers than the one before it.
        sampler = optuna.samplers.TPESampler(seed=self.seed + len(self.before))
        pruner = optuna.pruners.MedianPruner(n_startup_trials=TRIALS_BEFORE_PRUNING)
        study = optuna.create_study(sampler=sampler, pruner=pruner)
        study.add_trials([self._known(trial) for trial in self.before if fits(self.estimator, trial.params)])
        return study

    def _known(self, trial: Trial) -> optuna.trial.FrozenTrial:
        space = SPACES[self.estimator]
        return optuna.trial.create_trial(
            state=_STATES[trial.state],
            value=trial.value if trial.state == "complete" else None,
            params={name: _written(space[name], value) for name, value in trial.params.items()},
            distributions={name: _distribution(parameter) for name, parameter in space.items()},
            intermediate_values=dict(enumerate(_running_means(trial.fold_values))),
        )

    def _enqueue(self, study: optuna.Study, defaults: Mapping[str, Any]) -> None:
        """Put what is to be tried first in the queue: with the defaults, the best is never worse than they are."""
        space = SPACES[self.estimator]
        for params in (defaults, *self.first):
            if fits(self.estimator, params):
                written = {name: _written(space[name], value) for name, value in params.items()}
                study.enqueue_trial(written, skip_if_exists=True)

    def _try(self, study: optuna.Study, child: Child, deadline: float) -> str | None:
        """Make one trial and hand it out; return why it failed, None where it did not."""
        started, asked = time.monotonic(), study.ask()
        params = {name: _suggested(asked, name, parameter) for name, parameter in SPACES[self.estimator].items()}
        values: list[float] = []
        failure = None
        state: State = "complete"
        try:
            for fold in range(self.folds):
                self._tell(fold)
                values.append(child.measure(fold, params))
                asked.report(float(np.mean(values)), step=fold)
                if fold < self.folds - 1 and (asked.should_prune() or time.monotonic() >= deadline):
                    state = "pruned"
                    break
        except TrialFailedError as error:
            state, failure = "failed", str(error)
        study.tell(asked, float(np.mean(values)) if state == "complete" else None, _STATES[state])
        number = max((trial.trial for trial in (*self.before, *self.trials)), default=0) + 1
        self.trials.append(Trial(number, params, values, state, round(time.monotonic() - started, 3), now()))
        self.on_trial(self.trials[-1])
        return failure

    def _tell(self, fold: int) -> None:
        done = [*self.before, *self.trials]
        best = min((trial.value for trial in done if trial.state == "complete" and trial.value), default=None)
        so_far = f", the best so far {best:.4f}" if best else ""
        self.on_progress(f"trial {len(done) + 1}, fold {fold + 1} of {self.folds}{so_far}")


_STATES = {
    "complete": optuna.trial.TrialState.COMPLETE,
    "pruned": optuna.trial.TrialState.PRUNED,
    "failed": optuna.trial.TrialState.FAIL,
}


def _suggested(trial: optuna.Trial, name: str, parameter: Parameter) -> Any:
    if isinstance(parameter, Choice):
        return json.loads(trial.suggest_categorical(name, _words(parameter)))
    if isinstance(parameter, Whole):
        return trial.suggest_int(name, parameter.low, parameter.high, log=parameter.log)
    return trial.suggest_float(name, parameter.low, parameter.high, log=parameter.log)


def _distribution(parameter: Parameter) -> optuna.distributions.BaseDistribution:
    if isinstance(parameter, Choice):
        return optuna.distributions.CategoricalDistribution(_words(parameter))
    if isinstance(parameter, Whole):
        return optuna.distributions.IntDistribution(parameter.low, parameter.high, log=parameter.log)
    return optuna.distributions.FloatDistribution(parameter.low, parameter.high, log=parameter.log)


def _written(parameter: Parameter, value: Any) -> Any:
    """Return a value as the search has it: a choice by its JSON, since a list can be none."""
    return json.dumps(value) if isinstance(parameter, Choice) else value


def _words(choice: Choice) -> list[str]:
    return [json.dumps(value) for value in choice.values]


def _running_means(values: Sequence[float]) -> list[float]:
    return [float(np.mean(values[: end + 1])) for end in range(len(values))]
