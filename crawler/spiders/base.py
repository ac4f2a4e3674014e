"""What the access methods share: a site's manners, pages made of responses, rejects, and the stop at a block.

Here nobody knows how a page is written; that is crawler.pages.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.retry import get_retry_request
from scrapy.exceptions import CloseSpider
from scrapy.http import Response, TextResponse
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from crawler.health import BLOCKED, Tally
from crawler.identity import listing_id
from crawler.items import Listing
from crawler.javascript import browser_settings
from crawler.landing import Observation, Reject
from crawler.manners import Manners, Refused, loss_reason
from crawler.masking import masked
from crawler.memory import DetailQueue, Memory
from crawler.pages import page_class
from crawler.pages.base import Page
from crawler.pages.blocks import is_blocked
from crawler.partitions import read_partition
from crawler.queries import Queries
from crawler.sites import Site, is_loopback, read_site
from crawler.url_files import with_listed_urls

Output: TypeAlias = Observation | Reject | Request

DETAILS_AT_ONCE = 50
PAGES_WITHOUT_NEWS = 10  # result pages in a row, after which a site is taken for an endless one


class PageLost(Exception):
    """Raised while reading a page that gives no listing; becomes a reject with this reason."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.reason, self.detail = reason, detail


class SiteSpider(Spider):  # type: ignore[misc]  # Scrapy is not followed by mypy
    """Base of the access methods.

    To add one: subclass, set ``name``, and write ``read``, which turns one response into observations and requests.
    It asks for pages by ``ask_index`` (a page that leads to listings, without which the crawl is not complete) and
    ``ask_detail`` (one listing's own page, unless the memory spares it), and raises PageLost where there is nothing to
    read.
    """

    index_page = "results"  # what a listing was read from that is only named there
    memory: Memory  # the landing pipeline sets it before the first request

    def __init__(
        self, site: Site | str, start_url: str | None = None, partition: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        site = site if isinstance(site, Site) else read_site(site)
        self.site = replace(site, start_urls=(start_url,)) if start_url else with_listed_urls(site)
        share = read_partition(partition).share if partition else None
        self.queries = Queries(self.site.start_urls, site.result_cap, site.split, share)
        self.start_urls = self.queries.start_urls
        # www.cars.com and cars.com are one site.
        self.allowed_domains = sorted({_host(url).removeprefix("www.") for url in self.site.start_urls})
        self.page_class = page_class(self.site.page)
        self.index_urls: set[str] = set()
        self.index_pages_read = 0
        self.listings_lost = 0
        self.tally = Tally()
        self.refusal: str | None = None  # why the site does not serve us
        self.details = DetailQueue()

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> "SiteSpider":
        """Make the spider and give the crawl its site's manners and limits (settings are not frozen yet)."""
        spider: SiteSpider = super().from_crawler(crawler, *args, **kwargs)
        crawler.settings.setdict(manners(spider.site), priority="spider")
        crawler.signals.connect(spider.ask_next_details, signals.scheduler_empty)
        return spider

    @property
    def saw_everything(self) -> bool:
        """Whether every page that leads to listings was read, and no listing was lost on the way."""
        return 0 < self.index_pages_read == len(self.index_urls) and not self.listings_lost

    @property
    def scope(self) -> list[str]:
        """What of the site the crawl covers, a part of a crawl the whole's: where it starts, without keys to it."""
        return list(map(masked, self.site.start_urls))

    async def start(self) -> Any:
        """Ask for the start URLs."""
        for url in self.start_urls:
            for request in self.ask_index(url):
                yield request

    def ask_index(self, url: str, pages_without_news: int = 0) -> Iterator[Output]:
        """Ask once for a page that leads to listings; before all details, for a market moves while it is paged.

        After too many ``pages_without_news``, which no new listing was on, the site is taken for an endless one.
        """
        if url not in self.index_urls:
            self.index_urls.add(url)
            if len(self.index_urls) > (self.site.max_index_pages or len(self.index_urls)):
                return
            meta = {"is_index": True, "asked": url, "pages_without_news": pages_without_news}
            request = Request(url, self.parse, errback=self.failed, priority=1, meta=meta)
            if pages_without_news < PAGES_WITHOUT_NEWS:
                yield request
            else:
                yield from self.lose(request, "endless", f"{pages_without_news} pages in a row show no new listing")

    def pages_without_news(self, response: Response, page: Page) -> int:
        """Return how many pages in a row, up to this one, showed no new listing and named no new address."""
        shown = [listing_id(self.site.name, listing) for listing in page.listings()] or page.detail_urls()
        new = self.tally.count_new(shown)
        return 0 if new else response.meta["pages_without_news"] + 1

    def ask_detail(self, url: str, card: Listing | None = None, changed_at: datetime | None = None) -> Iterator[Output]:
        """Ask once for a listing's own page, if it may say something new; else say at least that the listing is there.

        Args:
            url: the address of the page.
            card: what this page says of the listing, where it says more than the address.
            changed_at: when the site says that the listing's page last changed.
        """
        if not self.is_own(url):
            self.count("offsite/filtered")
            return
        if not re.search(self.site.detail_urls or "", url):
            self.count("detail_urls/filtered")
            return
        plan = self.memory.plan(url, card, changed_at)
        is_first = self.details.add(url, is_seen=card is not None, is_asked=plan == "ask")
        if is_first and plan == "spare":
            self.count("details/saved")
            if card is None:
                yield Observation(Listing(url=url), page=self.index_page, kind="presence")

    def ask_next_details(self) -> None:
        """Give the scheduler a few details more; the others wait on disk, for a market may be large."""
        for url, is_seen in self.details.take(DETAILS_AT_ONCE):
            meta = {"is_index": False, "is_seen": is_seen}
            self.crawler.engine.crawl(Request(url, self.parse, errback=self.failed, meta=meta))

    def parse(self, response: Response) -> Iterator[Output]:
        """Read one response; whatever is wrong with it becomes a reject, and a block ends the crawl."""
        try:
            yield from self.read(response)
            self.index_pages_read += response.meta["is_index"]
            self.count(f"read/{_role(response.request)}")
        except PageLost as lost:
            if lost.reason == BLOCKED or _is_refusal(response):  # no page class reads a sitemap's block
                yield from self.give_up(response.request, lost.detail)
            yield from self.lose(response.request, lost.reason, lost.detail)
        except Exception as error:  # a page class met a page that nobody foresaw; the crawl goes on
            self.logger.exception("%s cannot be read", response.url)
            yield from self.lose(response.request, "page_class_failed", repr(error))

    def failed(self, failure: Failure) -> Iterator[Output]:
        """Turn a request that brought no page, retries included, into a reject."""
        error = failure.value
        if isinstance(error, Refused):
            yield from self.give_up(failure.request, str(error))
        elif isinstance(error, HttpError):
            yield from self.lose(failure.request, f"http_{error.response.status}")
        elif reason := loss_reason(error):
            yield from self.lose(failure.request, reason, repr(error))

    def give_up(self, request: Request, words: str) -> Iterator[Output]:
        """End the crawl of a site that refuses us, and ask it for nothing more."""
        if not self.refusal:
            self.refusal = words
            yield from self.lose(request, BLOCKED, words)
            self.crawler.get_downloader_middleware(Manners).refuse(words)
        raise CloseSpider(BLOCKED)

    def lose(self, request: Request, reason: str, detail: str = "") -> Iterator[Output]:
        """Reject a page, and remember when it was the only sight of a listing."""
        if not request.meta["is_index"] and not request.meta["is_seen"] and reason not in ("gone", "other_vehicle"):
            self.listings_lost += 1
        yield Reject(reason, request.meta.get("redirect_urls", [request.url])[0], detail)
        again = None
        if request.meta["is_index"] and reason == "unreadable":  # else all that it leads to is missed
            again = get_retry_request(request, spider=self, reason=reason, priority_adjust=0)
        if again:
            yield again
        else:
            self.count(f"lost/{_role(request)}/{reason}")

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
        page = self.make_page(response)
        self.count(f"pages/{page.kind}")
        if page.kind in ("gone", "blocked", "other_vehicle", "unreadable"):
            raise PageLost(page.kind, page.problem() or "")
        return page

    def make_page(self, response: Response) -> Page:
        """Make a page of a response, whatever it says."""
        if not isinstance(response, TextResponse):
            raise PageLost("unreadable", f"not a text: {response.headers.get('Content-Type', b'').decode('latin-1')}")
        return self.page_class(response.text, response.url, response.status)

    def is_own(self, url: str) -> bool:
        """Whether an address is on this site; other sites' are never asked for."""
        host = _host(url)
        return any(host == domain or host.endswith(f".{domain}") for domain in self.allowed_domains)

    def count(self, name: str) -> None:
        """Count something in Scrapy's stats."""
        self.crawler.stats.inc_value(name)


def _role(request: Request) -> str:
    return "index" if request.meta["is_index"] else "detail"


def _is_refusal(response: Response) -> bool:
    return is_blocked(response.text if isinstance(response, TextResponse) else "", response.status)


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
