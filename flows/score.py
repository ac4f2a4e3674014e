"""The score flow: every live listing gets a predicted price and a range from its market's champion."""

from crawler.home import Home, home
from flows.operations.cluster import predict_anywhere
from flows.operations.parameters import Markets
from flows.operations.results import show_scored
from flows.operations.stations import HOUR, station
from flows.operations.superseded import scheduled_flow
from flows.steps.score import Drifted
from flows.steps.score import score as score_step


@station("score")
def score_task(data: Home, markets: Markets | None = None, with_reasons: bool = True) -> None:
    """Score and publish; what was scored is shown though a market has drifted too far."""
    try:
        show_scored(score_step(data, markets, with_reasons=with_reasons, predict_all=predict_anywhere))
    except Drifted as error:
        show_scored(error.scores)
        raise


# What still runs after half a day is stuck, and tomorrow's would only wait for it.
@scheduled_flow(timeout_seconds=12 * HOUR)
def score(markets: Markets | None = None, with_reasons: bool = True) -> None:
    """Score the named markets, or all of them, and publish; ``with_reasons`` takes ten times as long."""
    score_task(home(), markets, with_reasons)
