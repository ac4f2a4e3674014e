"""What could be read from a few pages of a site: a short crawl into a folder that is thrown away."""

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from crawler.errors import UsageError
from crawler.items import FIELD_NAMES
from crawler.landing import Manifest, read_lines
from crawler.pages import page_class_name
from crawler.process import CrawlProgress, crawl
from crawler.sites import Market, Site

INDEX_PAGES = 3  # a sitemap of sitemaps, one of them, and one more
PAGES = 12
SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Field:
    """A field of listings: on what share of the cards and of the detail pages it was found, and an example.

    A share is None where there was no such page.
    """

    name: str
    cards: float | None
    details: float | None
    example: str | None


@dataclass(frozen=True, slots=True)
class Probe:
    """What a few pages gave: the fields found on cards and on detail pages, and why others gave nothing."""

    manifest: Manifest
    cards: int
    details: int
    fields: list[Field]
    rejects: list[dict[str, Any]]


def probe(site: Site, on_progress: Callable[[CrawlProgress], None] | None = None) -> Probe:
    """Crawl a few pages of a site, with its manners, and return what they say; nothing is kept.

    Raises:
        UsageError: the site lacks something that a crawl needs.
        TasadorError: the crawl died.
    """
    short = replace(
        site,
        max_pages=PAGES,
        max_index_pages=INDEX_PAGES,
        time_limit_seconds=min(SECONDS, site.time_limit_seconds),
        result_cap=None,
    )
    with tempfile.TemporaryDirectory() as folder:
        manifest = crawl(short, folder, on_progress=on_progress)
        rows = list(_rows(Path(folder) / site.name / manifest.crawl_run_id))
    said = {page: [row["listing"] for row in rows if row.get("page") == page] for page in ("results", "detail")}
    return Probe(
        manifest=manifest,
        cards=len(said["results"]),
        details=len(said["detail"]),
        fields=[_field(name, said["results"], said["detail"]) for name in FIELD_NAMES],
        rejects=[row for row in rows if "reject_reason" in row],
    )


def site_at(url: str) -> Site:
    """Return an unknown site as far as its address tells: a sitemap, else result pages or one car's page.

    Raises:
        UsageError: the URL is no http(s) address.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError(f"--url must be an http(s) address, got {url!r}")
    is_sitemap = parts.path.endswith((".xml", ".xml.gz", "/robots.txt"))
    return Site(
        name=parts.hostname,
        market=Market("unknown", "USD", "mi"),
        spider="sitemap" if is_sitemap else "result_pages",
        page=page_class_name(url),
        start_urls=(url,),
    )


def _rows(folder: Path) -> Iterator[dict[str, Any]]:
    for part in sorted(folder.glob("part-*.jsonl.zst")):
        yield from read_lines(str(part))


def _field(name: str, cards: list[dict[str, str]], details: list[dict[str, str]]) -> Field:
    example = next((listing[name] for listing in [*details, *cards] if name in listing), None)
    return Field(name, _share(name, cards), _share(name, details), example)


def _share(name: str, listings: list[dict[str, str]]) -> float | None:
    return sum(name in listing for listing in listings) / len(listings) if listings else None
