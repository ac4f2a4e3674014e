"""What is to be scored, written to files, so that nobody waits for the warehouse while estimators work.

A listing is scored again where anything has changed that its prediction was made of. Knows no estimator.
"""

from collections.abc import Sequence
from pathlib import Path

import duckdb
import polars as pl

from crawler.errors import TasadorError
from crawler.home import Home
from warehouse.connection import connect
from warehouse.market import open_market
from warehouse.offers import OFFERS, offers, values_of
from warehouse.quoting import quoted
from warehouse.transform import require_tables

# Of the time of observation the month alone counts, as it does for features: else each crawl would change all of them.
HASHED = """
select
    *,
    hash(({columns}, date_trunc('month', coalesce(scraped_at, last_seen_at)))) as listing_hash
from listings
where market = $market and status = 'live'
"""

CHANGED = """
with

live as ({hashed}),

standing as (
    select
        listing_id,
        arg_max(coalesce(listing_hash, 0), scored_at) as listing_hash,
        arg_max(typical_price is not null, scored_at) as has_reasons
    from predictions
    where model_run_id = $model_run_id
    group by listing_id
)

select live.*
from live
anti join standing
    on live.listing_id = standing.listing_id
    and live.listing_hash = standing.listing_hash
    and (standing.has_reasons or not $with_reasons)
"""

# The same listings at each scoring, as long as they are live.
SAMPLE = """
from listings
where market = $market and status = 'live' and hash(listing_id) % $every = 0
order by listing_id
"""

# When a listing was seen changes with each crawl, and no comparable with it.
OFFERS_HASH = f"select sum(hash(found))::hugeint from (select * exclude (scraped_at) from ({OFFERS})) as found"

LAST_OFFERS_HASH = """
select arg_max(offers_hash, scored_at) from scorings where market = $market and model_run_id = $model_run_id
"""


# What needs more is done on disk: measured, five million listings are read as fast, in no more memory than one million.
MEMORY = "500MB"

LAST_SCORINGS = "select market, max(scored_at) from predicted_prices group by market order by market"


def count_live(connection: duckdb.DuckDBPyConnection, market: str) -> int:
    """Return how many live listings a market has; TasadorError where nothing was ever refreshed."""
    require_tables(connection)
    counted = "select count(*) from listings where market = ? and status = 'live'"
    (count,) = connection.execute(counted, [market]).fetchone() or (0,)
    return int(count)


def sample_live(connection: duckdb.DuckDBPyConnection, market: str, at_most: int) -> pl.DataFrame:
    """Return about ``at_most`` of a market's live listings, with all columns; all of them where they are fewer."""
    every = -(-max(1, count_live(connection, market)) // at_most)
    rows: pl.DataFrame = connection.execute(SAMPLE, {"market": market, "every": every}).pl()
    return rows


def copy_changed(
    connection: duckdb.DuckDBPyConnection,
    market: str,
    model_run_id: str,
    columns: Sequence[str],
    path: Path,
    *,
    with_reasons: bool,
) -> int:
    """Write a market's live listings that the model run has to score to a Parquet file, and return how many.

    They are those without a prediction of this model run, or of which one of ``columns`` has changed since, or the
    month in which they were seen; and where it is to be ``with_reasons``, those whose prediction has none. The file
    has all columns of listings, and listing_hash, which belongs to the prediction.
    """
    query = CHANGED.format(hashed=HASHED.format(columns=", ".join(columns)))
    values = {"market": market, "model_run_id": model_run_id, "with_reasons": with_reasons}
    connection.execute(f"set memory_limit = '{MEMORY}'")
    (count,) = connection.execute(f"copy ({query}) to {quoted(path)} (format parquet)", values).fetchone() or (0,)
    return int(count)


def offers_hash(connection: duckdb.DuckDBPyConnection, market: str) -> int:
    """Return a hash of all that comparables are found among, whatever its order."""
    (found,) = connection.execute(OFFERS_HASH, values_of(market)).fetchone() or (None,)
    return int(found or 0)


def last_offers_hash(connection: duckdb.DuckDBPyConnection, market: str, model_run_id: str) -> int | None:
    """Return that of the last scoring of a market by this model run, or None."""
    values = {"market": market, "model_run_id": model_run_id}
    (found,) = connection.execute(LAST_OFFERS_HASH, values).fetchone() or (None,)
    return found


def write_offers(connection: duckdb.DuckDBPyConnection, market: str, folder: Path) -> list[Path]:
    """Write a market's offers to Parquet files in a folder, one for each make, and return them."""
    makes = "select distinct make from listings where market = ? and make is not null order by make"
    paths = []
    for number, (make,) in enumerate(connection.execute(makes, [market]).fetchall()):
        paths.append(folder / f"offers-{number}.parquet")
        offers(connection, market, make).write_parquet(paths[-1])
    return paths


def is_published(home: Home) -> bool:
    """Tell whether the last scoring of each market is published, which a process that was killed has not done."""
    with connect(home) as connection:
        scored = connection.execute(LAST_SCORINGS).fetchall()
    try:
        with open_market(home) as market:
            return bool(market.execute(LAST_SCORINGS).fetchall() == scored)
    except TasadorError:  # nothing is
        return False
