"""Where a JSON inventory feed keeps its cars, as tasador.toml says it; knows no pages and no spiders."""

from typing import Any

from crawler.items import FIELD_NAMES

# Dotted paths into the feed's JSON.
PATHS = ("cars", "next", "total")
FEED_RULE = (
    'a table of cars, next and total (dotted paths as "data.vehicles"), next_url (an address with {next}, {page} or '
    "{offset}), details (true or false) and fields (a table of listing field = dotted path)"
)


def is_feed(value: Any) -> bool:
    """Whether this says how to read a feed."""
    if not isinstance(value, dict) or set(value) - {*PATHS, "next_url", "details", "fields"}:
        return False
    fields = value.get("fields", {})
    return (
        all(isinstance(value.get(name, ""), str) for name in PATHS)
        and isinstance(value.get("details", False), bool)
        and is_template(value.get("next_url", ""))
        and isinstance(fields, dict)
        and all(field in FIELD_NAMES and isinstance(path, str) for field, path in fields.items())
    )


def is_template(value: Any) -> bool:
    """Whether this is an address whose only gaps are {next}, {page} and {offset}."""
    try:
        return isinstance(value, str) and bool(value.format(next="", page=1, offset=0) or not value)
    except (KeyError, ValueError, IndexError, AttributeError):
        return False
