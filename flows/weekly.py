"""The weekly flow: retrain every market that is due, then score with what went live."""

from typing import Any

from prefect import get_run_logger
from prefect.client.schemas.objects import State

from crawler.home import home
from flows.operations.cluster import each_market
from flows.operations.parameters import Days
from flows.operations.stations import DAY, require_completed
from flows.operations.superseded import scheduled_flow
from flows.retrain import retrain_task
from flows.score import score_task
from flows.steps.due import markets_due


# Longer than a day where there are many markets; what runs into the third is stuck.
@scheduled_flow(timeout_seconds=2 * DAY)
def weekly(retrain_after_days: Days = 6, with_reasons: bool = True) -> None:
    """Retrain the markets whose champions are older than ``retrain_after_days``, or no longer fit; score all.

    A week is 6 days: a champion that went live an hour after last week's run began is due today. ``with_reasons``: the
    scoring says what makes each price, which takes ten times as long.

    Raises:
        TasadorError: a market could not be trained or scored; the others are.
    """
    data = home()
    due = markets_due(data, retrain_after_days)
    for market, reason in due.items():
        get_run_logger().info("%s is to be retrained: %s", market, reason)
    states = each_market(retrain_task, data, list(due))
    trained: dict[str, State[Any]] = {f"the training of {market} failed": state for market, state in states.items()}
    scored = score_task(data, with_reasons=with_reasons, return_state=True)
    require_completed(trained | {"a market was not scored": scored})
