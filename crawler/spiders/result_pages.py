"""The access method of most sites: result pages that lead to the next one and to each listing's own page."""

from collections.abc import Iterator
from typing import Any

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DontCloseSpider
from scrapy.http import Response

from crawler.pages.base import Page
from crawler.spiders.base import Output, SiteSpider, observations


class ResultPagesSpider(SiteSpider):
    """Reads every result page of a query, and each listing's own page where that may say something new."""

    name = "result_pages"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.totals: dict[str, int] = {}  # what the first page of a query says
        self.is_second_reading = False

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> "ResultPagesSpider":
        """Make the spider, which looks at what is missing when there is nothing left to do."""
        spider: ResultPagesSpider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.read_again, signals.spider_idle)
        return spider

    def read(self, response: Response) -> Iterator[Output]:
        """Read the cards of a result page, or one listing's own page (which may be the start page itself)."""
        page = self.page(response)
        if page.kind == "results" and response.meta["is_index"]:
            listings = page.listings()
            yield from observations(listings, page)
            if response.meta["asked"] in self.start_urls:
                self.totals[response.meta["asked"]] = page.total() or 0
            pages_without_news = 0 if self.is_second_reading else self.pages_without_news(response, page)
            for url in self.following(response.meta["asked"], page):
                yield from self.ask_index(url, 0 if self.queries.begins(url) else pages_without_news)
            cards = {listing.url: listing for listing in listings}
            for url in page.detail_urls():
                yield from self.ask_detail(url, cards.get(url))
        else:
            yield from self.read_detail(page)

    @property
    def saw_everything(self) -> bool:
        """Whether moreover no query was cut off by the site."""
        return super().saw_everything and not self.queries.not_covered()

    def read_again(self) -> None:
        """Read the result pages a second time where their site states more listings than they showed.

        A listing that moves to an earlier page while they are read is on none of them.
        """
        missing = sum(self.totals.values()) - self.memory.listings_seen()
        self.crawler.stats.set_value("index/missing", max(0, missing))
        if missing <= 0 or self.is_second_reading or not self.saw_everything:
            return
        self.is_second_reading = True
        self.count("index/read_again")
        self.index_urls.clear()
        self.index_pages_read = 0
        for url in self.start_urls:
            for request in self.ask_index(url):
                self.crawler.engine.crawl(request)
        raise DontCloseSpider

    def following(self, asked: str, page: Page) -> list[str]:
        """Return the result pages that lead on: the next one, or narrower queries where the site cuts this one off."""
        return self.queries.parts_of(asked, page.total()) or [url for url in [self.next_url(asked, page)] if url]

    def next_url(self, asked: str, page: Page) -> str | None:
        """Return the address of the result page after the one that was asked for at ``asked``."""
        return page.next_url()
