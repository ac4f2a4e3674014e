"""Which listing this is: the site's own id, else its canonical URL, else a fingerprint of the car."""

import hashlib

from crawler.items import Listing

# What identifies a car that has neither id, URL nor VIN. Never the price: a price cut is the same listing.
FINGERPRINT_FIELDS = (
    "title", "make", "model", "trim", "model_year", "mileage", "body_style", "engine", "engine_displacement",
    "cylinders", "power", "transmission", "drivetrain", "fuel_type", "fuel_economy_city", "fuel_economy_highway",
    "doors", "seats", "exterior_color", "interior_color", "seller_name", "postal_code", "city",
)  # fmt: skip


def listing_id(site: str, listing: Listing) -> str:
    """Return the listing's identity across all sites, as ``cars.com:3d074ba2-…``."""
    return f"{site}:{listing.source_id or listing.url or listing.vin or fingerprint(listing)}"


def fingerprint(listing: Listing) -> str:
    """Return 16 hex digits that stay the same while the car's own words do, whatever its price."""
    words = "\x1f".join(" ".join((getattr(listing, name) or "").lower().split()) for name in FINGERPRINT_FIELDS)
    return hashlib.sha256(words.encode()).hexdigest()[:16]
