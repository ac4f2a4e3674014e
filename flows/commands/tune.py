"""`tasador tune`: better parameters are searched for, and the next retraining takes them."""

import re

import click

from crawler.errors import TasadorError, UsageError
from crawler.home import Home

SECONDS = {"s": 1, "m": 60, "h": 3600}


@click.command()
@click.option("--market", "markets", multiple=True, help="Only this market; may be given more than once.")
@click.option("--estimator", "estimators", multiple=True, help="Only this one; may be given more than once.")
@click.option("--budget", default="10m", show_default=True, metavar="TIME", help="In all, as 90s, 10m or 2h.")
@click.option("--seed", default=0, show_default=True, help="Of the search and of what it trains.")
@click.option("--forget", is_flag=True, help="Go back to the defaults: what was tried is deleted.")
@click.pass_obj
def tune(
    home: Home, /, markets: tuple[str, ...], estimators: tuple[str, ...], budget: str, seed: int, forget: bool
) -> None:
    """Search for better parameters.

    Trials are judged by cross-validation inside the training rows, and each is a row of tuning_trials. The next
    `tasador retrain` takes the best. Ctrl-C keeps what was found; a tuning of the same rows goes on where it ended.

    Example: tasador tune --market us --estimator boosting --budget 10m
    """
    from flows.progress import step
    from flows.steps import tune as steps
    from flows.steps.markets import chosen_markets
    from flows.summaries.tuned import tell_tuned
    from models.tune.spaces import SPACES

    chosen, seconds = estimators or tuple(SPACES), _seconds(budget)
    names = chosen_markets(home, markets)
    if forget:
        forgotten = {name: steps.forget(home, name, chosen) for name in names}
        click.echo("\n".join(f"{name}: {count} trials forgotten" for name, count in forgotten.items()))
        return
    failures = []
    for name in names:
        tuned: list[steps.Tuned] = []
        share = seconds / len(names)
        try:
            with step(f"Tuning {', '.join(chosen)} of {name}") as update:
                steps.tune(home, name, chosen, share, seed=seed, on_tuned=tuned.append, on_progress=update)
        finally:  # also of a tuning that Ctrl-C stopped
            for found in tuned:
                tell_tuned(found)
        failures += [found.failure for found in tuned if found.failure]
    if failures:
        raise TasadorError("; ".join(failures))
    click.echo("`tasador retrain` takes the best parameters.")


def _seconds(budget: str) -> float:
    """Return a time's seconds. Raises UsageError for what is none."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([smh]?)", budget.strip())
    if not found or float(found[1]) == 0:
        raise UsageError(f"--budget must be a time as 90s, 10m or 2h, got {budget!r}")
    return float(found[1]) * SECONDS[found[2] or "s"]
