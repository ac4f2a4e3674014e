"""What the access methods share: a site's manners, pages made of responses, rejects, and the stop at a block.

Here nobody knows how a page is written; that is crawler.pages.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.retry import get_retry_request
from scrapy.exceptions import CloseSpider, IgnoreRequest
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from crawler.items import Listing
from crawler.javascript import browser_settings
from crawler.landing import Observation, Reject
from crawler.pages import page_class
from crawler.pages.base import Page
from crawler.sites import Site, is_loopback, read_site

Output: TypeAlias = Observation | Reject | Request


class PageLost(Exception):
    """Raised while reading a page that gives no listing; becomes a reject with this reason."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.reason, self.detail = reason, detail


class SiteSpider(Spider):  # type: ignore[misc]  # Scrapy is not followed by mypy
    """Base of the access methods.

    To add one: subclass, set ``name``, and write ``read``, which turns one response into observations and requests.
    It asks for pages by ``ask_index`` (a page that leads to listings, without which the crawl is not complete) and
    ``ask_detail`` (one listing's own page), and raises PageLost where there is nothing to read.
    """

    def __init__(self, site: Site | str, start_url: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        site = site if isinstance(site, Site) else read_site(site)
        self.site = replace(site, start_urls=(start_url,)) if start_url else site
        self.start_urls = list(self.site.start_urls)
        # Read by Scrapy's OffsiteMiddleware too: www.cars.com and cars.com are one site.
        self.allowed_domains = sorted({_host(url).removeprefix("www.") for url in self.start_urls})
        self.page_class = page_class(self.site.page)
        self.index_urls: set[str] = set()
        self.index_pages_read = 0
        self.listings_lost = 0

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> "SiteSpider":
        """Make the spider and give the crawl its site's manners and limits (settings are not frozen yet)."""
        spider: SiteSpider = super().from_crawler(crawler, *args, **kwargs)
        crawler.settings.setdict(manners(spider.site), priority="spider")
        return spider

    @property
    def saw_everything(self) -> bool:
        """Whether every page that leads to listings was read, and no listing was lost on the way."""
        return 0 < self.index_pages_read == len(self.index_urls) and not self.listings_lost

    async def start(self) -> Any:
        """Ask for the start URLs."""
        for url in self.start_urls:
            for request in self.ask_index(url):
                yield request

    def ask_index(self, url: str) -> Iterator[Request]:
        """Ask once for a page that leads to listings; before all details, for a market moves while it is paged."""
        if url not in self.index_urls:
            self.index_urls.add(url)
            yield Request(url, self.parse, errback=self.failed, priority=1, meta={"is_index": True})

    def ask_detail(self, url: str, *, is_seen: bool) -> Iterator[Request]:
        """Ask once for a listing's own page; ``is_seen`` says that this crawl has observed the listing already."""
        host = _host(url)
        if any(host == domain or host.endswith(f".{domain}") for domain in self.allowed_domains):
            yield Request(url, self.parse, errback=self.failed, meta={"is_index": False, "is_seen": is_seen})
        else:
            self.count("offsite/filtered")

    def parse(self, response: Response) -> Iterator[Output]:
        """Read one response; whatever is wrong with it becomes a reject, and a block ends the crawl."""
        try:
            outputs = list(self.read(response))
            self.index_pages_read += response.meta["is_index"]
            yield from outputs
        except PageLost as lost:
            yield from self.lose(response.request, lost.reason, lost.detail)
            if lost.reason == "blocked":
                raise CloseSpider("blocked") from lost
        except Exception as error:  # a page class met a page that nobody foresaw; the crawl goes on
            self.logger.exception("%s cannot be read", response.url)
            yield from self.lose(response.request, "page_class_failed", repr(error))

    def failed(self, failure: Failure) -> Iterator[Output]:
        """Turn a request that brought no page, retries included, into a reject."""
        error = failure.value
        if isinstance(error, HttpError):
            yield from self.lose(failure.request, f"http_{error.response.status}")
        elif not isinstance(error, IgnoreRequest):  # robots.txt forbids it: not ours to read, and counted by Scrapy
            yield from self.lose(failure.request, "download_failed", repr(error))

    def lose(self, request: Request, reason: str, detail: str = "") -> Iterator[Output]:
        """Reject a page, and remember when it was the only sight of a listing."""
        if not request.meta["is_index"] and not request.meta["is_seen"] and reason != "gone":
            self.listings_lost += 1
        yield Reject(reason, request.url, detail)
        if request.meta["is_index"] and reason == "unreadable":  # else all that it leads to is missed
            again = get_retry_request(request, spider=self, reason=reason, priority_adjust=0)
            yield from [again] if again else []

    def read(self, response: Response) -> Iterator[Output]:
        """Turn one response into observations and further requests."""
        raise NotImplementedError

    def read_detail(self, page: Page) -> Iterator[Output]:
        """Read a listing's own page."""
        if page.kind != "detail":
            raise PageLost("not_a_detail_page", f"{page.url} is a page of kind {page.kind}")
        yield from observations(page.listings(), page)

    def page(self, response: Response) -> Page:
        """Make a page of a response, or raise PageLost."""
        page = self.page_class(response.text, response.url, response.status)
        self.count(f"pages/{page.kind}")
        if page.kind in ("gone", "blocked", "unreadable"):
            raise PageLost(page.kind, page.problem() or "")
        return page

    def count(self, name: str) -> None:
        """Count something in Scrapy's stats."""
        self.crawler.stats.inc_value(name)


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""


def observations(listings: list[Listing], page: Page) -> Iterator[Observation]:
    """Wrap what a page says for the landing pipeline."""
    return (Observation(listing, page=page.kind) for listing in listings)


def manners(site: Site) -> dict[str, Any]:
    """Return the Scrapy settings that follow from a site's own: how fast it is asked, and for how long."""
    return {
        "DOWNLOAD_DELAY": site.delay_seconds,
        "CONCURRENT_REQUESTS_PER_DOMAIN": site.concurrent_requests,
        # What waits in the downloader must be fetched before a crawl can end: no more than may be under way.
        "CONCURRENT_REQUESTS": site.concurrent_requests,
        # AutoThrottle slows down where the site does, and never goes below the delay.
        "AUTOTHROTTLE_ENABLED": site.delay_seconds > 0,
        "AUTOTHROTTLE_START_DELAY": site.delay_seconds,
        "AUTOTHROTTLE_TARGET_CONCURRENCY": site.concurrent_requests,
        "DOWNLOAD_TIMEOUT": site.timeout_seconds,
        "CLOSESPIDER_TIMEOUT": site.time_limit_seconds,
        "CLOSESPIDER_PAGECOUNT": site.max_pages or 0,
        # A proxy does not know our loopback.
        "HTTPPROXY_ENABLED": not all(map(is_loopback, site.start_urls)),
        **browser_settings(site),
    }
