"""The bare Scrapy spider that the crawl is measured against: our settings, and it keeps nothing of what it downloads.

Run as a process of its own: ``python -m bench.bare URLS_FILE SITE_JSON``.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response
from scrapy.settings import Settings

from crawler.process import collect_rarely
from crawler.sites import Market, Site
from crawler.spiders.base import manners

# What crawls of ours consist of beside Scrapy.
COMPONENTS = ("ITEM_PIPELINES", "EXTENSIONS", "SPIDER_MIDDLEWARES", "DOWNLOADER_MIDDLEWARES")


class BareSpider(Spider):  # type: ignore[misc]  # Scrapy is not followed by mypy
    """Downloads the pages that a file names, one address a line."""

    name = "bare"
    urls_file: Path

    async def start(self) -> Any:
        """Ask for the first page."""
        yield Request(self._urls()[0], self.ask_all)

    def ask_all(self, response: Response) -> Iterator[Request]:
        """Ask for all others from a callback, as crawls do: what start() yields is scheduled one by one."""
        return (Request(url) for url in self._urls()[1:])

    def parse(self, response: Response) -> None:
        """Keep nothing."""

    def _urls(self) -> list[str]:
        return self.urls_file.read_text().split()


def run(urls_file: Path, site: Site) -> dict[str, float]:
    """Download all pages with the settings of a crawl of this site; return how many, and in how many seconds."""
    settings = Settings()
    settings.setmodule("crawler.settings")
    settings.setdict(manners(site) | {name: {} for name in COMPONENTS}, priority="cmdline")
    process = AsyncCrawlerProcess(settings)
    crawler = process.create_crawler(BareSpider)
    process.crawl(crawler, urls_file=urls_file)
    collect_rarely()
    process.start()
    stats = crawler.stats
    return {"pages": stats.get_value("response_received_count"), "seconds": stats.get_value("elapsed_time_seconds")}


if __name__ == "__main__":
    order = json.loads(sys.argv[2])
    print(json.dumps(run(Path(sys.argv[1]), Site(**order | {"market": Market(**order["market"])}))))
