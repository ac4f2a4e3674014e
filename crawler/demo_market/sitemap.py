"""The demo market's sitemap: one file up to 50,000 addresses, as the protocol demands, else an index of such files."""

from collections.abc import Iterable
from datetime import date
from html import escape

URLS_PER_FILE = 50_000
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


def file_count(urls: int) -> int:
    """Return how many files the sitemap of so many addresses has."""
    return max(1, -(-urls // URLS_PER_FILE))


def urlset(entries: Iterable[tuple[str, date]]) -> str:
    """Return a sitemap of (address, day of the last change)."""
    urls = "".join(f"<url><loc>{escape(url)}</loc><lastmod>{day}</lastmod></url>" for url, day in entries)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="{NAMESPACE}">{urls}</urlset>'


def index(urls: Iterable[str]) -> str:
    """Return the index of these sitemaps."""
    files = "".join(f"<sitemap><loc>{escape(url)}</loc></sitemap>" for url in urls)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<sitemapindex xmlns="{NAMESPACE}">{files}</sitemapindex>'
