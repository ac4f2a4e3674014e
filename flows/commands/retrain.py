"""`tasador retrain`: all estimators are trained, the gate decides."""

import click

from crawler.errors import TasadorError
from crawler.home import Home


@click.command()
@click.option("--market", "markets", multiple=True, help="Only this market; may be given more than once.")
@click.pass_obj
def retrain(home: Home, markets: tuple[str, ...]) -> None:
    """Train all estimators; the gate decides.

    Five estimators are trained on each market. The best one goes live if it beats the one that is.

    Example: tasador retrain --market us
    """
    from flows.progress import step
    from flows.steps.markets import chosen_markets
    from flows.steps.report import report_training
    from flows.steps.retrain import retrain as retrain_step
    from flows.summaries.trained import tell_retrained

    failures = []
    for market in chosen_markets(home, markets):
        try:
            with step(f"Training the estimators for {market}") as update:
                retrained = retrain_step(home, market, on_progress=update)
            tell_retrained(retrained)
            click.echo(f"Report: {report_training(home, market, retrained.challenger.manifest.model_run_id)}")
        except TasadorError as error:
            failures.append(str(error))
    if failures:
        raise TasadorError("; ".join(failures))
