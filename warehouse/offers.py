"""What is offered in a market: its live listings, and those that went a short while ago."""

import duckdb
import polars as pl

# How long a listing that is gone still tells what such a car is offered for.
GONE_DAYS = 60

OFFERS = """
with

latest as (
    select max(last_seen_at) as latest_seen_at from listings where market = $market
)

select
    listing_id,
    vehicle_id,
    vin,
    title,
    make,
    model,
    trim,
    model_year,
    asking_price,
    currency,
    mileage,
    body_style,
    drivetrain,
    transmission,
    engine_liters,
    fuel_type,
    seller_type,
    seller_name,
    region,
    scraped_at,
    if(status = 'gone', date_diff('day', last_seen_at, latest_seen_at), null)::integer as days_gone
from listings
cross join latest
where market = $market
    and ($make is null or make = $make)
    and (
        status = 'live'
        or (asking_price is not null and last_seen_at >= latest_seen_at - to_days($gone_days))
    )
order by listing_id
"""


def offers(connection: duckdb.DuckDBPyConnection, market: str, make: str | None = None) -> pl.DataFrame:
    """Return a market's live listings and the priced ones that went in its last GONE_DAYS, of one make or all.

    Columns are what tells how alike two cars are, what they ask, and days_gone: how long before the market was last
    seen a listing was; null of a live one. The warehouse or the published tables may be asked.
    """
    found: pl.DataFrame = connection.execute(OFFERS, values_of(market, make)).pl()
    return found


def values_of(market: str, make: str | None = None) -> dict[str, str | int | None]:
    """Return the values that the query OFFERS is asked with."""
    return {"market": market, "make": make, "gone_days": GONE_DAYS}
