"""What the crawler would land from one saved page; fetches nothing and writes nothing."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from w3lib.encoding import html_to_unicode

from crawler.errors import UsageError
from crawler.pages import page_class, page_class_for


@dataclass(frozen=True, slots=True)
class Extraction:
    """The listings of a page as they would be landed (Listing.payload()), or one line that says why there is none."""

    listings: list[dict[str, Any]]
    problem: str | None


def extract(path: Path, url: str, page: str | None = None) -> Extraction:
    """Read a saved page as if it had just been fetched from ``url``; ``page`` names a page class other than the URL's.

    Raises:
        UsageError: the file cannot be read, the URL is none, or there is no such page class.
    """
    try:
        is_address = urlsplit(url).scheme in ("http", "https") and urlsplit(url).hostname
    except ValueError:
        is_address = None
    if not is_address:
        raise UsageError(f"--url must be the http(s) address that the page came from, got {url!r}")
    make_page = page_class(page) if page else page_class_for(url)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}") from error
    saved = make_page(html_to_unicode(None, content)[1], url)
    return Extraction([listing.payload() for listing in saved.listings()], saved.problem())
