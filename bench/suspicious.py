"""What each signal of suspicious_listings finds: ``python -m bench.suspicious [HOME]``, after ``tasador demo``.

The demo market plants prices with a digit too many and cars that two sellers advertise; what is true it knows. Slips
that it does not plant are put into copies of its live listings, one number each. Prints JSON lines: by signal how many
it found, how many of these are right (precision) and how many of the planted it found (recall). HOME is the demo's
data folder, data/demo by default.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import polars as pl

from crawler.demo_market.market import Market
from crawler.demo_market.price_law import true_price
from crawler.home import home
from flows.steps.demo import MARKET, SIZE
from models.predict.contradictions import COLUMNS, Autoencoder
from warehouse.market import open_market

# An asking price so many times the true one is the slip of a digit: noise alone is a few tenths.
SLIP = 5
# Each is put into every so many listings: a digit too many or too few, a car taken for a younger or a larger one.
EVERY = 50
PLANTED = {
    "asking_price * 10": pl.col("asking_price") * 10,
    "asking_price / 10": pl.col("asking_price") / 10,
    "mileage * 10": pl.col("mileage") * 10,
    "mileage / 10": pl.col("mileage") / 10,
    "model_year + 10": pl.col("model_year") + 10,
    "engine_liters * 2": pl.col("engine_liters") * 2,
}

LIVE = f"select {', '.join(COLUMNS)}, vin from listings where market = '{MARKET}' and status = 'live' order by all"


def measure(listings: pl.DataFrame, signals: pl.DataFrame) -> Iterator[dict[str, Any]]:
    """Yield the lines: live listings, and what was found among them."""
    truth = _truth(listings)
    for signal, planted in truth.items():
        found = set(signals.filter(signal=signal)["listing_id"])
        yield {"signal": signal, "planted": len(planted), **_told(found, planted)}
    digits = truth["price_has_a_digit_too_many"]
    found = set(signals.filter(signal="contradicts_itself")["listing_id"])
    yield {"signal": "contradicts_itself", "planted": len(digits), **_told(found, digits)}
    autoencoder = Autoencoder.learn(listings)
    for slip, value in PLANTED.items():
        name = slip.split()[0]
        is_slip = (pl.int_range(pl.len()) % EVERY == 0) & pl.col(name).is_not_null()
        slips = listings.filter(is_slip)
        found = set(autoencoder.contradictions(slips.with_columns(value.alias(name)))["listing_id"])
        before = set(autoencoder.contradictions(slips)["listing_id"])
        yield {"slip": slip, "planted": slips.height, "recall": _share(len(found - before), slips.height)}


def _truth(listings: pl.DataFrame) -> dict[str, set[str]]:
    market = Market(SIZE)
    cars = {listing: market.car(listing.split(":")[1]) for listing in listings["listing_id"]}
    priced = listings.drop_nulls("asking_price").select("listing_id", "asking_price").iter_rows()
    digits = {listing for listing, price in priced if price > SLIP * true_price(cars[listing])}
    sellers: dict[str, set[int]] = {}
    for car in cars.values():
        sellers.setdefault(car.vin, set()).add(car.seller)
    twice = {listing for listing, car in cars.items() if len(sellers[car.vin]) > 1}
    return {"price_has_a_digit_too_many": digits, "vin_in_two_places": twice}


def _told(found: set[str], planted: set[str]) -> dict[str, Any]:
    right = len(found & planted)
    return {"found": len(found), "precision": _share(right, len(found)), "recall": _share(right, len(planted))}


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 3) if whole else None


@click.command()
@click.argument("folder", type=click.Path(exists=True, path_type=Path), default="data/demo")
def main(folder: Path) -> None:
    """Print the lines of a scored demo."""
    with open_market(home(folder)) as market:
        listings = market.execute(LIVE).pl()
        signals = market.execute(f"from suspicious_listings where market = '{MARKET}'").pl()
    for line in measure(listings, signals):
        print(json.dumps(line, ensure_ascii=False))


if __name__ == "__main__":
    main()
