"""Schema.org's vocabulary of offers: which of a car's offers asks a price for it, and what it asks.

What is paid by the month is never a price, however the site dresses it.
"""

import re
from collections import Counter
from typing import Any

from crawler.pages.embedded_json import objects, words_at
from crawler.pages.linked_data import first_object

SOLD = ("SoldOut", "Discontinued")
NOT_ASKED = ("StrikethroughPrice", "InvoicePrice", "SRP")
MSRP = ("ListPrice", "MSRP")

# What only a rate has, the units of what it is paid for (UN/CEFACT codes and words), and how a lease calls itself.
RATE_KEYS = {"billingDuration", "billingIncrement", "leaseLength", "eligibleDuration"}
PERIOD = re.compile(r"(?:MON|DAY|WEE|ANN|HUR|months?|weeks?|days?|years?)", re.IGNORECASE)
LEASE = re.compile(r"\W*(?:lease|leasing|monthly|rent|rental|financing|subscription)\b", re.IGNORECASE)
RATE_WORDS = re.compile(r"/\s*(?:mo|wk|week|day)|\bper (?:month|week|day)|\bmonthly|\bmonatlich", re.IGNORECASE)


def is_sold(offer: dict[str, Any]) -> bool:
    """Whether the offer says that it no longer stands."""
    return (words_at(offer, "availability") or "").endswith(SOLD)


def best_offer(offers: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the first offer with a price, of those that still stand and in the currency that most of them name."""
    if len(offers) == 1:  # as nearly always
        return offers[0]
    named = Counter(currency for offer in offers if (currency := words_at(offer, "priceCurrency")))
    usual = named.most_common(1)[0][0] if named else None

    def rank(offer: dict[str, Any]) -> tuple[bool, bool, bool]:
        said = asked(offer)
        return not _is_amount(said.get("price")), is_sold(offer), said.get("currency", usual) != usual

    return min(offers, key=rank)


def asked(offer: dict[str, Any]) -> dict[str, str]:
    """Return price, msrp and currency, as far as the offer or its specifications say them; a rate is none of them."""
    found = _specified(offer)
    price = None if _is_rate(offer) or _is_rate_of_specification(offer) else words_at(offer, "price")
    if price and (_is_amount(price) or "price" not in found):
        found["price"] = price
    currency = words_at(offer, "priceCurrency")
    return found | ({"currency": currency} if currency else {})


def _specified(offer: dict[str, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for entry in objects(offer.get("priceSpecification")):
        price_type = words_at(entry, "priceType") or ""
        price, field = words_at(entry, "price"), "msrp" if price_type.endswith(MSRP) else "price"
        if (
            price
            and field not in found
            and (field == "msrp" or not (price_type.endswith(NOT_ASKED) or _is_rate(entry)))
        ):
            found[field] = price
            found.setdefault("currency", words_at(entry, "priceCurrency") or "")
    return {field: words for field, words in found.items() if words}


def _is_rate(entry: dict[str, Any]) -> bool:
    quantity = first_object(entry.get("referenceQuantity"))
    units = [words_at(part, key) or "" for part in (entry, quantity) for key in ("unitCode", "unitText")]
    return bool(
        RATE_KEYS & entry.keys()
        or any(map(PERIOD.fullmatch, units))
        or LEASE.match(words_at(entry, "category") or "")
        or LEASE.match(words_at(entry, "name") or "")
        or (words_at(entry, "businessFunction") or "").endswith("LeaseOut")
        or RATE_WORDS.search(words_at(entry, "price") or "")
    )


def _is_rate_of_specification(offer: dict[str, Any]) -> bool:
    """Whether the offer's price is repeated in a specification that says that it is a rate."""
    price = words_at(offer, "price")
    return any(
        words_at(entry, "price") in (price, None) and _is_rate(entry)
        for entry in objects(offer.get("priceSpecification"))
    )


def _is_amount(price: str | None) -> bool:
    return price is not None and not price.startswith("-") and re.search("[1-9]", price) is not None
