"""`tasador score`: every live listing gets a predicted price and a range."""

import click

from crawler.errors import TasadorError
from crawler.home import Home


@click.command()
@click.option("--market", "markets", multiple=True, help="Only this market; may be given more than once.")
@click.pass_obj
def score(home: Home, markets: tuple[str, ...]) -> None:
    """Score every live listing and publish.

    Each listing gets a predicted price and a range from its market's champion.

    Example: tasador score --market us
    """
    from flows.progress import step
    from flows.steps.score import score as score_step

    with step("Scoring"):
        scores = score_step(home, markets or None)
    if not any(rows is not None for rows in scores.values()):
        raise TasadorError("no market has a champion yet: run `tasador retrain`")
    for market, rows in scores.items():
        told = "no champion yet: run `tasador retrain`" if rows is None else f"{rows:,} live listings scored"
        click.echo(f"{market}: {told}")
