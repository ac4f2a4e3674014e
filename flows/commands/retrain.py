"""`tasador retrain`: all estimators are trained, the gate decides."""

import click

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
    from flows.steps.retrain import retrain as retrain_step
    from flows.summaries.trained import tell_retrained

    with step("Training") as update:
        retrained = retrain_step(home, markets or None, on_progress=update)
    for market in retrained:
        tell_retrained(market)
