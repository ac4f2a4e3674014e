"""What an alert finds in the published tables; its condition can read nothing else and change nothing.

Knows nothing of what was told before.
"""

from datetime import timedelta
from typing import Any

import duckdb

from crawler.clock import now
from crawler.errors import TasadorError
from crawler.home import Home
from flows.alerting.settings import Alert
from warehouse.market import open_market
from warehouse.quoting import quoted

# An alert that is new does not begin with the price drops of years.
RECENT = timedelta(days=7)

# A condition may read all columns of these.
SOURCES = {
    "deal": "select * from deals",
    "price_drop": """
        select price_drops.*, predicted_price, lower, upper
        from price_drops
        left join predicted_prices using (listing_id)
        where last_drop_at >= {since}
    """,
}

# What is told of a listing, where its source has it: the car and its prices, nothing of a person.
TOLD = (
    "listing_id", "url", "make", "model", "trim", "model_year", "mileage", "condition", "currency", "asking_price",
    "first_asking_price", "last_drop", "last_drop_share", "last_drop_at", "rating", "predicted_price", "lower", "upper",
)  # fmt: skip


def find_matches(home: Home, alert: Alert) -> list[dict[str, Any]]:
    """Return the live listings that an alert is about, each as a dictionary of those of TOLD that its source has.

    Raises:
        TasadorError: nothing is published yet, or the condition is none, or asks for more than the published tables.
    """
    source = SOURCES[alert.kind].format(since=f"{quoted(now() - RECENT)}::timestamptz")
    try:
        with open_market(home) as connection:
            connection.execute("set enable_external_access = false")
            connection.execute("set lock_configuration = true")
            return _found(connection.sql(source), alert)
    except TasadorError as error:
        raise TasadorError(f"alerts.{alert.name} finds nothing: {error}") from error


def _found(source: duckdb.DuckDBPyRelation, alert: Alert) -> list[dict[str, Any]]:
    # an SQLExpression is one expression, whatever brackets and semicolons the condition has
    matching = source.filter(f"market = {quoted(alert.market)}").filter(duckdb.SQLExpression(alert.where))
    told = [name for name in TOLD if name in source.columns]
    rows = matching.select(*told).order("listing_id").fetchall()
    return [dict(zip(told, row, strict=True)) for row in rows]
