"""Lands what the spiders yield: parts while the crawl runs, the manifest when it has ended by itself."""

import fcntl
from typing import IO, Any

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider
from scrapy.utils.asyncio import create_looping_call

from crawler.landing import LandingWriter, Observation, Reject, local_folder
from crawler.spiders.base import SiteSpider

ALREADY_RUNNING = "already_running"
LOCK_NAME = ".lock"

# What the manifest keeps of Scrapy's stats, under our names.
STATS = {
    "seconds": "elapsed_time_seconds",
    "requests": "downloader/request_count",
    "responses": "downloader/response_count",
    "response_bytes": "downloader/response_bytes",
    "retries": "retry/count",
    "failed_downloads": "downloader/exception_count",
    "forbidden_by_robots": "robotstxt/forbidden",
    "offsite": "offsite/filtered",
}
GROUPS = {"statuses": "downloader/response_status_count/", "pages": "pages/", "rejects": "landing/rejects/"}


class LandingPipeline:
    """Holds the site's lock while a crawl runs and writes its landing files.

    Closes the spider with the reason ``already_running``, before anything is fetched, when another crawl of the site
    holds the lock.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.writer: LandingWriter | None = None
        self.lock: IO[str] | None = None
        self.clock: Any = None
        crawler.signals.connect(self.spider_closed, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "LandingPipeline":
        """Make the pipeline as Scrapy wants it."""
        return cls(crawler)

    def open_spider(self) -> None:
        """Take the lock, open the landing files, and flush them by the clock."""
        spider, settings = self._spider, self.crawler.settings
        self.lock = _lock(settings["LANDING"], spider.site.name)
        self.writer = LandingWriter(
            settings["LANDING"],
            spider.site,
            settings["CRAWL_RUN_ID"],
            seconds_per_part=settings.getfloat("SECONDS_PER_PART"),
        )
        self.clock = create_looping_call(self.writer.flush_if_old)
        self.clock.start(1.0, now=False)

    def process_item(self, item: Observation | Reject) -> Observation | Reject:
        """Write one observation or reject."""
        assert self.writer
        if isinstance(item, Reject):
            self.writer.reject(item.reason, url=item.url, detail=item.detail)
            self.crawler.stats.inc_value(f"landing/rejects/{item.reason}")
        else:
            self.writer.write(item.listing, kind=item.kind, page=item.page, scraped_at=item.scraped_at)
            self.crawler.stats.inc_value("landing/observations")
        return item

    def spider_closed(self, reason: str) -> None:
        """Write the manifest; it is complete when the crawl ended by itself and lost nothing."""
        if not self.writer:
            return
        self.clock.stop()
        self.writer.finish(
            reason=reason,
            is_complete=reason == "finished" and self._spider.saw_everything,
            scope=list(self._spider.start_urls),
            stats=self._stats(),
        )

    @property
    def _spider(self) -> SiteSpider:
        spider: SiteSpider = self.crawler.spider
        return spider

    def _stats(self) -> dict[str, Any]:
        stats: dict[str, Any] = self.crawler.stats.get_stats()
        chosen = {name: stats.get(key, 0) for name, key in STATS.items()}
        for name, prefix in GROUPS.items():
            chosen[name] = {key.removeprefix(prefix): n for key, n in sorted(stats.items()) if key.startswith(prefix)}
        spider = self._spider
        return {
            **chosen,
            "index_pages_asked": len(spider.index_urls),
            "index_pages_read": spider.index_pages_read,
            "listings_lost": spider.listings_lost,
        }


def _lock(landing: str, site: str) -> IO[str]:
    """Return the open lock file of a site; the lock goes with the process, however it ends."""
    file = (local_folder(landing, site) / LOCK_NAME).open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise CloseSpider(ALREADY_RUNNING) from error
    return file
