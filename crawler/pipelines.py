"""Lands what the spiders yield: parts while the crawl runs, the manifest when it has ended by itself."""

import fcntl
from pathlib import Path
from typing import IO, Any

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider
from scrapy.utils.asyncio import create_looping_call

from crawler.health import Ended, history, judge
from crawler.landing import LandingWriter, Observation, Reject, local_folder, new_crawl_run_id, partition_of
from crawler.locks import locked
from crawler.masking import masked
from crawler.memory import Memory
from crawler.resume import run_to_continue
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
    "other_urls": "detail_urls/filtered",
    "details_saved": "details/saved",
    "repeated": "landing/repeated",
    "second_readings": "index/read_again",  # of all result pages, for their site stated more listings than they showed
    "listings_missing": "index/missing",
}
GROUPS = {
    "statuses": "downloader/response_status_count/",
    "pages": "pages/",
    "read": "read/",
    "lost": "lost/",
    "rejects": "landing/rejects/",
}


class LandingPipeline:
    """Holds the site's lock while a crawl runs and writes its landing files.

    Closes the spider with the reason ``already_running``, before anything is fetched, when another crawl of the site
    holds the lock.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.writer: LandingWriter | None = None
        self.memory: Memory | None = None
        self.landed_before = 0
        self.locks: list[IO[str]] = []
        self.clock: Any = None
        crawler.signals.connect(self.spider_closed, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "LandingPipeline":
        """Make the pipeline as Scrapy wants it."""
        return cls(crawler)

    def open_spider(self) -> None:
        """Take the lock, open the landing files and the site's memory, and flush them by the clock."""
        site, landing = self._spider.site, self.crawler.settings["LANDING"]
        self.locks = _locks(landing, site.name, partition_of(self.crawler.settings["CRAWL_RUN_ID"] or ""))
        crawl_run_id = self.crawler.settings["CRAWL_RUN_ID"] or run_to_continue(landing, site) or new_crawl_run_id()
        self.memory = self._spider.memory = Memory(landing, site, crawl_run_id)
        self.writer = LandingWriter(
            landing,
            site,
            crawl_run_id,
            seconds_per_part=self.crawler.settings.getfloat("SECONDS_PER_PART"),
            on_part=self.memory.keep,
        )
        self.landed_before = self.writer.resume()
        self.clock = create_looping_call(self.writer.flush_if_old)
        self.clock.start(1.0, now=False)

    def process_item(self, item: Observation | Reject) -> Observation | Reject:
        """Write one observation or reject; not what this run has landed before."""
        assert self.writer
        if isinstance(item, Reject):
            self.writer.reject(item.reason, url=masked(item.url), detail=masked(item.detail))
            self.crawler.stats.inc_value(f"landing/rejects/{item.reason}")
        else:
            self._spider.tally.add(item)
            self._land(item)
        return item

    def _land(self, item: Observation) -> None:
        assert self.writer and self.memory
        identity = self.memory.listing_at(item.listing.url) if item.kind == "presence" else None
        row = self.writer.row(
            item.listing, kind=item.kind, page=item.page, scraped_at=item.scraped_at, identity=identity
        )
        is_news = self.memory.remember(row)
        if is_news:
            self.writer.land(row)
        self.crawler.stats.inc_value("landing/observations" if is_news else "landing/repeated")

    def spider_closed(self, reason: str) -> None:
        """Write the manifest; it is complete when the crawl ended by itself and lost nothing."""
        if not self.writer:
            return
        self.clock.stop()
        spider, stats = self._spider, self._stats()
        is_complete = reason == "finished" and spider.saw_everything
        before = history(
            self.crawler.settings["LANDING"], spider.site.name, spider.scope, partition_of(self.writer.crawl_run_id)
        )
        verdict = judge(Ended(reason, is_complete, stats, before))
        self.writer.finish(
            reason=reason,
            is_complete=is_complete,
            scope=spider.scope,
            stats=stats,
            health=verdict.health,
            health_reason=verdict.reason,
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
            "not_covered": list(map(masked, spider.queries.not_covered())),
            "rows_landed_before": self.landed_before,
            "listings": self.memory.listings_seen() if self.memory else 0,
            "coverage": spider.tally.coverage(),
            "refusal": spider.refusal,
        }


def _locks(landing: str, site: str, partition: str | None) -> list[IO[str]]:
    """Return the open lock files of a site; the locks go with the process, however it ends.

    A part of a crawl has a lock of its own and shares the site's with the other parts.
    """
    folder = local_folder(landing, site)
    if partition is None:
        return [_locked(folder / LOCK_NAME, fcntl.LOCK_EX)]
    return [_locked(folder / LOCK_NAME, fcntl.LOCK_SH), _locked(folder / f"{LOCK_NAME}.{partition}", fcntl.LOCK_EX)]


def _locked(path: Path, kind: int) -> IO[str]:
    file = locked(path, kind)
    if file is None:
        raise CloseSpider(ALREADY_RUNNING)
    return file
