"""Publish: the tables as they stand become a new market.duckdb."""

from pathlib import Path

from crawler.home import Home
from flows.steps.recorded import recorded
from warehouse.publish import publish as publish_market


def publish(home: Home, *, anyway: bool = False) -> Path:
    """Write a new version of market.duckdb where there is something new, and return the link to the newest.

    Raises:
        TasadorError: there are no tables yet, or half of what was published last has gone and it is not to be
            published ``anyway``.
    """
    with recorded(home, "publish"):
        publish_market(home, anyway=anyway)
    return home.market
