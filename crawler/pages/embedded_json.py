"""The JSON that pages carry in script elements, and words out of it. Whatever its types, reading it never raises."""

import json
import re
from collections.abc import Iterator
from typing import Any

SCRIPT_WITH_ID = r"<script\b[^>]{{0,1000}}?\sid=[\"']?{}(?=[\"'\s>])[^>]{{0,1000}}>"
LONGEST_TAG = 1100
SCRIPT_END = re.compile("</script", re.IGNORECASE)

ASSIGNMENT = r"\bwindow\.\w+\[[\"']{}[\"']\]\s*=\s*"

# Line breaks, what no file may hold, and halves of characters.
UNWRITABLE = re.compile("[\x00-\x1f\x7f\ud800-\udfff]+")

COMMENT_MARKS = re.compile(r"<!--[^{}\[\]]{0,1000}?-->|<!--|-->|(?://\s*)?<!\[CDATA\[|(?://\s*)?\]\]>")
# Strings first, so that nothing inside of one is taken for a comment or a comma. What is never closed goes to the end.
STRING = r'("(?:[^"\\]|\\.?)*(?:"|\Z))'
COMMENTS = re.compile(STRING + r"|/\*.*?(?:\*/|\Z)|//[^\n\r]*", re.DOTALL)
TRAILING_COMMAS = re.compile(STRING + r"|,(?=\s*[}\]])", re.DOTALL)
# What JSON allows neither between nor in its strings: control characters, escapes that there are not.
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u2028\u2029\ufeff]")
ESCAPES = re.compile(r'(\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))|\\')

# Numbers stay as they were published; control characters in strings are forgiven.
_JSON = json.JSONDecoder(strict=False, parse_int=str, parse_float=str, parse_constant=lambda _: None)


def script_json(html: str, element_id: str) -> Any:
    """Return the JSON in the script element of this id; None where there is none."""
    opening = re.compile(SCRIPT_WITH_ID.format(re.escape(element_id)))
    content = next(script_contents(html, opening, element_id), None)
    return None if content is None else parsed(content)


def script_contents(html: str, opening: re.Pattern[str], mark: str) -> Iterator[str]:
    """Yield what stands between each such opening tag, which holds ``mark``, and the end of its script element."""
    place = 0
    while (near := html.find(mark, place)) >= 0:
        start = opening.search(html, max(place, near - LONGEST_TAG), near + LONGEST_TAG)
        if not start:
            place = near + len(mark)
            continue
        end = SCRIPT_END.search(html, start.end())
        if not end:
            return
        yield html[start.end() : end.start()]
        place = end.end()


def assigned_json(html: str, name: str) -> Any:
    """Return the JSON that a script assigns to ``window.ANYTHING["name"]``; None where there is none."""
    match = re.search(ASSIGNMENT.format(re.escape(name)), html)
    try:
        return _JSON.raw_decode(html, match.end())[0] if match else None
    except ValueError:
        return None


def parsed(text: str) -> Any:
    """Return the JSON, repaired where it is broken; None where it is beyond repair.

    Raises:
        RecursionError: it is nested a thousand deep.
    """
    try:
        return _JSON.decode(text)
    except ValueError:
        pass
    try:
        return _JSON.decode(_repaired(text))
    except ValueError:
        return None


def _repaired(text: str) -> str:
    bare = COMMENT_MARKS.sub("", CONTROLS.sub(" ", text))
    for fault in (ESCAPES, COMMENTS, TRAILING_COMMAS):
        bare = fault.sub(lambda match: match[1] or "", bare)
    return bare.strip().rstrip(";")


def dig(value: Any, *path: str) -> Any:
    """Return what lies at the end of the path through objects; None where it breaks off."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def objects(value: Any) -> Iterator[dict[str, Any]]:
    """Yield the objects of a value: itself, or those of a list."""
    return (entry for entry in (value if isinstance(value, list) else [value]) if isinstance(entry, dict))


def words(value: Any) -> str | None:
    """Return what a value says: of a list its first words, of an object its name, else its value with the unit."""
    if isinstance(value, str):
        return (value if value.isprintable() else UNWRITABLE.sub(" ", value)).strip() or None
    if isinstance(value, list):
        return next(filter(None, map(words, value)), None)
    if isinstance(value, dict):
        return words(value.get("name")) or _quantity(value) or words(value.get("@value")) or _constant(value)
    return None


def words_at(source: Any, *keys: str) -> str | None:
    """Return the words under the first of the keys that says something."""
    if isinstance(source, dict):
        for key in keys:
            if key in source and (found := words(source[key])):
                return found
    return None


def _constant(value: dict[str, Any]) -> str | None:
    """Return one of schema.org's own words, as UsedCondition, that is named by its address."""
    name = words(value.get("@id"))
    return name if name and "schema.org/" in name else None


def _quantity(value: dict[str, Any]) -> str | None:
    amount, unit = words(value.get("value")), words_at(value, "unitText", "unitCode")
    return f"{amount} {unit}" if amount and unit and not re.search("[A-Za-z]", amount) else amount
