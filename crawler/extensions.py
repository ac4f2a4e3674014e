"""What a crawl says about itself while it runs: one JSON line a second on stdout, for the process that started it.

Its log is on stderr, and has a line for what went wrong, not for each page.
"""

import json
from typing import Any

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.logformatter import LogFormatter
from scrapy.utils.asyncio import create_looping_call


class ProgressLines:
    """Prints ``{"pages": 12, "listings": 480}`` every second while the setting PROGRESS_LINES is on."""

    def __init__(self, crawler: Crawler) -> None:
        if not crawler.settings.getbool("PROGRESS_LINES"):
            raise NotConfigured
        self.stats = crawler.stats
        self.clock: Any = None
        crawler.signals.connect(self.spider_opened, signals.spider_opened)
        crawler.signals.connect(self.spider_closed, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "ProgressLines":
        """Make the extension as Scrapy wants it."""
        return cls(crawler)

    def spider_opened(self) -> None:
        """Start the clock."""
        self.clock = create_looping_call(self.print_line)
        self.clock.start(1.0)

    def spider_closed(self) -> None:
        """Stop the clock, with the final counts."""
        self.clock.stop()
        self.print_line()

    def print_line(self) -> None:
        """Print the counts so far."""
        pages = self.stats.get_value("response_received_count", 0)
        print(json.dumps({"pages": pages, "listings": self.stats.get_value("landing/observations", 0)}), flush=True)


class NoLinePerPage(LogFormatter):  # type: ignore[misc]  # Scrapy is not followed by mypy
    """Scrapy's log without a line for every page and item."""

    def crawled(self, *what: Any) -> None:
        """Say nothing of a page that came."""

    def scraped(self, *what: Any) -> None:
        """Say nothing of an item that was landed."""
