"""Publish: the tables as they stand become a new market.duckdb."""

from pathlib import Path

from crawler.home import Home
from warehouse.publish import publish as publish_market


def publish(home: Home) -> Path:
    """Write a new version of market.duckdb, switch the link to it, and return the link."""
    publish_market(home)
    return home.market
