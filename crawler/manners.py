"""How a site is asked: what it says of its pace (Crawl-delay, Retry-After, HTTP 429) is obeyed, for every spider alike.

Here nobody knows what a page holds. A site that refuses is left alone: nothing is tried to get around it.
"""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.retry import get_retry_request
from scrapy.exceptions import DownloadCancelledError, IgnoreRequest
from scrapy.extensions.throttle import AutoThrottle
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy.robotstxt import RobotParser
from scrapy.utils.asyncio import call_later
from twisted.python.failure import Failure

RequestOrResponse: TypeAlias = Request | Response

TOO_MANY_REQUESTS, UNAVAILABLE = 429, 503
REFUSALS_IN_A_ROW = 3  # this many 429s, each after the wait that the last one asked for, are a block
SECONDS_WHERE_NONE_ARE_NAMED = 60.0
SHORTEST_WAIT = 1.0
LONGEST_WAIT = 300.0  # a site that asks for more does not want us now
LONGEST_CRAWL_DELAY = 60.0  # more is fewer than 60 pages an hour, and no crawl

# Scrapy ignores a request for many reasons under one exception; robots.txt's is not a loss, for it is not ours to read.
IGNORED = {
    "max redirections reached": "redirect_loop",
    "Ignored response": "too_large",
}


class Refused(IgnoreRequest):  # type: ignore[misc]  # Scrapy is not followed by mypy
    """Raised by the middleware where the site asks us to stay away; the spider ends the crawl as blocked."""


class Offsite(IgnoreRequest):  # type: ignore[misc]
    """Raised by the middleware where a request leads to another site."""


class Manners:
    """Downloader middleware: waits where the site asks for it, and refuses to ask where it asks for too much.

    It stands between RetryMiddleware, which repeats a 503 once the host is asked again, and RedirectMiddleware.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.refusal: str | None = None
        self.refusals = 0
        self.waits_until = 0.0
        self.ends_at = monotonic() + (crawler.settings.getfloat("CLOSESPIDER_TIMEOUT") or float("inf"))
        crawler.signals.connect(self.robots_parsed, signals.robots_parsed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "Manners":
        """Make the middleware as Scrapy wants it."""
        return cls(crawler)

    def robots_parsed(self, robotparser: RobotParser, request: Request) -> None:
        """Take over robots.txt's Crawl-delay, which Scrapy parses and does not apply."""
        delay = robotparser.crawl_delay(self.crawler.settings["USER_AGENT"]) or 0.0
        if delay > LONGEST_CRAWL_DELAY:
            self.refusal = f"robots.txt asks for {delay:g} seconds between two requests"
        elif delay > self.crawler.settings.getfloat("DOWNLOAD_DELAY"):
            self._slow_down(urlsplit(request.url).hostname or "", delay)

    def process_request(self, request: Request) -> None:
        """Let a request pass, unless the site asked for too much or leads or redirects us to another one."""
        if self.refusal:
            raise Refused(self.refusal)
        if not self.crawler.spider.is_own(request.url):
            if request.callback is not NO_CALLBACK:  # which robots.txt has
                self.crawler.stats.inc_value("offsite/filtered")
            raise Offsite(request.url)

    def process_response(self, request: Request, response: Response) -> RequestOrResponse:
        """Wait where a 429 or a 503 asks for it; a run of 429s reaches the spider, which takes it for a block."""
        is_news = monotonic() >= self.waits_until  # else it was asked before the site told us to wait
        if response.status == TOO_MANY_REQUESTS:
            self.refusals += is_news
            return self._again(request, response) or response
        if is_news:
            self.refusals = 0
        if response.status == UNAVAILABLE and "Retry-After" in response.headers:
            seconds = seconds_to_wait(response)
            if not self._wait(request, seconds):
                raise Refused(f"HTTP 503, and to be asked again after {seconds:g} seconds")
        return response

    def refuse(self, words: str) -> None:
        """Ask for nothing more, not even what waits in the downloader: the site does not want us."""
        self.refusal = words
        for slot in self.crawler.engine.downloader.slots.values():
            while slot.queue:
                _, answer = slot.queue.popleft()
                answer.errback(Failure(Refused(words)))

    def _again(self, request: Request, response: Response) -> Request | None:
        """Return the request to be repeated after the wait; None where the site has refused often enough."""
        if self.refusals >= REFUSALS_IN_A_ROW or not self._wait(request, seconds_to_wait(response)):
            return None
        spider = self.crawler.spider
        # priority_adjust: a result page stays before all details.
        return get_retry_request(
            request, spider=spider, reason="429", max_retry_times=REFUSALS_IN_A_ROW, priority_adjust=0
        )

    def _wait(self, request: Request, seconds: float) -> bool:
        """Ask nothing of this host for so long; return False where that is longer than we, or the crawl, can wait."""
        now = monotonic()
        until = max(self.waits_until, now + max(SHORTEST_WAIT, seconds))
        if seconds > LONGEST_WAIT or until > self.ends_at:
            return False
        self.waits_until = until
        downloader = self.crawler.engine.downloader
        slot = downloader.slots[request.meta["download_slot"]]
        if slot.latercall:
            slot.latercall.cancel()
        slot.latercall = call_later(until - now, downloader._latercall, slot)
        return True

    def _slow_down(self, host: str, delay: float) -> None:
        downloader = self.crawler.engine.downloader
        # What waits in the downloader must be fetched before a crawl can end: no more than one page may.
        downloader.total_concurrency = 1
        downloader.per_slot_settings[host] = {"delay": delay, "jitter": 0.0}
        if slot := downloader.slots.get(host):
            slot.delay, slot.jitter = delay, 0.0
        if throttle := self.crawler.get_extension(AutoThrottle):
            throttle.mindelay = delay


def seconds_to_wait(response: Response) -> float:
    """Return what Retry-After says, as seconds or as an HTTP date; a minute where it says nothing readable."""
    said = (response.headers.get("Retry-After") or b"").decode("latin-1").strip()
    if said.isascii() and said.isdigit():
        return float(said)
    try:
        date = parsedate_to_datetime(said)
    except (ValueError, IndexError):
        return SECONDS_WHERE_NONE_ARE_NAMED
    # The wall clock: TASADOR_NOW, which simulates days, is not the site's.
    return max(0.0, (date.replace(tzinfo=date.tzinfo or UTC) - datetime.now(UTC)).total_seconds())


def loss_reason(error: Any) -> str | None:
    """Return why a request brought no page, as a reject's reason; None where nothing is lost by it."""
    if isinstance(error, Offsite):
        return "offsite"
    if isinstance(error, IgnoreRequest):
        return next((reason for words, reason in IGNORED.items() if str(error).startswith(words)), None)
    return "too_large" if isinstance(error, DownloadCancelledError) else "download_failed"
