"""Addresses of pages: absolute, canonical, and the same with another page number. Never raises on a malformed one."""

import re
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

TRACKING = ("utm_", "gclid", "fbclid", "msclkid")


def absolute(base: str, href: str | None) -> str | None:
    """Return the http(s) address that ``href`` means on the page ``base``, without fragment and tracking parameters."""
    try:
        parts = urlsplit(urljoin(base, (href or "").strip()))
    except ValueError:
        return None
    if not href or parts.scheme not in ("http", "https") or not parts.netloc:
        return None
    kept = [entry for entry in parts.query.split("&") if not entry.startswith(TRACKING)]
    return parts._replace(query="&".join(kept), fragment="").geturl()


def page_number(url: str) -> int:
    """Return the number after ``page=``; 1 where there is none."""
    return _count(dict(parse_qsl(urlsplit(url).query)).get("page")) or 1


def next_page_url(url: str, pages: str | None) -> str | None:
    """Return the address with the next ``page=``; None where ``pages``, the stated number of pages, allows no more."""
    number = page_number(url) + 1
    if number > _count(pages):
        return None
    parts = urlsplit(url)
    query = [entry for entry in parse_qsl(parts.query, keep_blank_values=True) if entry[0] != "page"]
    return parts._replace(query=urlencode([*query, ("page", str(number))])).geturl()


def _count(words: str | None) -> int:
    return int(words) if words and re.fullmatch(r"[0-9]{1,6}", words) else 0
