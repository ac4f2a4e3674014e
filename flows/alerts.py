"""The alerts flow: tell each new match of the saved searches once."""

from typing import Any

from crawler.home import Home, home
from flows.operations.stations import HOUR, is_waited_for, station
from flows.operations.superseded import scheduled_flow
from flows.steps.alerts import NotDelivered, require_told, run_alerts


def _may_help(task: Any, run: Any, state: Any) -> bool:
    """Return whether a retry may help: what may have arrived is not sent again, and would not be told of again."""
    return isinstance(state.data, NotDelivered) or is_waited_for(task, run, state)


@station("alerts", retries=2, retry_delay_seconds=[60, 600], retry_condition_fn=_may_help)
def alerts_task(data: Home) -> None:
    """Tell what is new.

    Raises:
        TasadorError: something did not go out.
    """
    require_told(run_alerts(data))


# An address that does not answer is given up after a minute.
@scheduled_flow(timeout_seconds=3 * HOUR)
def alerts() -> None:
    """Tell what is new for the alerts of tasador.toml."""
    alerts_task(home())
