"""What is told of matches: a title, lines of plain text, and the matches themselves for programs."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# Text of a site's may be anything and of any length; a message stays one that people read.
LONGEST_TEXT = 200
LONGEST_URL = 1_000
MOST_LINES = 20


@dataclass(frozen=True, slots=True)
class Message:
    """One message of an alert; each match has an ``id`` that is the same whenever the same is told."""

    alert: str
    title: str
    text: str
    matches: Sequence[Mapping[str, Any]] = ()

    @property
    def idempotency_key(self) -> str:
        """What a receiver may know the message by."""
        return _short_hash(self.alert, *(match["id"] for match in self.matches))


def write_message(alert: str, kind: str, matches: Sequence[Mapping[str, Any]]) -> Message:
    """Return the message of an alert's new matches; people read the first MOST_LINES, programs all."""
    lines = [_line(match) for match in matches[:MOST_LINES]]
    if len(matches) > MOST_LINES:
        lines.append(f"… and {len(matches) - MOST_LINES:,} more")
    identified = [{"id": _short_hash(alert, match["listing_id"], match["asking_price"]), **match} for match in matches]
    what = kind.replace("_", " ") + ("s" if len(matches) > 1 else "")
    return Message(alert, f"Tasador {alert}: {len(matches):,} new {what}", "\n".join(lines), identified)


def one_line(text: object, longest: int = LONGEST_TEXT) -> str:
    """Return a text in one line without what does not print, cut where it is long."""
    line = "".join(mark if mark.isprintable() else " " for mark in str(text))
    line = " ".join(line.split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


def _line(match: Mapping[str, Any]) -> str:
    names = (match.get(name) for name in ("model_year", "make", "model", "trim"))
    car = one_line(" ".join(str(name) for name in names if name is not None))
    parts = [car or one_line(match["listing_id"]), _number(match, "mileage", "{:,.0f} miles"), _asked(match)]
    predicted = _number(match, "predicted_price", "predicted {:,.0f}")
    rating = one_line(str(match.get("rating") or "").replace("_", " "))
    url = str(match.get("url") or "")
    is_link = url.startswith(("http://", "https://")) and " " not in url and url == one_line(url, LONGEST_URL)
    return ", ".join(filter(None, (*parts, predicted, rating))) + (f"\n  {url}" if is_link else "")


def _asked(match: Mapping[str, Any]) -> str:
    asked = _number(match, "asking_price", "asks {:,.0f} " + one_line(match.get("currency") or "")).strip()
    return asked + _number(match, "last_drop", " after a drop of {:,.0f}")


def _number(match: Mapping[str, Any], name: str, how: str) -> str:
    value = match.get(name)
    return "" if value is None else how.format(value)


def _short_hash(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, default=str).encode()).hexdigest()[:32]
