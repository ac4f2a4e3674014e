"""Schema.org's vocabulary of cars: where cars and their offers lie in JSON-LD, and which of our fields they speak of.

Knows nothing of pages. What schema.org has no name for may come as additionalProperty: one named as a field of Listing
is that field, "extra:<name>" an entry of its ``extra``.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from crawler.items import FIELD_NAMES, Listing
from crawler.pages.addresses import absolute
from crawler.pages.embedded_json import objects, words, words_at
from crawler.pages.linked_data import first_object, types_of
from crawler.pages.schema_org_offers import asked, best_offer

VEHICLES = {"Car", "Vehicle"}
PRODUCTS = {"Product", "IndividualProduct"}
# Vehicles that are no cars, by the names that schema.org has for them or that sites borrow elsewhere.
OTHER_VEHICLES = {
    "Motorcycle", "MotorizedBicycle", "Bicycle", "Motorboat", "Boat", "Yacht", "Trailer", "BusOrCoach", "Aircraft",
}  # fmt: skip
THINGS = VEHICLES | PRODUCTS | OTHER_VEHICLES
LISTS = {"ItemList", "OfferCatalog"}
CONTAINERS = ("@graph", "mainEntity", "itemListElement", "item", "makesOffer", "hasOfferCatalog")
VIN_NAMES = ("vin", "vehicle identification number", "vehicleidentificationnumber")
VIN = re.compile("(?=.*[A-Z])[A-HJ-NPR-Z0-9]{17}")
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
OFFER_WORDS = {"condition": ("itemCondition",)}
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

    @property
    def is_car(self) -> bool:
        """Whether it is no motorcycle, boat or trailer by its type; by its words, the warehouse tells."""
        return not (types_of(self.car) | types_of(self.car, "additionalType")) & OTHER_VEHICLES


def find_ads(node: Any, is_listed: bool = False) -> Iterator[Ad]:
    """Yield every vehicle that is for sale; a category, which has no offer of its own, is none."""
    for entry in objects(node):
        kinds = types_of(entry)
        if kinds & THINGS:
            yield from _ads_of(entry, is_listed)
        elif "Offer" in kinds:
            yield from (Ad(car, entry, is_listed) for car in _things(entry.get("itemOffered")))
        elif "BreadcrumbList" not in kinds:
            for key in CONTAINERS:
                yield from find_ads(_addressed(entry, key), is_listed or bool(kinds & LISTS))


def find_lists(node: Any) -> Iterator[dict[str, Any]]:
    """Yield every list of the JSON-LD."""
    for entry in objects(node):
        if types_of(entry) & LISTS:
            yield entry
        for key in ("@graph", "mainEntity", "hasOfferCatalog"):
            yield from find_lists(entry.get(key))


def named_addresses(entry: dict[str, Any]) -> list[str]:
    """Return the addresses that a list gives in place of its cars."""
    elements = [element for element in objects(entry.get("itemListElement")) if "ListItem" in types_of(element)]
    found = [words_at(element, "url", "item") for element in elements if not isinstance(element.get("item"), dict)]
    return [] if any(find_ads(entry)) else [address for address in found if address]


def says_empty(entry: dict[str, Any]) -> bool:
    """Whether a list says of itself that nothing is in it; without its number, it may be a list of anything."""
    return words_at(entry, "numberOfItems") == "0"


def listing_of(ad: Ad, base_url: str) -> Listing:
    """Return the ad in our fields, in its own words."""
    properties = dict(_properties(ad.car))
    values: dict[str, Any] = {
        **_said(_place(ad.offer), PLACE_WORDS),
        **_seller(ad.offer),
        **{name: value for name, value in properties.items() if name in ADDITIONAL},
        **_said(ad.offer, OFFER_WORDS),
        **asked(ad.offer),
        **_said(first_object(ad.car.get("vehicleEngine")), ENGINE_WORDS),
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
        for offer in (objects(around.get("offers")) if "AggregateOffer" in types_of(around) else [around])
    ]
    around_cars = [
        Ad({**entry, **car}, offer, is_listed) for offer in offers for car in _things(offer.get("itemOffered"))
    ]
    if around_cars:
        yield from around_cars
    elif offers:
        yield Ad(entry, best_offer(offers), is_listed)
    elif "offers" not in entry and types_of(entry) - PRODUCTS and (_identity(entry) or words_at(entry, "url")):
        yield Ad(entry, {}, is_listed)


def _things(value: Any) -> Iterator[dict[str, Any]]:
    """Yield what can be a car, untyped things too, but no service and no event."""
    return (entry for entry in objects(value) if entry.keys() - {"@id"} and (types_of(entry) or THINGS) & THINGS)


def _addressed(entry: dict[str, Any], key: str) -> Any:
    """Return what an entry contains; a ListItem lends its address to its item."""
    inner, url = entry.get(key), entry.get("url")
    return {"url": url, **inner} if key == "item" and url and isinstance(inner, dict) else inner


def _identity(car: dict[str, Any]) -> Said:
    """Return vin and source_id; sites put either into ``productID`` and ``identifier``.

    What looks like a VIN is the site's own identifier where the car names its VIN besides.
    """
    named = _said(car, {"vin": ("vehicleIdentificationNumber",)})
    found: Said = {}
    for entry in (*_listed(car.get("productID")), *_listed(car.get("identifier"))):
        name = (words_at(entry, "propertyID", "name") or "").lower()
        if value := words_at(entry, "value", "@value") if isinstance(entry, dict) else words(entry):
            is_vin = name in VIN_NAMES or ("vin" not in named and VIN.fullmatch(value))
            found.setdefault("vin" if is_vin else "source_id", value)
    return found | named


def _seller(offer: dict[str, Any]) -> Said:
    """Return who sells; of a person, or of somebody of unknown kind, never the name."""
    seller = first_object(offer.get("seller")) or first_object(offer.get("offeredBy"))
    if "Person" in types_of(seller):
        return {"seller_type": "private"}
    said = {
        "seller_type": words_at(seller, "@type"),
        "seller_name": words_at(seller, "name") if types_of(seller) else None,
        "seller_rating": words_at(first_object(seller.get("aggregateRating")), "ratingValue"),
    }
    return {name: value for name, value in said.items() if value}


def _place(offer: dict[str, Any]) -> dict[str, Any]:
    places = (first_object(offer.get(key)) for key in ("availableAtOrFrom", "seller", "offeredBy"))
    return next((address for place in places if (address := first_object(place.get("address")))), {})


def _properties(car: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for entry in objects(car.get("additionalProperty")):
        name, value = words_at(entry, "name"), words_at(entry, "value")
        if name and value:
            yield name, value


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _said(source: dict[str, Any], names: Mapping[str, tuple[str, ...]]) -> Said:
    return {field: value for field, keys in names.items() if (value := words_at(source, *keys))}
