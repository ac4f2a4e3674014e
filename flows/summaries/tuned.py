"""What a tuning found: the defaults, the best trial and how it differs from them."""

import polars as pl

from flows.show import print_lines, print_table
from flows.steps.tune import Tuned


def tell_tuned(tuned: Tuned) -> None:
    """Tell one estimator's trials, and the best of them beside the first, which are the defaults."""
    counts = {state: sum(trial.state == state for trial in tuned.trials) for state in ("complete", "pruned", "failed")}
    told = ", ".join(f"{count} {state}" for state, count in counts.items() if count) or "none"
    print_lines([f"{tuned.market}, {tuned.estimator}: {len(tuned.new)} new trials; of all on these rows: {told}"])
    complete = [trial for trial in tuned.trials if trial.state == "complete"]
    if complete:
        best = min(complete, key=lambda trial: trial.value or 0)
        first = complete[0]
        print_lines([f"error in log price, cross-validated: {best.value:.4f}, of the first trial {first.value:.4f}"])
        print_table(
            pl.DataFrame(
                {
                    "parameter": list(best.params),
                    f"trial {first.trial}": [_written(value) for value in first.params.values()],
                    f"best: trial {best.trial}": [_written(value) for value in best.params.values()],
                }
            ),
            f"Parameters of {tuned.estimator}",
        )
    if tuned.failure:
        print_lines([tuned.failure])


def _written(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
