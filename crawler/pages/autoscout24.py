"""AutoScout24's pages, of any country: the data that Next.js carries, and on a detail page schema.org's as well."""

from functools import cached_property
from typing import Any

from crawler.items import Listing
from crawler.pages.addresses import absolute, next_page_url
from crawler.pages.base import Page, filled
from crawler.pages.embedded_json import dig, objects, script_json, words, words_at
from crawler.pages.schema_org import SchemaOrgPage

# The site says the condition by one letter.
OFFER_TYPES = {"N": "new", "U": "used", "D": "demonstration", "J": "nearly new", "O": "used"}

# Our fields and the site's names for them: result pages have the shorter list of them, in part under other names.
VEHICLE_WORDS = {
    "make": ("make",),
    "model": ("model",),
    "trim": ("modelVersionInput",),
    "mileage": ("mileageInKm",),
    "model_year": ("firstRegistrationDate",),
    "transmission": ("transmission", "transmissionType"),
    "fuel_type": ("fuel",),
    "body_style": ("bodyType",),
    "drivetrain": ("driveTrain",),
    "power": ("powerInKw",),
    "engine_displacement": ("displacementInCCM",),
    "cylinders": ("cylinders",),
    "exterior_color": ("bodyColor",),
    "interior_color": ("upholsteryColor",),
    "doors": ("numberOfDoors",),
    "seats": ("numberOfSeats",),
    "owners": ("noOfPreviousOwners",),
}
# Result pages say some of it only in a row of icons with words.
ICON_WORDS = {"model_year": "calendar", "power": "speedometer"}
PLACE_WORDS = {"city": ("city",), "postal_code": ("zip",), "country": ("countryCode",)}

# How the site itself judges or has cut the price.
EXTRA_WORDS = ("priceEvaluation", "oldSuperDealPrice")


class AutoScout24Page(Page):
    """Reads ``__NEXT_DATA__``: ``listings`` of a result page, ``listingDetails`` of a detail page."""

    def read_detail(self) -> Listing | None:
        """Return the car of a detail page; what Next.js's data leave out, as the currency, is read by schema.org."""
        listing = next((_listing(item, self.url) for item in objects(dig(self._props, "listingDetails"))), None)
        page = SchemaOrgPage(self.text, self.url, self.status)
        other = page.listings()[0] if page.kind == "detail" else None
        return filled(listing, other) if listing and other else listing or other

    def read_results(self) -> list[Listing] | None:
        """Return the cards; recommendations of other cars are none."""
        items = dig(self._props, "listings")
        if not items and words_at(self._props, "numberOfResults") != "0":
            return None
        return [_listing(item, self.url) for item in objects(items)]

    def read_next_url(self) -> str | None:
        """Return the next ``page=`` up to the stated number of pages."""
        return next_page_url(self.url, words_at(self._props, "numberOfPages"))

    def read_total(self) -> str | None:
        """Return ``numberOfResults``."""
        return words_at(self._props, "numberOfResults")

    def missing(self) -> str:
        """Return what was looked for in vain."""
        return f"unreadable: HTTP {self.status} without __NEXT_DATA__ listings or JSON-LD structured data of a car"

    @cached_property
    def _props(self) -> Any:
        return dig(script_json(self.text, "__NEXT_DATA__"), "props", "pageProps")


def _listing(item: dict[str, Any], base_url: str) -> Listing:
    vehicle, seller, price = (dig(item, part) for part in ("vehicle", "seller", "price"))
    icons = {words_at(entry, "iconName"): words_at(entry, "data") for entry in objects(item.get("vehicleDetails"))}
    is_dealer = words_at(seller, "type") == "Dealer"
    offer_type = words_at(vehicle, "offerType")
    values: dict[str, Any] = {
        **{field: icons.get(name) for field, name in ICON_WORDS.items()},
        **{field: found for field, keys in VEHICLE_WORDS.items() if (found := words_at(vehicle, *keys))},
        **{field: words_at(dig(item, "location"), *keys) for field, keys in PLACE_WORDS.items()},
    }
    values["fuel_type"] = values.get("fuel_type") or words(dig(vehicle, "fuelCategory", "formatted"))
    return Listing(
        **values,
        source_id=words_at(item, "id"),
        url=absolute(base_url, words_at(item, "url", "webPage")),
        title=" ".join(filter(None, (values.get(name) for name in ("make", "model", "trim")))) or None,
        vin=words(dig(vehicle, "identifier", "vin")),
        price=words_at(price, "priceFormatted"),
        condition=OFFER_TYPES.get(offer_type or "", offer_type),
        accidents="accident-free" if _is_accident_free(vehicle) else None,
        seller_type=words_at(seller, "type"),
        seller_name=words_at(seller, "companyName") if is_dealer else None,
        seller_rating=words(dig(item, "ratings", "ratingsStars")),
        published_at=words_at(item, "createdTimestampWithOffset"),
        extra={name: found for name in EXTRA_WORDS if (found := words_at(price, name))},
    )


def _is_accident_free(vehicle: Any) -> bool:
    return dig(vehicle, "rawData", "condition", "damage", "accidentFree") is True
