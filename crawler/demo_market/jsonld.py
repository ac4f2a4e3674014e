"""Says an ad in schema.org's words, losing nothing: what schema.org has no name for goes to additionalProperty.

There a property named as a field of Listing is that field, and "extra:<name>" an entry of its ``extra``.
"""

import json
from typing import Any

from crawler.items import FIELD_NAMES, Listing

# schema.org's own properties of a car that hold plain text.
CAR_PROPERTIES = {
    "name": "title",
    "vehicleIdentificationNumber": "vin",
    "sku": "stock_number",
    "model": "model",
    "vehicleConfiguration": "trim",
    "vehicleModelDate": "model_year",
    "bodyType": "body_style",
    "driveWheelConfiguration": "drivetrain",
    "vehicleTransmission": "transmission",
    "fuelType": "fuel_type",
    "color": "exterior_color",
    "vehicleInteriorColor": "interior_color",
    "numberOfDoors": "doors",
    "vehicleSeatingCapacity": "seats",
    "numberOfPreviousOwners": "owners",
}
ADDRESS_PROPERTIES = {
    "addressLocality": "city",
    "addressRegion": "region",
    "postalCode": "postal_code",
    "addressCountry": "country",
}
# Said in a nested object, see car_json; every other field is an additionalProperty.
NESTED = ("make", "mileage", "engine", "price", "currency", "seller_name", "seller_rating")
ADDITIONAL = tuple(
    name
    for name in FIELD_NAMES
    if name not in (*CAR_PROPERTIES.values(), *ADDRESS_PROPERTIES.values(), *NESTED, "source_id", "url")
)


def car_json(listing: Listing, source_id: str, url: str) -> dict[str, Any]:
    """Return an ad as a schema.org Car at ``url``, every value the ad's own string."""
    car = {"@type": "Car", "url": url, "identifier": source_id, **_said(listing, CAR_PROPERTIES)}
    if listing.make:
        car["brand"] = {"@type": "Brand", "name": listing.make}
    if listing.mileage:
        car["mileageFromOdometer"] = {"@type": "QuantitativeValue", "value": listing.mileage}
    if listing.engine:
        car["vehicleEngine"] = {"@type": "EngineSpecification", "name": listing.engine}
    car["offers"] = _offer(listing, url)
    car["additionalProperty"] = _additional(listing)
    return car


def script(data: dict[str, Any]) -> str:
    """Return a JSON-LD block that no value can break out of."""
    text = json.dumps({"@context": "https://schema.org", **data}, ensure_ascii=False).replace("<", "\\u003c")
    return f'<script type="application/ld+json">{text}</script>'


def _offer(listing: Listing, url: str) -> dict[str, Any]:
    seller: dict[str, Any] = {}
    if listing.seller_name:  # only dealers are named
        seller |= {"@type": "AutoDealer", "name": listing.seller_name}
    if listing.seller_rating:
        seller["aggregateRating"] = {"@type": "AggregateRating", "ratingValue": listing.seller_rating}
    seller["address"] = {"@type": "PostalAddress", **_said(listing, ADDRESS_PROPERTIES)}
    offer = {"@type": "Offer", "url": url, "availability": "https://schema.org/InStock", "seller": seller}
    return offer | _said(listing, {"price": "price", "priceCurrency": "currency"})


def _additional(listing: Listing) -> list[dict[str, str]]:
    said = {name: getattr(listing, name) for name in ADDITIONAL} | {f"extra:{k}": v for k, v in listing.extra.items()}
    return [{"@type": "PropertyValue", "name": name, "value": value} for name, value in said.items() if value]


def _said(listing: Listing, properties: dict[str, str]) -> dict[str, Any]:
    return {name: value for name, field in properties.items() if (value := getattr(listing, field))}
