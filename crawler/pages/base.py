"""What every page class is: one fetched page, read as listings. How a site writes is in the file of its domain.

To add a site: subclass Page in pages/<domain>.py, write ``read_results`` and ``read_detail``, and name it in
``PAGE_CLASSES``.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable
from functools import cached_property
from typing import Literal

from crawler.items import Listing
from crawler.pages.blocks import is_blocked
from crawler.personal import without_person

PageKind = Literal["results", "detail", "gone", "blocked", "other_vehicle", "unreadable"]

GONE_STATUSES = (404, 410)


class Page(ABC):
    """One fetched page, read as listings. Nothing that a page contains makes it raise."""

    def __init__(self, text: str, url: str, status: int = 200) -> None:
        self.text = text
        self.url = url
        self.status = status

    @property
    def kind(self) -> PageKind:
        """What kind of page this is; a page without any listing that does not say so itself is unreadable."""
        return self._reading[0]

    def listings(self) -> list[Listing]:
        """Return the cards of a result page, or the one car of a detail page, in the page's own words."""
        return self._reading[1]

    def detail_urls(self) -> list[str]:
        """Return the canonical addresses of the listings that a result page leads to, each once, in its order."""
        urls = [listing.url for listing in self.listings() if listing.url] if self.kind == "results" else []
        return list(dict.fromkeys(urls))

    def next_url(self) -> str | None:
        """Return the address of the next result page; None on the last one."""
        return self.read_next_url() if self.kind == "results" else None

    def total(self) -> int | None:
        """Return how many listings a result page says that its query has; None where it does not say."""
        stated = re.sub(r"[,.\s]", "", self.read_total() or "") if self.kind == "results" else ""
        return int(stated) if re.fullmatch("[0-9]{1,9}", stated) else None

    def problem(self) -> str | None:
        """Return one line that says why there is no listing; None if there are some."""
        if self.listings():
            return None
        empty = "only names addresses" if self.detail_urls() else "says that it is empty"
        reasons = {
            "blocked": f"blocked: HTTP {self.status}, a page for robots in place of listings",
            "gone": f"gone: HTTP {self.status}, the site says that the listing no longer exists",
            "other_vehicle": f"other_vehicle: HTTP {self.status}, the page is about a vehicle that is no car",
            "results": f"no listings: a result page that {empty}",
        }
        return reasons.get(self.kind) or self.missing()

    @cached_property
    def _reading(self) -> tuple[PageKind, list[Listing]]:
        if is_blocked(self.text, self.status):
            return "blocked", []
        try:
            kind, listings = self._read()
        except RecursionError:  # JSON nested a thousand deep, which no listing is
            return "unreadable", []
        return kind, [without_person(listing) for listing in listings]

    def _read(self) -> tuple[PageKind, list[Listing]]:
        if self.status in GONE_STATUSES or self.says_gone():
            return "gone", []
        if self.status >= 400:
            return "unreadable", []
        if self.says_other_vehicle():
            return "other_vehicle", []
        car = self.read_detail()
        if car is not None:
            return "detail", [car]
        cards = self.read_results()
        return ("unreadable", []) if cards is None else ("results", _distinct(filter(is_listing, cards)))

    @abstractmethod
    def read_detail(self) -> Listing | None:
        """Return the car that this page is about; None where it is not about one."""

    @abstractmethod
    def read_results(self) -> list[Listing] | None:
        """Return the cards; empty where the page itself says that there are none; None where it is no result page."""

    def read_next_url(self) -> str | None:
        """Return the address of the result page after this one; asked of result pages only."""
        return None

    def read_total(self) -> str | None:
        """Return the number of listings that the query has, as the page states it; asked of result pages only."""
        return None

    def says_gone(self) -> bool:
        """Whether the page's words say that its listing no longer exists."""
        return False

    def says_other_vehicle(self) -> bool:
        """Whether the page says that it is about a motorcycle, a boat, a trailer."""
        return False

    def missing(self) -> str:
        """Return what was looked for in vain, in one line."""
        return f"unreadable: HTTP {self.status} without any listing"


def is_listing(listing: Listing) -> bool:
    """Whether this says of a car which one it is, or at least what it is."""
    return any((listing.source_id, listing.url, listing.vin, listing.make, listing.title))


def filled(listing: Listing, other: Listing) -> Listing:
    """Return the listing with what only the other one says of the same car."""
    return Listing(**{**other.payload(), **listing.payload()})


def _distinct(cards: Iterable[Listing]) -> list[Listing]:
    """Return each listing once, as it comes first: a sponsored card repeats an organic one."""
    first: dict[str | int, Listing] = {}
    for place, card in enumerate(cards):
        first.setdefault(card.source_id or card.url or card.vin or place, card)
    return list(first.values())
