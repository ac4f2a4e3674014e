"""Which markets are to be retrained, and why: by the calendar, or because of what their last scorings showed."""

from datetime import timedelta

import duckdb

from crawler.clock import now
from crawler.home import Home
from flows.steps.markets import chosen_markets
from models.predict.drift import is_outdated, told
from warehouse.connection import connect
from warehouse.reading import champion_since, last_drift, last_trained, markets, recent_expost_error

# What a retraining did not mend, it will not mend the next hour.
REST = timedelta(days=1)
# The median error of the cars that went, beside that of the holdout: with so many of them a quarter more is no chance.
WEEKS = 4
FEWEST_GONE = 200
MOST_WORSE = 1.25
MOST_TOLD = 3


def markets_due(home: Home, after_days: int) -> dict[str, str]:
    """Return why each market is due that is: no champion, one that is older than ``after_days``, or drifted_markets."""
    oldest = now() - timedelta(days=after_days)
    with connect(home) as connection:
        since = {market: champion_since(connection, market) for market in chosen_markets(home, None)}
    by_calendar = {
        market: f"its champion is more than {after_days} days old" if at else "it has no champion"
        for market, at in since.items()
        if at is None or at < oldest
    }
    return by_calendar | drifted_markets(home)


def drifted_markets(home: Home) -> dict[str, str]:
    """Return why each market is due whose drift or ex-post error says so; none that was trained within REST."""
    with connect(home) as connection:
        reasons = {market: _reason(connection, market) for market in markets(connection)}
    return {market: reason for market, reason in reasons.items() if reason}


def _reason(connection: duckdb.DuckDBPyConnection, market: str) -> str | None:
    trained_at = last_trained(connection, market)
    if trained_at is None or trained_at > now() - REST:
        return None
    drift = last_drift(connection, market)
    if is_outdated(drift):
        return f"its listings have drifted: {', '.join(told(drift)[:MOST_TOLD])}"
    gone = recent_expost_error(connection, market, WEEKS)
    if gone.listings >= FEWEST_GONE and gone.mdape and gone.mdape > MOST_WORSE * (gone.holdout_mdape or 0):
        errors = f"{gone.mdape:.1%}, where it was {gone.holdout_mdape:.1%} on the holdout"
        return f"the median error of the {gone.listings:,} cars that went last is {errors}"
    return None
