"""The retrain flow: every market's estimators are trained and the gate decides what goes live."""

from crawler.home import Home, home
from flows.operations.artifacts import progress
from flows.operations.cluster import each_market
from flows.operations.done_before import done_before
from flows.operations.parameters import Markets
from flows.operations.results import show_retrained
from flows.operations.stations import DAY, require_completed, station
from flows.operations.superseded import scheduled_flow
from flows.steps.markets import chosen_markets
from flows.steps.report import report_training
from flows.steps.retrain import retrain as retrain_step


@station("retrain")
def retrain_task(data: Home, market: str) -> None:
    """Retrain one market."""
    if done_before(data, "retrain", market):
        return
    with progress(f"training-{market}", f"Training the estimators for {market}") as update:
        retrained = retrain_step(data, market, on_progress=lambda seen: update(seen.share, str(seen)))
    show_retrained(retrained, report_training(data, market, retrained.challenger.manifest.model_run_id))


# What takes longer than a day is a deployment of its own for each market: retrain-demo in prefect.yaml.
@scheduled_flow(timeout_seconds=DAY)
def retrain(markets: Markets | None = None) -> None:
    """Retrain the named markets, or all of them.

    Raises:
        TasadorError: a market could not be trained; the others are.
    """
    data = home()
    states = each_market(retrain_task, data, chosen_markets(data, markets))
    require_completed({f"the training of {market} failed": state for market, state in states.items()})
