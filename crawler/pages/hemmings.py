"""Hemmings' pages: the JSON script of a result page; a listing's own page as far as it speaks schema.org.

An auction's bid is nobody's asking price: its listing comes without one.
"""

import re
from functools import cached_property
from typing import Any

from crawler.items import Listing
from crawler.pages.addresses import absolute, next_page_url, pages_for
from crawler.pages.embedded_json import dig, objects, script_json, words_at
from crawler.pages.schema_org import SchemaOrgPage

# Our fields and the site's names for them.
ITEM_WORDS = {
    "source_id": ("id",),
    "title": ("long_title", "title"),
    "vin": ("vin",),
    "stock_number": ("stock_no",),
    "make": ("make",),
    "model": ("model",),
    "model_year": ("year",),
    "seller_type": ("type",),
    "city": ("city",),
    "region": ("state",),
    "published_at": ("listing_date",),
}


class HemmingsPage(SchemaOrgPage):
    """Reads ``listings-search-json``, of which a search page shows up to 30 listings."""

    def read_detail(self) -> Listing | None:
        """Return the car that the page's structured data describe, under the number that ends its address."""
        listing = super().read_detail()
        if listing and (number := re.search(r"-(\d+)$", listing.url or "")):
            listing.source_id = number[1]
        return listing

    def read_results(self) -> list[Listing] | None:
        """Return the cards of what is not sold."""
        items = list(objects(dig(self._search, "results")))
        if not items and words_at(self._search, "total_count") != "0":
            return None
        return [_listing(item, self.url) for item in items if not words_at(item, "sold_at")]

    def read_next_url(self) -> str | None:
        """Return the next ``page=`` as long as the stated number of listings needs one."""
        total, per_page = words_at(self._search, "total_count"), words_at(self._search, "results_per_page")
        return next_page_url(self.url, pages_for(total, per_page))

    def read_total(self) -> str | None:
        """Return ``total_count``."""
        return words_at(self._search, "total_count")

    @cached_property
    def _search(self) -> Any:
        return dig(script_json(self.text, "listings-search-json"), "results")


def _listing(item: dict[str, Any], base_url: str) -> Listing:
    dealer = dig(item, "dealer")
    is_auction = words_at(item, "listing_type") == "auction"
    said: dict[str, Any] = {field: words_at(item, *names) for field, names in ITEM_WORDS.items()}
    return Listing(
        **said,
        url=absolute(base_url, words_at(item, "url", "relative_url")),
        price=None if is_auction else words_at(item, "price"),
        seller_name=words_at(dealer, "name"),
    )
