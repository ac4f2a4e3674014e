"""The retrain flow: every market's estimators are trained and the gate decides what goes live."""

from prefect import flow, task

from crawler.errors import TasadorError
from crawler.home import home
from flows.steps.markets import chosen_markets
from flows.steps.retrain import retrain as retrain_step

retrain_task = task(name="retrain", persist_result=False)(retrain_step)


@flow(name="retrain")
def retrain(markets: list[str] | None = None) -> None:
    """Retrain the named markets, or all of them.

    Raises:
        TasadorError: a market could not be trained; the others are.
    """
    data = home()
    states = {market: retrain_task(data, market, return_state=True) for market in chosen_markets(data, markets)}
    failed = [market for market, state in states.items() if state.is_failed()]
    if failed:
        raise TasadorError(f"the training of {', '.join(failed)} failed; see its log above")
