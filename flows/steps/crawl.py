"""Crawl one site into landing files."""

from collections.abc import Callable, Sequence
from datetime import datetime

from crawler.errors import TasadorError
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
    on_progress: Callable[[CrawlProgress], None] | None = None,
) -> Manifest:
    """Crawl a site of tasador.toml and return its manifest.

    Args:
        home: the data folder; the landing files go below it.
        site: the site's name.
        start_urls: replace the configured ones.
        at: the time to write into every observation, for simulated days.
        on_progress: called about once a second.

    Raises:
        UsageError: there is no such site.
        TasadorError: the crawl died or brought nothing, or another crawl of the site is running.
    """
    manifest = run_crawl(read_site(site), home.landing, start_urls=start_urls, now=at, on_progress=on_progress)
    if not manifest.rows and not manifest.is_complete:
        where = f"{home.landing}/{site}/{manifest.crawl_run_id}"
        raise TasadorError(f"the crawl of {site} brought no listing ({manifest.finish_reason}): its log is {where}.log")
    return manifest
