"""Cars.com's words: the names of its facts, a place, a canonical address, the text of an element. Knows no page.

The facts about a car stand in JSON: in an attribute of each card of 2026, beside the cards of 2021-25, in script
elements of a detail page; the same ones under names that differ in case and underscores.
"""

import re
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.pages.embedded_json import dig, words_at

ID = re.compile(r"[0-9A-Za-z-]{4,64}")
PLACE = re.compile(r"(?P<city>.+), (?P<region>[A-Z]{2}) \(")

# Our fields and the names of the facts, as in plain_names.
FACT_WORDS = {
    "vin": "vin",
    "make": "make",
    "model": "model",
    "trim": "trim",
    "model_year": "year",
    "price": "price",
    "msrp": "msrp",
    "mileage": "mileage",
    "body_style": "bodystyle",
    "drivetrain": "drivetrain",
    "fuel_type": "fueltype",
    "exterior_color": "exteriorcolor",
    "interior_color": "interiorcolor",
    "seller_type": "sellertype",
    "seller_name": "dealername",
    "postal_code": "dealerzip",
}
NO_PRICE = {("price", "0"), ("msrp", "0")}


def plain_names(facts: Any) -> dict[str, Any]:
    """Return the facts under names in lower case without underscores; none where they are no object."""
    return {name.replace("_", "").lower(): value for name, value in facts.items()} if isinstance(facts, dict) else {}


def fact_words(facts: dict[str, Any]) -> dict[str, str]:
    """Return our fields as far as the facts speak of them; a price of 0 is their way to say none."""
    said = {field: words_at(facts, name) for field, name in FACT_WORDS.items()}
    said["condition"] = _condition(facts)
    return {field: value for field, value in said.items() if value and (field, value) not in NO_PRICE}


def _condition(facts: dict[str, Any]) -> str | None:
    is_certified = dig(facts, "cpoindicator") is True or dig(facts, "certifiedpreowned") is True
    return "Certified" if is_certified else words_at(facts, "stocktype")


def identity(listing_id: str | None) -> dict[str, str]:
    """Return source_id and url of a listing; nothing where this cannot be an id of the site."""
    if not listing_id or not ID.fullmatch(listing_id):
        return {}
    return {"source_id": listing_id, "url": f"https://www.cars.com/vehicledetail/{listing_id}/"}


def place(text: str | None) -> dict[str, str]:
    """Return city and region of "Somers, CT (199 mi.)"; the distance is the searcher's."""
    match = PLACE.match(text or "")
    return match.groupdict() if match else {}


def is_dash(text: str) -> bool:
    """Whether a text is the site's dash for a missing one."""
    return text in ("\u2013", "-", "\u2014")


def text_at(node: LexborHTMLParser | LexborNode, selector: str) -> str | None:
    """Return the visible text of the first such element."""
    found = node.css_first(selector)
    return " ".join(found.text().split()) or None if found else None


def texts_at(node: LexborHTMLParser | LexborNode, selector: str) -> list[str]:
    """Return the visible texts of all such elements."""
    return [" ".join(found.text().split()) for found in node.css(selector)]


def visible(node: LexborHTMLParser | LexborNode, selectors: dict[str, str]) -> dict[str, str]:
    """Return what the selectors find, by our fields; what is there but says nothing is left out."""
    return {
        field: text for field, selector in selectors.items() if (text := text_at(node, selector)) and not is_dash(text)
    }


def extra_words(badges: list[str], price_drop: str | None) -> dict[str, str]:
    """Return how the site itself judges or has cut the price."""
    said = {"badges": ", ".join(badges), "price_drop": price_drop}
    return {name: value for name, value in said.items() if value}
