"""What in a listing names or reaches a person, and a listing without it. Knows neither pages nor files."""

import re
from typing import Any

from crawler.field_names import plain
from crawler.items import Listing

# What is forgotten of a listing. The car itself stays: its VIN, its address on the site, what it is and what it asked.
PERSONAL_FIELDS = ("seller_name", "seller_rating", "city", "postal_code", "extra")
# What of a private seller is never landed, beside the name: what the source calls by one of these words.
PERSONAL_WORDS = ("sellername", "phone", "telefon", "mail", "street", "address", "contact")
PRIVATE = ("priv", "partic")  # how "private" begins in English, German, French and Spanish

E_MAIL = r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
# With a code of the country or the town, as (555) 123-4567, or as nine digits and more; years and distances are none.
TELEPHONE = (
    r"(?<![\w.,])(?:(?:\+|00?)\d(?:[ ()/.-]{0,3}\d){6,}|(?:\(\d{3}\)[ .-]{0,2}|\d{3}[ .-])\d{3}[ .-]\d{4}|\d{9,})(?!\w)"
)
CONTACT = re.compile(f"{E_MAIL}|{TELEPHONE}")


def is_private(listing: Listing) -> bool:
    """Whether a private person sells, in the site's words."""
    return (listing.seller_type or "").lower().startswith(PRIVATE)


def without_person(listing: Listing) -> Listing:
    """Return the listing without what names or reaches its seller, where that is a private person."""
    if is_private(listing):
        listing.seller_name = None
        listing.title = without_contact(listing.title) if listing.title else None
        listing.extra = {
            name: without_contact(value) for name, value in listing.extra.items() if not _is_personal(name)
        }
    return listing


def without_contact(text: str) -> str:
    """Return a text without the e-mail addresses and telephone numbers in it."""
    return CONTACT.sub("", text).strip()


def named(name: str) -> re.Pattern[str]:
    """Return what finds a name in a text: whole words, in upper or lower case, however they are spaced."""
    return re.compile(r"(?<!\w)" + r"\s+".join(map(re.escape, name.split())) + r"(?!\w)", re.IGNORECASE)


def forgotten(payload: dict[str, Any], name: str | None = None) -> dict[str, Any]:
    """Return a landed listing without its seller: PERSONAL_FIELDS, and in its title the name and any contact."""
    kept = {field: value for field, value in payload.items() if field not in PERSONAL_FIELDS}
    if "title" in kept:
        kept["title"] = forgotten_text(kept["title"], payload.get("seller_name"), name)
    return kept


def forgotten_text(text: str, *names: str | None) -> str:
    """Return a text without these names and without any contact."""
    for name in filter(None, names):
        text = named(name).sub("", text)
    return without_contact(text)


def _is_personal(name: str) -> bool:
    return any(word in plain(name) for word in PERSONAL_WORDS)
