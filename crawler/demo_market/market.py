"""Which cars are live on which simulated day, and what their ads then say; invented, or taken from a real table.

An invented market is a pure function of (size, seed, day): no day needs the one before it.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from random import Random
from typing import NamedTuple, Protocol
from urllib.parse import quote

from crawler.demo_market.ads import advertise
from crawler.demo_market.cars import Car, invent_car
from crawler.items import Listing
from crawler.tables import read_table

SOLD_PER_DAY = 0.03
NEW_PER_DAY = 0.03  # of the size of the market, so that it stays about as large
CUT_PER_DAY = 0.05
RELISTED = 0.25  # of the cars that vanish, under a new id, one to three days later
COPIES = 0.02  # ads of a car that another seller offers as well

FIRST_ID = 20_000_000  # ids of ads: even when first listed, odd when relisted


class MarketDay(Mapping[str, Listing]):
    """The cars live on one day by the site's id; an ad is written only when it is asked for."""

    def __init__(
        self,
        ids: list[str],
        listing: Callable[[str], Listing],
        was_listed: Callable[[str], bool],
        last_change: Callable[[str], int] = lambda source_id: 0,
    ) -> None:
        self.ids = ids
        self.was_listed = was_listed
        self.last_change = last_change  # the day on which an ad last came up or changed
        self._live = frozenset(ids)
        self._listing = listing

    def __getitem__(self, source_id: str) -> Listing:
        if source_id not in self._live:
            raise KeyError(source_id)
        return self._listing(source_id)

    def __iter__(self) -> Iterator[str]:
        return iter(self.ids)

    def __len__(self) -> int:
        return len(self.ids)

    def __contains__(self, source_id: object) -> bool:
        return source_id in self._live


class AnyMarket(Protocol):
    """What the server serves."""

    def on(self, day: int) -> MarketDay:
        """Return the cars live on a day, counted from 0."""
        ...


class Life(NamedTuple):
    """The days on which an ad vanishes, comes back under a new id, and vanishes for good."""

    sold: int
    relisted: float  # infinity where it never comes back
    sold_again: float

    def is_live(self, day: int, is_relisted: bool) -> bool:
        """Return whether the ad is there on a day, under its second id or its first."""
        return self.relisted <= day < self.sold_again if is_relisted else day < self.sold


class Market:
    """The invented market: ``size`` live cars on day 0, then sales, relists, price cuts and new cars every day."""

    def __init__(self, size: int = 1500, seed: int = 7) -> None:
        self.size = size
        self.seed = seed
        self.new_per_day = max(1, round(size * NEW_PER_DAY))
        self._lives = cache(self._lives_of_cohort)

    @staticmethod
    def from_table(path: Path, mapping: Mapping[str, str] | None = None) -> "TableMarket":
        """Return a market that serves the rows of a real table. Raises UsageError as read_table does."""
        return TableMarket(path, mapping)

    def on(self, day: int) -> MarketDay:
        """Return the cars live on a day, counted from 0."""
        ids = [
            str(FIRST_ID + 2 * (self._first_of(cohort) + position) + is_relisted)
            for cohort in range(day + 1)
            for position, life in enumerate(self._lives(cohort))
            for is_relisted in (False, True)
            if life.is_live(day, is_relisted)
        ]
        return MarketDay(
            ids,
            lambda source_id: self._listing(source_id, day),
            lambda source_id: self._was_listed(source_id, day),
            lambda source_id: self._last_change(source_id, day),
        )

    def car(self, source_id: str) -> Car:
        """Return the car behind an ad as it truly is, for its true price."""
        number = (int(source_id) - FIRST_ID) // 2
        dice = Random(f"{self.seed}/copy/{number}")
        if number and dice.random() < COPIES:
            return replace(
                invent_car(self.seed, dice.randrange(number)), seller_type="dealer", seller=dice.randrange(400)
            )
        return invent_car(self.seed, number)

    def _listing(self, source_id: str, day: int) -> Listing:
        number = (int(source_id) - FIRST_ID) // 2
        ad = advertise(self.car(source_id), Random(f"{self.seed}/ad/{number}"), len(self._cut_days(number, day)))
        ad.source_id = source_id
        return ad

    def _cut_days(self, number: int, day: int) -> list[int]:
        """Return the days, up to this one, on which the price of an ad was cut."""
        listed = self._cohort_of(number)
        luck = Random(f"{self.seed}/cuts/{number}")
        return [later for later in range(listed + 1, day + 1) if luck.random() < CUT_PER_DAY]

    def _last_change(self, source_id: str, day: int) -> int:
        number, is_relisted = divmod(int(source_id) - FIRST_ID, 2)
        cohort = self._cohort_of(number)
        relisted = [int(self._lives(cohort)[number - self._first_of(cohort)].relisted)] if is_relisted else []
        return max([cohort, *relisted, *self._cut_days(number, day)])

    def _was_listed(self, source_id: str, day: int) -> bool:
        if not (source_id.isdecimal() and int(source_id) >= FIRST_ID):
            return False
        number, is_relisted = divmod(int(source_id) - FIRST_ID, 2)
        cohort = self._cohort_of(number)
        return cohort <= day and (
            not is_relisted or self._lives(cohort)[number - self._first_of(cohort)].relisted <= day
        )

    def _first_of(self, cohort: int) -> int:
        return self.size + (cohort - 1) * self.new_per_day if cohort else 0

    def _cohort_of(self, number: int) -> int:
        """Return the day on which an ad is first listed."""
        return 0 if number < self.size else 1 + (number - self.size) // self.new_per_day

    def _lives_of_cohort(self, cohort: int) -> list[Life]:
        dice = Random(f"{self.seed}/lives/{cohort}")
        return [_draw_life(cohort, dice) for _ in range(self.new_per_day if cohort else self.size)]


def _draw_life(listed: int, dice: Random) -> Life:
    sold = listed + _days_until_sold(dice)
    if dice.random() >= RELISTED:
        return Life(sold, math.inf, math.inf)
    relisted = sold + dice.randint(1, 3)
    return Life(sold, relisted, relisted + _days_until_sold(dice))


def _days_until_sold(dice: Random) -> int:
    return 1 + int(math.log(1 - dice.random()) / math.log(1 - SOLD_PER_DAY))


@dataclass(frozen=True, slots=True)
class TableCounts:
    """How the rows of a table become listings: rows = exact_duplicates + repeated_vehicles + listings."""

    rows: int
    exact_duplicates: int
    repeated_vehicles: int
    listings: int
    unpriced: int


class TableMarket:
    """A real table as a market, the same every day: each distinct row once, the last one of each vehicle."""

    def __init__(self, path: Path, mapping: Mapping[str, str] | None = None) -> None:
        rows = read_table(path, mapping).listings
        distinct = list({repr(listing): listing for listing in rows}.values())
        self.listings = {quote(_identity(listing, row), safe=""): listing for row, listing in enumerate(distinct)}
        self.counts = TableCounts(
            rows=len(rows),
            exact_duplicates=len(rows) - len(distinct),
            repeated_vehicles=len(distinct) - len(self.listings),
            listings=len(self.listings),
            unpriced=sum(not any(map(str.isdigit, listing.price or "")) for listing in self.listings.values()),
        )

    def on(self, day: int) -> MarketDay:
        """Return the cars of the table, whatever the day."""
        return MarketDay(list(self.listings), self.listings.__getitem__, lambda source_id: False)


def _identity(listing: Listing, row: int) -> str:
    return listing.vin or listing.source_id or f"row-{row}"
