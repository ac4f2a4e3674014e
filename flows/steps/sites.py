"""Check a site: what is read from a few of its pages, configured or not."""

from collections.abc import Callable

from crawler.probe import Probe, probe, site_at
from crawler.process import CrawlProgress
from crawler.sites import read_site

OnProgress = Callable[[CrawlProgress], None]


def probe_site(name: str, *, on_progress: OnProgress | None = None) -> Probe:
    """Read a few pages of a site of tasador.toml; nothing lands.

    Raises:
        UsageError: there is no such site, or it lacks something that a crawl needs.
        TasadorError: the crawl died.
    """
    return probe(read_site(name), on_progress=on_progress)


def probe_url(url: str, *, on_progress: OnProgress | None = None) -> Probe:
    """Read a few pages from an address on, of a site that nobody has configured; nothing lands.

    Raises:
        UsageError: the URL is none, or TASADOR_CONTACT is missing.
        TasadorError: the crawl died.
    """
    return probe(site_at(url), on_progress=on_progress)
