"""Fetches the pages of sites with ``javascript = true`` in a browser, by scrapy-playwright; no other site imports that.

A browser is for pages that show no cars without their scripts. It says who it is and obeys robots.txt like any crawl.
"""

from typing import Any

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Response
from scrapy.settings.default_settings import RETRY_EXCEPTIONS

from crawler.browser import browser_path
from crawler.manners import Offsite
from crawler.sites import Site

HANDLER = "scrapy_playwright.handler.ScrapyPlaywrightDownloadHandler"
SWITCHES = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip

# A page is read when its scripts have asked for nothing more for half a second.
PAGE_META = {"playwright": True, "playwright_page_goto_kwargs": {"wait_until": "networkidle"}}
# What no listing is read from.
NEEDLESS = ("image", "media", "font")


class InBrowser:
    """Downloader middleware that has the pages of a crawl fetched by the browser, and robots.txt as ever."""

    def __init__(self, crawler: Crawler) -> None:
        if not crawler.spider.site.javascript:
            raise NotConfigured
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "InBrowser":
        """Make the middleware as Scrapy wants it."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Mark what the spider asked for; a sitemap is left out, for a browser shows XML in a page of its own."""
        if "is_index" in request.meta and not request.url.endswith((".xml", ".gz")):
            request.meta.update(PAGE_META)

    def process_response(self, request: Request, response: Response) -> Response:
        """Refuse what comes from another site: a browser goes by itself where a redirect or a script sends it."""
        if not self.crawler.spider.is_own(response.url):
            self.crawler.stats.inc_value("offsite/filtered")
            raise Offsite(response.url)
        return response


def browser_settings(site: Site) -> dict[str, Any]:
    """Return the Scrapy settings by which a site's pages are fetched in a browser; none where it needs no script."""
    if not site.javascript:
        return {}
    return {
        "DOWNLOAD_HANDLERS": {"http": HANDLER, "https": HANDLER},
        "PLAYWRIGHT_LAUNCH_OPTIONS": {"executable_path": browser_path(), "args": list(SWITCHES)},
        "PLAYWRIGHT_DEFAULT_NAVIGATION_TIMEOUT": site.timeout_seconds * 1000,
        "PLAYWRIGHT_ABORT_REQUEST": "crawler.javascript.is_needless",
        "RETRY_EXCEPTIONS": [*RETRY_EXCEPTIONS, "playwright.async_api.Error"],
    }


def is_needless(request: Any) -> bool:
    """Whether the browser may leave out what a page asks for."""
    return request.resource_type in NEEDLESS
