"""Crawl one site in parts that land side by side: all of them here, or one here and the others on other machines."""

from collections.abc import Callable

from crawler.home import Home
from crawler.landing import Manifest
from crawler.partitioned import crawl_partition, crawl_partitions
from crawler.partitions import read_partition
from crawler.process import CrawlProgress
from crawler.sites import read_site
from flows.steps.crawl import landed
from flows.steps.recorded import recorded


def crawl_part(
    home: Home,
    site: str,
    partition: str,
    *,
    run: str | None = None,
    on_progress: Callable[[CrawlProgress], None] | None = None,
) -> Manifest:
    """Crawl one part of a site, as "1/4", and return its manifest.

    ``run`` is the id that the parts share: the one of the day by default.

    Raises:
        UsageError: there is no such site, it has no so many parts, or this part has landed already.
        TasadorError: the crawl died or brought nothing, or the same part is being crawled.
    """
    part, wanted = read_partition(partition), read_site(site)
    with recorded(home, "crawl", site) as ops_run:
        manifest = crawl_partition(wanted, home.landing, part, crawl_run_id=run, on_progress=on_progress)
        return landed(home, manifest, ops_run)


def crawl_all_parts(
    home: Home,
    site: str,
    count: int,
    *,
    anew: bool = False,
    on_progress: Callable[[CrawlProgress], None] | None = None,
) -> Manifest:
    """Crawl a site in ``count`` processes on this machine and return the manifest of the whole.

    Raises:
        UsageError: there is no such site, or it has no so many parts.
        TasadorError: a part died or is being crawled by somebody else, or no part brought anything.
    """
    wanted = read_site(site)
    with recorded(home, "crawl", site) as run:
        manifest = crawl_partitions(wanted, home.landing, count, anew=anew, on_progress=on_progress)
        return landed(home, manifest, run)
