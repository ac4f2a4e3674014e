"""`tasador score`: every live listing gets a predicted price and a range."""

import click

from crawler.errors import TasadorError
from crawler.home import Home


@click.command()
@click.option("--market", "markets", multiple=True, help="Only this market; may be given more than once.")
@click.option("--anyway", is_flag=True, help="Also where listings have drifted too far from what was trained on.")
@click.option("--no-reasons", is_flag=True, help="Do not say what makes each price: ten times faster.")
@click.pass_obj
def score(home: Home, markets: tuple[str, ...], anyway: bool, no_reasons: bool) -> None:
    """Score every live listing that is new or has changed and publish.

    Each listing gets a predicted price and two ranges from its market's champion, or a reason code where the champion
    cannot judge it. A market whose listings have drifted too far from what its champion learned is refused, and told.

    Example: tasador score --market us
    """
    from flows.progress import step
    from flows.steps.score import Drifted
    from flows.steps.score import score as score_step
    from flows.summaries.scored import tell_scored

    try:
        with step("Scoring"):
            scores = score_step(home, markets or None, anyway=anyway, with_reasons=not no_reasons)
    except Drifted as refusal:
        tell_scored(refusal.scores)
        raise
    if not any(scores.values()):
        raise TasadorError("no market has a champion yet: run `tasador retrain`")
    tell_scored(scores)
