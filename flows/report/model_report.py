"""The report of a training: its model runs side by side, and the challenger in full."""

from pathlib import Path

import duckdb

from crawler.home import Home
from flows.report.page import write_page
from flows.report.sections import accuracy, estimators, learning_curves
from flows.report.source import Source

SECTIONS = (estimators.SECTION, learning_curves.SECTION, accuracy.SECTION)


def write_model_report(home: Home, connection: duckdb.DuckDBPyConnection, market: str, challenger: str) -> Path:
    """Write ``<reports>/model_runs/<challenger>.html`` of a training that is published, and return the file."""
    source = Source(home, connection, market, challenger)
    verdict, reason = connection.execute(
        "select verdict, verdict_reason from model_runs where model_run_id = ?", [challenger]
    ).fetchone() or ("", "")
    path = home.reports / "model_runs" / f"{challenger}.html"
    return write_page(path, f"{market}: {challenger}", f"Gate: {verdict}: {reason}", SECTIONS, source)
