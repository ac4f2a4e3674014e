"""The access method of sites that publish a sitemap: it says what is there, each listing's own page says the rest."""

from collections.abc import Iterator

from scrapy import Request
from scrapy.http import Response
from scrapy.spiders import SitemapSpider as ScrapySitemapSpider

from crawler.items import Listing
from crawler.landing import Observation
from crawler.spiders.base import Output, PageLost, SiteSpider

# The site itself contradicts its sitemap, or tells us nothing about it.
REASONS_AGAINST_PRESENCE = ("gone", "blocked")


class SitemapSpider(SiteSpider, ScrapySitemapSpider):  # type: ignore[misc]  # Scrapy is not followed by mypy
    """Reads sitemaps (an index of them, gzip, or robots.txt that names them), then every page that they list.

    A page that was read is a price observation, which says that the listing is there. One that could not be read
    leaves a presence observation of its URL.
    """

    name = "sitemap"

    def read(self, response: Response) -> Iterator[Output]:
        """Read a sitemap, or one listing's own page."""
        if not response.meta["is_index"]:
            yield from self.read_detail(self.page(response))
            return
        requests = list(self._parse_sitemap(response))
        if not requests:
            raise PageLost("unreadable", "not a sitemap, or one that lists nothing")
        for request in requests:
            if request.callback == self._parse_sitemap:
                yield from self.ask_index(request.url)
            else:
                yield from self.ask_detail(request.url, is_seen=False)

    def lose(self, request: Request, reason: str, detail: str = "") -> Iterator[Output]:
        """Reject a page; where only its details are missing, land that the sitemap lists it."""
        yield from super().lose(request, reason, detail)
        if not request.meta["is_index"] and reason not in REASONS_AGAINST_PRESENCE:
            yield Observation(Listing(url=request.url), page="sitemap", kind="presence")
