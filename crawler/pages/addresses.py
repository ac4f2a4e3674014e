"""Addresses of pages: absolute, canonical, and the same with another page number. Never raises on a malformed one."""

import re
from urllib.parse import urljoin, urlsplit

# An address that is absolute and has nothing to leave out, as most have.
CANONICAL = re.compile(r"https?://[\w.:-]+/[^\s?#]*", re.ASCII)
TRACKING = ("utm_", "gclid", "fbclid", "msclkid")


def absolute(base: str, href: str | None) -> str | None:
    """Return the http(s) address that ``href`` means on the page ``base``, without fragment and tracking parameters."""
    if href and CANONICAL.fullmatch(href):
        return href
    try:
        parts = urlsplit(urljoin(base, (href or "").strip()))
    except ValueError:
        return None
    if not href or parts.scheme not in ("http", "https") or not parts.netloc:
        return None
    kept = [entry for entry in parts.query.split("&") if not entry.startswith(TRACKING)]
    return parts._replace(query="&".join(kept), fragment="").geturl()


def next_page_url(url: str, pages: str | None) -> str | None:
    """Return the address with the next ``page=``; None where ``pages``, the stated number of pages, allows no more."""
    parts = urlsplit(url)
    entries = [entry for entry in parts.query.split("&") if entry]
    others = [entry for entry in entries if not entry.startswith("page=")]
    number = max((_count(entry.removeprefix("page=")) for entry in entries if entry not in others), default=1) + 1
    if number > _count(pages):
        return None
    return parts._replace(query="&".join([*others, f"page={number}"])).geturl()


def pages_for(listings: str | None, per_page: str | None) -> str | None:
    """Return how many pages so many listings take; None where either number is unknown."""
    size = _count(per_page)
    return str(-(-_count(listings) // size)) if size else None


def _count(words: str | None) -> int:
    return int(words) if words and re.fullmatch(r"[0-9]{1,6}", words) else 0
