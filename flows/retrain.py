"""The retrain flow: every market's estimators are trained and the gate decides what goes live."""

from prefect import flow, task

from crawler.home import home
from flows.steps.retrain import retrain as retrain_step

retrain_task = task(name="retrain", persist_result=False)(retrain_step)


@flow(name="retrain")
def retrain(markets: list[str] | None = None) -> None:
    """Retrain the named markets, or all of them."""
    retrain_task(home(), markets)
