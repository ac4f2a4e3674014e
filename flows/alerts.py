"""The alerts flow: tell each new match of the saved searches once."""

from prefect import flow, task

from crawler.home import Home, home
from flows.steps.alerts import require_told, run_alerts


@task(name="alerts", persist_result=False)
def alerts_task(data: Home) -> None:
    """Tell what is new.

    Raises:
        TasadorError: something did not go out.
    """
    require_told(run_alerts(data))


@flow(name="alerts")
def alerts() -> None:
    """Tell what is new for the alerts of tasador.toml."""
    alerts_task(home())
