"""A JSON inventory feed read as a result page: every car of it is a card. Which feed it is, the site's settings say."""

from functools import cached_property, lru_cache
from typing import Any

from crawler.field_names import recognise
from crawler.items import Listing
from crawler.pages.addresses import absolute
from crawler.pages.base import Page
from crawler.pages.embedded_json import dig, objects, parsed, words


class InventoryPage(Page):
    """Reads the cars at a dotted path: fields by the names that they have in tables, or as ``feed["fields"]`` says.

    What has no field of ours is not kept: feeds carry counters that change by the hour, and people's numbers.
    """

    def __init__(self, text: str, url: str, status: int, feed: dict[str, Any], *, is_first: bool) -> None:
        super().__init__(text, url, status)
        self.feed = feed
        self.is_first = is_first

    def read_detail(self) -> Listing | None:
        """Return None: a feed is about many cars."""
        return None

    def read_results(self) -> list[Listing] | None:
        """Return the cars; an empty list ends a feed, but begins one only where its own count is 0."""
        if self._cars is None or not (self._cars or self.read_total() == "0" or not self.is_first):
            return None
        return [self._listing(car) for car in self._cars]

    def read_next_url(self) -> str | None:
        """Return the address that the feed gives for its next page."""
        return absolute(self.url, self.next_value)

    def read_total(self) -> str | None:
        """Return the feed's own count."""
        return self._words_at(self.feed.get("total"))

    def detail_urls(self) -> list[str]:
        """Return the listings' own pages where the settings want them read: most feeds say all that there is."""
        return super().detail_urls() if self.feed.get("details") else []

    def missing(self) -> str:
        """Return where cars were looked for in vain."""
        where = self.feed.get("cars")
        return f"unreadable: HTTP {self.status} without a JSON list of cars at {where or 'its root'}"

    @property
    def size(self) -> int:
        """How many cars the page has."""
        return len(self._cars or ())

    @property
    def next_value(self) -> str | None:
        """What the feed says of its next page: an address, a number or a token."""
        return self._words_at(self.feed.get("next"))

    @cached_property
    def _json(self) -> Any:
        return parsed(self.text)

    @cached_property
    def _cars(self) -> list[dict[str, Any]] | None:
        cars = _at(self._json, self.feed.get("cars", ""))
        return list(objects(cars)) if isinstance(cars, list) else None

    def _words_at(self, path: str | None) -> str | None:
        return words(_at(self._json, path)) if path else None

    def _listing(self, car: dict[str, Any]) -> Listing:
        values: dict[str, Any] = {
            field: next(filter(None, (words(car.get(key)) for key in keys)), None)
            for field, keys in _sources(tuple(car)).items()
        }
        values |= {field: words(_at(car, path)) for field, path in self.feed.get("fields", {}).items()}
        values["url"] = absolute(self.url, values.get("url"))
        return Listing(**values)


@lru_cache
def _sources(keys: tuple[str, ...]) -> dict[str, list[str]]:
    return recognise(keys, {})


def _at(value: Any, path: str) -> Any:
    return dig(value, *path.split(".")) if path else value
