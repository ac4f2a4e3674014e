"""Structured data as plain objects: the blocks of JSON-LD, their references to each other, and what an object is.

Microdata is read into the same objects by crawler.pages.microdata. Knows no vocabulary.
"""

import re
from typing import Any

from crawler.pages.embedded_json import objects, parsed, script_contents

# The mark is looked for first: in 50 KB of page the pattern alone takes ten times as long.
JSON_LD_MARK = "ld+json"
JSON_LD = re.compile(r"<script\b[^>]{0,1000}?\btype\s*=\s*[\"']?application/ld\+json\b[^>]{0,1000}>", re.IGNORECASE)


def json_ld(html: str) -> list[Any]:
    """Return the content of every JSON-LD block that can be read; what is named by ``@id`` stands where it is named."""
    contents = script_contents(html, JSON_LD, JSON_LD_MARK)
    blocks = [block for content in contents if (block := parsed(content)) is not None]
    entries = [entry for block in objects(_flat(blocks)) for entry in (block, *objects(block.get("@graph")))]
    nodes = {entry["@id"]: entry for entry in entries if isinstance(entry.get("@id"), str) and not _is_reference(entry)}
    if nodes:
        _link(blocks, nodes)
    return blocks


def types_of(entry: dict[str, Any], key: str = "@type") -> set[str]:
    """Return the last part of each type: "http://schema.org/Car" is "Car"."""
    kinds = entry.get(key)
    return {
        kind.rsplit("/", 1)[-1] for kind in (kinds if isinstance(kinds, list) else [kinds]) if isinstance(kind, str)
    }


def first_object(value: Any) -> dict[str, Any]:
    """Return a value that is an object, or the first one of a list; an empty one where there is none."""
    return next(objects(value), {})


def _flat(blocks: list[Any]) -> list[Any]:
    return [entry for block in blocks for entry in (block if isinstance(block, list) else [block])]


def _is_reference(value: Any) -> bool:
    return isinstance(value, dict) and "@id" in value and value.keys() <= {"@id", "@type"}


def _link(value: Any, nodes: dict[str, Any]) -> None:
    """Put the objects in place of their references; what was put in place is not entered, so that circles end."""
    for key, inner in list(value.items() if isinstance(value, dict) else enumerate(value)):
        if _is_reference(inner):
            value[key] = nodes.get(inner["@id"], inner) if isinstance(inner["@id"], str) else inner
        elif isinstance(inner, dict | list):
            _link(inner, nodes)
