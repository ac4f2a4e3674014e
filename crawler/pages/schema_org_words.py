"""Schema.org's vocabulary of cars: where cars and their offers lie in JSON-LD, and which of our fields they speak of.

Knows nothing of pages. What schema.org has no name for may come as additionalProperty: one named as a field of Listing
is that field, "extra:<name>" an entry of its ``extra``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from crawler.items import FIELD_NAMES, Listing
from crawler.pages.addresses import absolute
from crawler.pages.embedded_json import objects, words, words_at

VEHICLES = {"Car", "Vehicle"}
PRODUCTS = {"Product", "IndividualProduct"}
LISTS = {"ItemList", "OfferCatalog"}
CONTAINERS = ("@graph", "mainEntity", "itemListElement", "item", "makesOffer", "hasOfferCatalog")
SOLD = ("SoldOut", "Discontinued")
VIN_NAMES = ("vin", "vehicle identification number", "vehicleidentificationnumber")
NOT_ASKED = ("StrikethroughPrice", "InvoicePrice", "SRP")
RATE = {"billingDuration", "billingIncrement", "referenceQuantity"}
EXTRA = "extra:"
ADDITIONAL = set(FIELD_NAMES) - {"source_id", "url", "seller_name"}

# Our fields and schema.org's names for them, the one to read first first.
CAR_WORDS = {
    "title": ("name",),
    "stock_number": ("sku",),
    "make": ("brand", "manufacturer"),
    "model": ("model",),
    "trim": ("vehicleConfiguration",),
    "model_year": ("vehicleModelDate", "modelDate", "productionDate", "dateVehicleFirstRegistered", "releaseDate"),
    "mileage": ("mileageFromOdometer",),
    "condition": ("itemCondition",),
    "body_style": ("bodyType",),
    "drivetrain": ("driveWheelConfiguration",),
    "transmission": ("vehicleTransmission",),
    "fuel_type": ("fuelType",),
    "exterior_color": ("color",),
    "interior_color": ("vehicleInteriorColor",),
    "doors": ("numberOfDoors",),
    "seats": ("vehicleSeatingCapacity", "seatingCapacity"),
    "owners": ("numberOfPreviousOwners",),
    "accidents": ("knownVehicleDamages",),
    "published_at": ("datePosted", "datePublished"),
}
ENGINE_WORDS = {
    "engine": ("name", "engineType"),
    "engine_displacement": ("engineDisplacement",),
    "power": ("enginePower",),
    "fuel_type": ("fuelType",),
}
OFFER_WORDS = {"currency": ("priceCurrency",), "condition": ("itemCondition",)}
PLACE_WORDS = {
    "city": ("addressLocality",),
    "region": ("addressRegion",),
    "postal_code": ("postalCode",),
    "country": ("addressCountry",),
}

Said = dict[str, str]


@dataclass(frozen=True, slots=True)
class Ad:
    """A car with its offer (empty where it has none), and whether it is one of a list."""

    car: dict[str, Any]
    offer: dict[str, Any]
    is_listed: bool


def find_ads(node: Any, is_listed: bool = False) -> Iterator[Ad]:
    """Yield every car of the JSON-LD that is for sale; a category, which has no offer of its own, is none."""
    for entry in objects(node):
        kinds = _types(entry)
        if kinds & (VEHICLES | PRODUCTS):
            yield from _ads_of(entry, is_listed)
        elif "Offer" in kinds:
            yield from (Ad(car, entry, is_listed) for car in objects(entry.get("itemOffered")))
        elif "BreadcrumbList" not in kinds:
            for key in CONTAINERS:
                yield from find_ads(_addressed(entry, key), is_listed or bool(kinds & LISTS))


def find_lists(node: Any) -> Iterator[dict[str, Any]]:
    """Yield every list of the JSON-LD."""
    for entry in objects(node):
        if _types(entry) & LISTS:
            yield entry
        for key in ("@graph", "mainEntity", "hasOfferCatalog"):
            yield from find_lists(entry.get(key))


def named_addresses(entry: dict[str, Any]) -> list[str]:
    """Return the addresses that a list gives in place of its cars."""
    elements = [element for element in objects(entry.get("itemListElement")) if "ListItem" in _types(element)]
    found = [words_at(element, "url", "item") for element in elements if not isinstance(element.get("item"), dict)]
    return [] if any(find_ads(entry)) else [address for address in found if address]


def says_empty(entry: dict[str, Any]) -> bool:
    """Whether a list says of itself that nothing is in it; without its number, it may be a list of anything."""
    return words_at(entry, "numberOfItems") == "0"


def is_sold(ad: Ad) -> bool:
    """Whether the offer says that it no longer stands."""
    return (words_at(ad.offer, "availability") or "").endswith(SOLD)


def listing_of(ad: Ad, base_url: str) -> Listing:
    """Return the ad in our fields, in its own words."""
    properties = dict(_properties(ad.car))
    values: dict[str, Any] = {
        **_said(_place(ad.offer), PLACE_WORDS),
        **_seller(ad.offer),
        **{name: value for name, value in properties.items() if name in ADDITIONAL},
        **_said(ad.offer, OFFER_WORDS),
        **_prices(ad.offer),
        **_said(_first(ad.car.get("vehicleEngine")), ENGINE_WORDS),
        **_said(ad.car, CAR_WORDS),
        **_identity(ad.car),
    }
    values["url"] = absolute(base_url, words_at(ad.car, "url") or words_at(ad.offer, "url"))
    extra = {name.removeprefix(EXTRA): value for name, value in properties.items() if name.startswith(EXTRA)}
    return Listing(**values, extra=extra)


def _ads_of(entry: dict[str, Any], is_listed: bool) -> Iterator[Ad]:
    offers = [
        offer
        for around in objects(entry.get("offers"))
        for offer in (objects(around.get("offers")) if "AggregateOffer" in _types(around) else [around])
    ]
    around_cars = [
        Ad({**entry, **car}, offer, is_listed) for offer in offers for car in objects(offer.get("itemOffered"))
    ]
    if around_cars:
        yield from around_cars
    elif offers:
        yield Ad(entry, next((offer for offer in offers if words_at(offer, "price")), offers[0]), is_listed)
    elif "offers" not in entry and _types(entry) & VEHICLES and (_identity(entry) or words_at(entry, "url")):
        yield Ad(entry, {}, is_listed)


def _addressed(entry: dict[str, Any], key: str) -> Any:
    """Return what an entry contains; a ListItem lends its address to its item."""
    inner, url = entry.get(key), entry.get("url")
    return {"url": url, **inner} if key == "item" and url and isinstance(inner, dict) else inner


def _identity(car: dict[str, Any]) -> Said:
    """Return vin and source_id; sites put either into ``identifier``."""
    found: Said = {}
    entries = car.get("identifier")
    for entry in entries if isinstance(entries, list) else [entries]:
        name = (words_at(entry, "propertyID", "name") or "").lower()
        if value := words_at(entry, "value") if isinstance(entry, dict) else words(entry):
            found.setdefault("vin" if name in VIN_NAMES else "source_id", value)
    own = _said(car, {"source_id": ("productID",), "vin": ("vehicleIdentificationNumber",)})
    return {**own, **found}


def _prices(offer: dict[str, Any]) -> Said:
    """Return price and msrp where they stand in specifications; a monthly rate is neither."""
    found: Said = {}
    for entry in objects(offer.get("priceSpecification")):
        price_type = words_at(entry, "priceType") or ""
        is_msrp = price_type.endswith(("ListPrice", "MSRP"))
        if (price := words_at(entry, "price")) and (
            is_msrp or not (price_type.endswith(NOT_ASKED) or RATE & entry.keys())
        ):
            found.setdefault("msrp" if is_msrp else "price", price)
    return found | _said(offer, {"price": ("price",)})


def _seller(offer: dict[str, Any]) -> Said:
    """Return who sells; of a person, or of somebody of unknown kind, never the name."""
    seller = _first(offer.get("seller")) or _first(offer.get("offeredBy"))
    if "Person" in _types(seller):
        return {"seller_type": "private"}
    said = {
        "seller_type": words_at(seller, "@type"),
        "seller_name": words_at(seller, "name") if _types(seller) else None,
        "seller_rating": words_at(_first(seller.get("aggregateRating")), "ratingValue"),
    }
    return {name: value for name, value in said.items() if value}


def _place(offer: dict[str, Any]) -> dict[str, Any]:
    places = (_first(offer.get(key)) for key in ("availableAtOrFrom", "seller", "offeredBy"))
    return next((address for place in places if (address := _first(place.get("address")))), {})


def _properties(car: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for entry in objects(car.get("additionalProperty")):
        name, value = words_at(entry, "name"), words_at(entry, "value")
        if name and value:
            yield name, value


def _said(source: dict[str, Any], names: Mapping[str, tuple[str, ...]]) -> Said:
    return {field: value for field, keys in names.items() if (value := words_at(source, *keys))}


def _first(value: Any) -> dict[str, Any]:
    return next(objects(value), {})


def _types(entry: dict[str, Any]) -> set[str]:
    """Return the last part of each type: "http://schema.org/Car" is "Car"."""
    kinds = entry.get("@type")
    return {
        kind.rsplit("/", 1)[-1] for kind in (kinds if isinstance(kinds, list) else [kinds]) if isinstance(kind, str)
    }
