"""Cars.com's pages: the kinds of them, and the cards of result pages of 2021-25 and of 2026.

What is visible wins over the facts in the page's JSON, which know what is not visible: VIN, colours, fuel.
"""

import re
from functools import cached_property
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.items import Listing
from crawler.pages.addresses import next_page_url
from crawler.pages.base import Page
from crawler.pages.cars_com_detail import detail_of_2021, detail_of_2026
from crawler.pages.cars_com_words import (
    extra_words,
    fact_words,
    identity,
    place,
    plain_names,
    text_at,
    texts_at,
    visible,
)
from crawler.pages.embedded_json import dig, objects, parsed, script_json, words_at

CARDS = "div.vehicle-card[data-listing-id], spark-card[data-listing-id], fuse-card[data-listing-id]"
GONE_TITLE = re.compile(r"<title>\s*Vehicle Not Found")
NOTIFICATIONS = ".sds-notification__desc"
GONE_NOTE = '.unlisted-notification, [title="No longer listed"]'

# What is visible in a card of either layout. Traps beside the price: the price drop and the monthly payment.
CARD_TEXTS = {
    "title": "h2",
    "price": ".primary-price, span.fuse-body-larger",
    "mileage": ".mileage",
    "condition": ".stock-type",
    "seller_name": ".dealer-name strong",
    "seller_rating": ".review-star span",
}


class CarsComPage(Page):
    """Reads the site as it was between 2021 and 2026."""

    def read_detail(self) -> Listing | None:
        """Return the car of a detail page."""
        return detail_of_2026(self.text, self._html) or detail_of_2021(self.text, self._html, self.url)

    def read_results(self) -> list[Listing] | None:
        """Return the cards."""
        cards = [_card(card, self._facts(card)) for card in self._html.css(CARDS)]
        return cards if cards or words_at(self._search, "total_results", "total_listings") == "0" else None

    def read_next_url(self) -> str | None:
        """Return the next ``page=`` up to the stated number of pages: the link to it is made by a script."""
        return next_page_url(self.url, words_at(self._search, "result_page_count", "total_pages"))

    def read_total(self) -> str | None:
        """Return ``total_results`` of 2021-25 or ``total_listings`` of 2026; said to stop at 10,000."""
        return words_at(self._search, "total_results", "total_listings")

    def says_gone(self) -> bool:
        """Whether the page says "Vehicle Not Found" (2016), "no longer available" or "No longer listed"."""
        if GONE_TITLE.search(self.text) or self._html.css_first(GONE_NOTE):
            return True
        return any("no longer available" in text for text in texts_at(self._html, NOTIFICATIONS))

    def missing(self) -> str:
        """Return what was looked for in vain."""
        return f"unreadable: HTTP {self.status} without result cards or the facts of a vehicle"

    @cached_property
    def _html(self) -> LexborHTMLParser:
        return LexborHTMLParser(self.text)

    @cached_property
    def _search(self) -> Any:
        """What the page says of the search: how many results, how many pages, and in 2021-25 the facts of the cards."""
        node = self._html.css_first("[data-site-activity]")
        if node:
            return parsed(node.attributes["data-site-activity"] or "")
        return dig(script_json(self.text, "CarsWeb.SearchController.index"), "srp_results", "metadata")

    @cached_property
    def _facts_by_id(self) -> dict[str | None, dict[str, Any]]:
        return {words_at(facts, "listing_id"): facts for facts in objects(dig(self._search, "vehicleArray"))}

    def _facts(self, card: LexborNode) -> dict[str, Any]:
        own = card.attributes.get("data-vehicle-details")
        return plain_names(parsed(own) if own else self._facts_by_id.get(card.attributes["data-listing-id"]))


def _card(card: LexborNode, facts: dict[str, Any]) -> Listing:
    rating = card.css_first(".vehicle-dealer:not(.not-rated) spark-rating")
    values: dict[str, Any] = {
        "seller_rating": rating.attributes.get("rating") if rating else None,
        **_dealer_of_2026(card, facts),
        **fact_words(facts),
        **visible(card, CARD_TEXTS),
        **place(text_at(card, ".miles-from, [slot=footer] .datum-icon span")),
        **identity(card.attributes["data-listing-id"]),
    }
    badges = texts_at(card, ".vehicle-badging spark-badge, [data-badge-value]")
    return Listing(**values, extra=extra_words(badges, text_at(card, ".secondary-price, .price-drop span")))


def _dealer_of_2026(card: LexborNode, facts: dict[str, Any]) -> dict[str, str | None]:
    """Return who sells; the card has no name for it, but a private person is no customer of the site's."""
    seller = dig(facts, "seller")
    if not words_at(seller, "customerId"):
        return {}
    beside_rating = text_at(card, "div:has(> .review-star) > p > span")
    name = beside_rating or text_at(card, "p > span.fuse-body-small")
    return {"seller_name": name, "postal_code": words_at(seller, "zip")}
