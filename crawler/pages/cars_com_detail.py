"""Cars.com's detail pages, the layout of 2021-25 and that of 2026. Both have their facts in scripts, too.

The layout of 2021-25 is read by its description: no page of it was at hand.
"""

import re
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from crawler.items import Listing
from crawler.pages.cars_com_words import (
    extra_words,
    fact_words,
    identity,
    is_dash,
    place,
    plain_names,
    texts_at,
    visible,
)
from crawler.pages.embedded_json import assigned_json, dig, objects, script_json, words, words_at

ADDRESS = re.compile(r"/vehicledetail/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:[/?#]|$)")
MPG = re.compile(r"(\d+)\s*[-\u2013]\s*(\d+)")

TEXTS_OF_2026 = {
    "title": "#vehicle-title",
    "price": "#price-location-stack .list-price, .primary-price",
}

# Similar cars further down have prices of their own, in sections of cards.
TEXTS_OF_2021 = {
    "title": "h1.listing-title",
    "price": ".price-section:not(.price-section-vehicle-card) .primary-price",
    "mileage": ".listing-mileage",
    "condition": ".new-used",
}
PRICE_DROP = ".price-section:not(.price-section-vehicle-card) .secondary-price"
BADGES = ".price-section:not(.price-section-vehicle-card) [data-qa=price-badge-text]"
BASICS = {
    "exterior_color": "Exterior color",
    "interior_color": "Interior color",
    "drivetrain": "Drivetrain",
    "fuel_type": "Fuel type",
    "transmission": "Transmission",
    "engine": "Engine",
    "vin": "VIN",
    "stock_number": "Stock #",
    "mileage": "Mileage",
    "accidents": "Accidents or damage",
}


def detail_of_2021(text: str, html: LexborHTMLParser, url: str) -> Listing | None:
    """Return the car of a detail page of 2021-25; None where this is none."""
    rows = _rows(html)
    if not html.css_first("h1.listing-title") or not rows:
        return None
    facts = plain_names(assigned_json(text, "initialActivity"))
    show = plain_names(script_json(text, "CarsWeb.ListingController.show"))
    address = ADDRESS.search(url)
    values: dict[str, Any] = {
        **fact_words(facts),
        **_history(facts),
        **visible(html, TEXTS_OF_2021),
        **{field: rows[label] for field, label in BASICS.items() if label in rows},
        **({"owners": "1"} if rows.get("1-owner vehicle") == "Yes" else {}),
        **({"title_status": "Clean"} if rows.get("Clean title") == "Yes" else {}),
        **_fuel_economy([rows.get("MPG", "")]),
        **identity(words_at(facts, "listingid") or (address[1] if address else None)),
    }
    values.setdefault("postal_code", words(dig(show, "callsourcednimetadata", "seller", "zipcode")))
    price_drop = next(iter(texts_at(html, PRICE_DROP)), None)
    return Listing(**values, extra=extra_words(texts_at(html, BADGES), price_drop))


def _rows(html: LexborHTMLParser) -> dict[str, str]:
    """Return what the description lists say under each label."""
    rows: dict[str, str] = {}
    for node in html.css("dl.fancy-description-list > dt"):
        value = node.next
        while value is not None and value.tag not in ("dd", "dt"):
            value = value.next
        text = " ".join(value.text().split()) if value is not None and value.tag == "dd" else None
        if text and not is_dash(text):
            rows.setdefault(" ".join(node.text().split()), text)
    return rows


def detail_of_2026(text: str, html: LexborHTMLParser) -> Listing | None:
    """Return the car of a detail page of 2026; None where this is none."""
    facts = plain_names(script_json(text, "initial-activity-data"))
    if words_at(facts, "pagename") != "shopping/vehicle-details":
        return None
    show = script_json(text, "CarsWeb.VehicleDetailController.show")
    more = dig(show, "call_source_dni_metadata", "dimensions")
    basics = texts_at(html, "[data-qa=basics-entry]")
    rating = html.css_first("#dealers-info .dealer-card fuse-rating")
    values: dict[str, Any] = {
        **fact_words(facts),
        **visible(html, TEXTS_OF_2026),
        **_history(facts),
        **_fuel_economy([entry for entry in basics if entry.endswith(" mpg")]),
        **place(_lead_form_place(show)),
        **identity(words_at(facts, "listingid")),
        "stock_number": words_at(more, "stockNumber"),
        "transmission": words_at(more, "transTypeId"),
        "cylinders": words_at(more, "cylCntId"),
        "doors": words_at(more, "drCntId"),
        "engine": next((entry.removesuffix(" engine") for entry in basics if entry.endswith(" engine")), None),
        "postal_code": words(dig(show, "call_source_dni_metadata", "seller", "zipcode")),
        "seller_rating": rating.attributes.get("rating") if rating else None,
        "published_at": _listed_on(html),
    }
    return Listing(**values, extra=extra_words(texts_at(html, ".badge-container fuse-badge"), None))


def _history(facts: dict[str, Any]) -> dict[str, str]:
    """Return the car's history, of which the page knows only the good: a flag that is not set says nothing."""
    said = {
        "accidents": ("noaccidents", "No accidents"),
        "owners": ("singleowner", "1"),
        "title_status": ("cleantitle", "Clean"),
    }
    return {field: text for field, (name, text) in said.items() if facts.get(name) is True}


def _fuel_economy(basics: list[str]) -> dict[str, str]:
    match = next(filter(None, map(MPG.match, basics)), None)
    return {"fuel_economy_city": match[1], "fuel_economy_highway": match[2]} if match else {}


def _lead_form_place(show: Any) -> str | None:
    """Return "Fort Smith, AR (580 mi)"; a dealer's private counterpart has the form too."""
    elements = objects(dig(show, "lead_form", "elements"))
    texts = (words_at(snippet, "text") for element in elements for snippet in objects(element.get("text_snippets")))
    return next((text for text in texts if place(text)), None)


def _listed_on(html: LexborHTMLParser) -> str | None:
    rows = (texts_at(row, "td") for row in html.css(".price-history-table tr"))
    return next((cells[0] for cells in rows if len(cells) > 1 and cells[1] == "Listed"), None)
