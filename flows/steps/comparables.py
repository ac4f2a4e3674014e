"""What is offered like a car that need not be on any site, read from what is published."""

import polars as pl

from crawler.home import Home
from models.predict.similar import most_similar
from warehouse.market import open_market
from warehouse.offers import offers

# What of an offer is shown beside what differs.
SHOWN = ("make", "model", "trim", "model_year", "mileage")


def comparables_of(home: Home, market: str, car: pl.DataFrame) -> pl.DataFrame:
    """Return the offers of a market most like a car, as ``most_similar`` does, with SHOWN of each.

    ``car`` is one understood listing; an offer of its own vehicle is none of them.

    Raises:
        TasadorError: nothing is published yet.
    """
    with open_market(home) as connection:
        offered = offers(connection, market, car["make"][0])
    listings = pl.concat([car, offered], how="diagonal_relaxed")
    found = most_similar(listings, pl.Series(range(listings.height)) == 0)
    shown = offered.select(pl.col("listing_id").alias("comparable_listing_id"), *SHOWN)
    return found.join(shown, on="comparable_listing_id", how="left", maintain_order="left")
