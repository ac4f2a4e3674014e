"""Crawl one site into landing files."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime

from crawler.errors import BlockedError, TasadorError
from crawler.home import Home
from crawler.landing import Manifest
from crawler.process import CrawlProgress
from crawler.process import crawl as run_crawl
from crawler.sites import read_site
from flows.steps.recorded import recorded
from warehouse.ops_runs import OpsRun

logger = logging.getLogger(__name__)


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
    wanted = read_site(site)
    with recorded(home, "crawl", site) as run:
        manifest = run_crawl(wanted, home.landing, start_urls=start_urls, now=at, anew=anew, on_progress=on_progress)
        return landed(home, manifest, run)


def landed(home: Home, manifest: Manifest, run: OpsRun) -> Manifest:
    """Return the manifest of a crawl that brought something, or proved that there is nothing; record what it brought.

    Raises:
        BlockedError: the site refused us before anything came.
        TasadorError: the crawl brought nothing.
    """
    where = f"{home.landing}/{manifest.site}/{manifest.crawl_run_id}"
    run.crawl_run_id, run.rows = manifest.crawl_run_id, manifest.rows
    logger.info("%s: %s; its own log is %s.log", manifest.health, manifest.health_reason, where)
    if manifest.rows or manifest.is_complete:
        return manifest
    kind = BlockedError if manifest.health == "blocked" else TasadorError
    raise kind(
        f"the crawl of {manifest.site} brought no listing: {manifest.health}, {manifest.health_reason}; "
        f"its log is {where}.log"
    )
