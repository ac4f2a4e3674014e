"""Crawl one site into landing files."""

from collections.abc import Callable, Sequence
from datetime import datetime

from crawler.errors import BlockedError, TasadorError
from crawler.home import Home
from crawler.landing import Manifest
from crawler.process import CrawlProgress
from crawler.process import crawl as run_crawl
from crawler.sites import read_site


def crawl_site(
    home: Home,
    site: str,
    *,
    start_urls: Sequence[str] = (),
    at: datetime | None = None,
    anew: bool = False,
    on_progress: Callable[[CrawlProgress], None] | None = None,
) -> Manifest:
    """Crawl a site of tasador.toml and return its manifest.

    Args:
        home: the data folder; the landing files go below it.
        site: the site's name.
        start_urls: replace the configured ones.
        at: the time to write into every observation, for simulated days.
        anew: start a new run even where the newest one was killed and could be continued.
        on_progress: called about once a second.

    Raises:
        UsageError: there is no such site.
        BlockedError: the site refused us before anything came.
        TasadorError: the crawl died or brought nothing, or another crawl of the site is running.
    """
    manifest = run_crawl(
        read_site(site), home.landing, start_urls=start_urls, now=at, anew=anew, on_progress=on_progress
    )
    return require_listings(home, manifest)


def require_listings(home: Home, manifest: Manifest) -> Manifest:
    """Return the manifest of a crawl that brought something, or proved that there is nothing.

    Raises:
        BlockedError: the site refused us before anything came.
        TasadorError: the crawl brought nothing.
    """
    if manifest.rows or manifest.is_complete:
        return manifest
    where = f"{home.landing}/{manifest.site}/{manifest.crawl_run_id}"
    kind = BlockedError if manifest.health == "blocked" else TasadorError
    raise kind(
        f"the crawl of {manifest.site} brought no listing: {manifest.health}, {manifest.health_reason}; "
        f"its log is {where}.log"
    )
