"""Reports: HTML pages of what is published, one per market, and one per training."""

from collections.abc import Sequence
from pathlib import Path

from crawler.errors import TasadorError, UsageError
from crawler.home import Home
from flows.steps.recorded import recorded
from warehouse.market import open_market

MARKETS = "select distinct market from listings order by market"


def report(home: Home, markets: Sequence[str] | None = None) -> list[Path]:
    """Write the named markets' reports, or all, ``<reports>/<market>/market.html``, and return them.

    Raises:
        UsageError: a name is not a published market.
        TasadorError: nothing is published yet.
    """
    from flows.report.market_report import write_market_report

    with recorded(home, "report") as run, open_market(home) as connection:
        known = [market for (market,) in connection.execute(MARKETS).fetchall()]
        if not known:
            raise TasadorError(
                "there are no listings yet: run `tasador import`, or `tasador crawl` and `tasador refresh`"
            )
        unknown = sorted(set(markets or ()) - set(known))
        if unknown:
            raise UsageError(f"market must be one of {', '.join(known)}, got {unknown[0]!r}")
        reports = [write_market_report(home, connection, market) for market in markets or known]
        run.rows = len(reports)
        return reports


def report_training(home: Home, market: str, challenger: str) -> Path:
    """Write the report of a training that is published, ``<reports>/model_runs/<challenger>.html``, and return it."""
    from flows.report.model_report import write_model_report

    with open_market(home) as connection:
        return write_model_report(home, connection, market, challenger)
