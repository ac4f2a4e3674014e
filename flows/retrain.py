"""The retrain flow: every market's estimators are trained and the gate decides what goes live."""

from prefect import flow, get_run_logger, task

from crawler.errors import TasadorError
from crawler.home import Home, home
from flows.steps.markets import chosen_markets
from flows.steps.report import report_training
from flows.steps.retrain import retrain as retrain_step


@task(name="retrain", persist_result=False)
def retrain_task(data: Home, market: str) -> None:
    """Retrain one market; log which estimators failed and what MLflow was told: neither fails a retraining."""
    retrained = retrain_step(data, market)
    failures = [f"{estimator}: {why}" for estimator, why in retrained.failures.items()]
    for line in filter(None, [*failures, retrained.tracked]):
        get_run_logger().info("%s: %s", market, line)
    report_training(data, market, retrained.challenger.manifest.model_run_id)


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
