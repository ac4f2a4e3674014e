"""Microdata as the same objects that JSON-LD gives: ``itemtype`` is ``@type``, ``itemprop`` a key. Knows no vocabulary.

Written for the one syntax that we need: extruct imports all of its parsers (rdflib, html5lib, 20 packages) for any.
``itemref`` is not followed.
"""

from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

# Where an element says its value; "content" on any element, as schema.org's own examples have it.
VALUE_ATTRIBUTES = ("content", "datetime")
VALUE_ATTRIBUTE_OF = {
    "a": "href", "area": "href", "link": "href", "img": "src", "source": "src", "object": "data", "data": "value",
    "meter": "value",
}  # fmt: skip

# A scope lies a few elements above its properties; more is no page, but an attack.
MAX_CLIMB = 200


def microdata(html: LexborHTMLParser) -> list[dict[str, Any]]:
    """Return the items that are no property of another one, in the order of the page."""
    top: list[dict[str, Any]] = []
    items: dict[int, dict[str, Any]] = {}
    for node in html.css("[itemscope], [itemprop]"):
        is_item = "itemscope" in node.attributes
        value: Any = items.setdefault(node.mem_id, _item(node)) if is_item else _value(node)
        owner = _owner(node, items) if "itemprop" in node.attributes else None
        if owner is not None:
            for name in (node.attributes["itemprop"] or "").split():
                owner.setdefault(name, []).append(value)
        elif is_item:
            top.append(value)
    return top


def _item(node: LexborNode) -> dict[str, Any]:
    kinds = (node.attributes.get("itemtype") or "").split()
    return {"@type": kinds} if kinds else {}


def _owner(node: LexborNode, items: dict[int, dict[str, Any]]) -> dict[str, Any] | None:
    above = node.parent
    for _ in range(MAX_CLIMB):
        if above is None or above.mem_id in items:
            break
        above = above.parent
    return items.get(above.mem_id) if above is not None else None


def _value(node: LexborNode) -> str:
    names = (*VALUE_ATTRIBUTES, VALUE_ATTRIBUTE_OF.get(node.tag or "", ""))
    said = next((text for name in names if (text := node.attributes.get(name))), None)
    return said or " ".join(node.text().split())
