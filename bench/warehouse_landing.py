"""The landing files that the warehouse bench loads: thousands of the demo market's cars, told apart a millionfold.

Nothing is crawled: each line is what a crawl of the demo market would land, all fields of a car and its own price.
"""

import os
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from crawler.clock import ENVIRONMENT_VARIABLE
from crawler.demo_market.market import FIRST_ID, Market
from crawler.demo_market.vins import LETTERS, check_digit
from crawler.landing import LandingWriter
from crawler.sites import Market as SiteMarket
from crawler.sites import Site

PROTOTYPES = 5000  # none twice in a part, so that a part compresses as the cars of a real one do
CHANGED_EVERY = 20  # days: 5 % of the listings cut their price each day
CUT = 0.97
ROWS_PER_PART = 5000  # what a crawl at full speed lands in the five seconds after which it begins a new part
FIRST_DAY = datetime(2026, 3, 1, 6, tzinfo=UTC)
SITE = Site("bench", SiteMarket("bench", "USD", "mi"))


def land_crawl(landing: str, listings: int, day: int) -> dict[str, float]:
    """Land a complete crawl of so many listings on a day counted from 0; return the seconds that it took."""
    started = time.monotonic()
    os.environ[ENVIRONMENT_VARIABLE] = (FIRST_DAY + timedelta(days=day)).isoformat()
    writer = LandingWriter(landing, SITE, rows_per_part=ROWS_PER_PART)
    same = writer.row(Market(1).on(0)[str(FIRST_ID)], kind="price", page="results", scraped_at=None)
    for listing in _listings(listings, day):
        writer.land({**same, "listing_id": f"{SITE.name}:{listing['source_id']}", "listing": listing})
    writer.finish(reason="finished", is_complete=True, scope=["all"], health="healthy")
    return {"land": time.monotonic() - started}


def _listings(count: int, day: int) -> Iterator[dict[str, Any]]:
    market = Market(PROTOTYPES).on(0)
    prototypes = [market[source_id].payload() for source_id in market.ids]
    for number in range(count):
        prototype = prototypes[number % len(prototypes)]
        yield {**prototype, **_own_words(prototype, number, day)}


def _own_words(prototype: dict[str, Any], number: int, day: int) -> dict[str, str]:
    """Return what tells a car from the others of its prototype; words that hold no plain number stay as they are."""
    cuts = (day + CHANGED_EVERY - 1 - number % CHANGED_EVERY) // CHANGED_EVERY
    cycle = number // PROTOTYPES
    words = {
        "source_id": str(FIRST_ID + 2 * number),
        "url": f"https://bench.example/cars/{FIRST_ID + 2 * number}",
        "price": _changed(prototype["price"], (1 + cycle % 50 / 500) * CUT**cuts),
    }
    if "mileage" in prototype:
        words["mileage"] = _changed(prototype["mileage"], 1 + cycle % 333 / 1000)
    if "vin" in prototype:
        draft = f"{prototype['vin'][:10]}{LETTERS[number // 1_000_000]}{number % 1_000_000:06d}"
        words["vin"] = f"{draft[:8]}{check_digit(f'{draft[:8]}0{draft[9:]}')}{draft[9:]}"
    return words


def _changed(words: str, factor: float) -> str:
    """Return "$20,997" or "76,939 mi." with the number multiplied."""
    return re.sub(r"\d[\d,]{3,}", lambda found: f"{float(found[0].replace(',', '')) * factor:,.0f}", words)
