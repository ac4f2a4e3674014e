"""The report of a market: what is on offer, what it is worth, and how far that can be trusted."""

from dataclasses import replace
from pathlib import Path

import duckdb

from crawler.home import Home
from flows.report.page import write_page
from flows.report.sections import (
    accuracy,
    crawls,
    deals,
    depreciation,
    drift,
    estimators,
    learning_curves,
    price_drops,
    price_index,
    stock,
    supply,
)
from flows.report.source import Source

# What people look at rarely waits until they open it.
SECTIONS = (
    stock.SECTION,
    deals.SECTION,
    price_drops.SECTION,
    supply.SECTION,
    depreciation.SECTION,
    price_index.SECTION,
    estimators.SECTION,
    replace(learning_curves.SECTION, is_folded=True),
    accuracy.SECTION,
    replace(drift.SECTION, is_folded=True),
    replace(crawls.SECTION, is_folded=True),
)
CHAMPION = "select model_run_id from champions where market = $market"


def write_market_report(home: Home, connection: duckdb.DuckDBPyConnection, market: str) -> Path:
    """Write ``<reports>/<market>/market.html`` of what is published, and return the file."""
    found = connection.execute(CHAMPION, {"market": market}).fetchone()
    source = Source(home, connection, market, found[0] if found else None)
    lead = (
        f"Appraised by {source.model_run_id}, the champion of this market. It predicts asking prices, not sales."
        if source.model_run_id
        else "No model is live in this market yet."
    )
    return write_page(home.reports / market / "market.html", f"Used cars: {market}", lead, SECTIONS, source)
