"""Pages of any site that describe their cars in JSON-LD or microdata, in the vocabulary of schema.org. Knows no site.

One car outside of any list makes a detail page, whatever list of similar cars stands beside it; else several cars, or
an ItemList, make a result page. How a car and its offer become a listing is in schema_org_words.
"""

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from crawler.items import Listing
from crawler.pages.addresses import absolute
from crawler.pages.base import Page, filled
from crawler.pages.embedded_json import words_at
from crawler.pages.linked_data import json_ld
from crawler.pages.microdata import microdata
from crawler.pages.schema_org_offers import is_sold
from crawler.pages.schema_org_words import Ad, find_ads, find_lists, listing_of, named_addresses, says_empty


class SchemaOrgPage(Page):
    """Reads JSON-LD, microdata where that names no car, and ``rel=next`` for the next result page."""

    def read_detail(self) -> Listing | None:
        """Return the one car that stands outside of any list."""
        cars = _merged(listing_of(ad, self.url) for ad in self._ads if not ad.is_listed)
        own = cars if len(cars) == 1 else [car for car in cars if car.url == absolute(self.url, self.url)]
        if len(own) != 1:
            return None
        own[0].url = own[0].url or self._address
        return own[0]

    def read_results(self) -> list[Listing] | None:
        """Return the cars that are not sold; none where a list says that it is empty, or only names addresses."""
        is_results = self._vehicles or self._named or any(map(says_empty, self._lists))
        return [listing_of(ad, self.url) for ad in self._ads if not is_sold(ad.offer)] if is_results else None

    def read_next_url(self) -> str | None:
        """Return where ``rel=next`` leads."""
        link = self._html.css_first("link[rel~=next][href], a[rel~=next][href]")
        return absolute(self.url, link.attributes["href"]) if link else None

    def read_total(self) -> str | None:
        """Return the first ``numberOfItems`` of a list; some sites mean those of the page by it."""
        return next(filter(None, (words_at(entry, "numberOfItems") for entry in self._lists)), None)

    def detail_urls(self) -> list[str]:
        """Return the addresses of the listings, of those too that a list only names."""
        return list(dict.fromkeys([*super().detail_urls(), *(self._named if self.kind == "results" else [])]))

    def says_gone(self) -> bool:
        """Whether the one car of the page is said to be sold."""
        ads = [ad for ad in self._ads if not ad.is_listed]
        return len(ads) == 1 and is_sold(ads[0].offer)

    def says_other_vehicle(self) -> bool:
        """Whether vehicles stand outside of any list, and no car is among those of the page."""
        return not self._ads and any(not vehicle.is_listed for vehicle in self._vehicles)

    def missing(self) -> str:
        """Return which structured data would have made this page readable."""
        return f"unreadable: HTTP {self.status} without structured data of a car (schema.org Car, Vehicle or Product)"

    @cached_property
    def _blocks(self) -> list[Any]:
        blocks = json_ld(self.text)
        if "itemscope" in self.text and not any(find_ads(blocks)):
            blocks += microdata(self._html)
        return blocks

    @cached_property
    def _vehicles(self) -> list[Ad]:
        return list(find_ads(self._blocks))

    @cached_property
    def _ads(self) -> list[Ad]:
        return [vehicle for vehicle in self._vehicles if vehicle.is_car]

    @cached_property
    def _lists(self) -> list[dict[str, Any]]:
        return list(find_lists(self._blocks))

    @cached_property
    def _named(self) -> list[str]:
        named = [absolute(self.url, address) for entry in self._lists for address in named_addresses(entry)]
        return [address for address in named if address]

    @cached_property
    def _html(self) -> LexborHTMLParser:
        return LexborHTMLParser(self.text)

    @property
    def _address(self) -> str | None:
        link = self._html.css_first("link[rel=canonical][href]")
        return absolute(self.url, link.attributes["href"] if link else self.url)


def _merged(listings: Iterable[Listing]) -> list[Listing]:
    """Return each car once: sites say one car in several blocks, as Product and as Car."""
    cars: list[Listing] = []
    for listing in listings:
        same = next((index for index, car in enumerate(cars) if _are_same(car, listing)), None)
        if same is None:
            cars.append(listing)
        else:
            cars[same] = filled(cars[same], listing)
    return cars


def _are_same(one: Listing, other: Listing) -> bool:
    pairs = [(getattr(one, name), getattr(other, name)) for name in ("source_id", "url", "vin", "title")]
    contradict = any(left and right and left != right for left, right in pairs[:3])
    return not contradict and any(left and left == right for left, right in pairs)
