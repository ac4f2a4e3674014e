"""The refresh flow: what has landed becomes checked, published tables."""

from crawler.home import Home, home
from flows.operations.results import show_refresh
from flows.operations.stations import HOUR, station
from flows.operations.superseded import scheduled_flow
from flows.steps.refresh import refresh as refresh_step


@station("refresh")
def refresh_task(data: Home, everything: bool = False) -> None:
    """Refresh and publish."""
    show_refresh(data, refresh_step(data, everything=everything))


# New observations take minutes; all history anew is what may take hours.
@scheduled_flow(timeout_seconds=12 * HOUR)
def refresh(everything: bool = False) -> None:
    """Load, understand, rebuild, check, publish; ``everything`` understands all history anew."""
    refresh_task(home(), everything)
