"""The access method of sites that publish a sitemap: it says what is there, each listing's own page says the rest."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from scrapy import Request
from scrapy.http import Response
from scrapy.spiders import SitemapSpider as ScrapySitemapSpider
from scrapy.utils.sitemap import Sitemap, sitemap_urls_from_robots

from crawler.items import Listing
from crawler.landing import Observation
from crawler.spiders.base import Output, PageLost, SiteSpider

# The site itself contradicts its sitemap, or tells us nothing about it.
REASONS_AGAINST_PRESENCE = ("gone", "blocked", "other_vehicle")


class SitemapSpider(SiteSpider, ScrapySitemapSpider):  # type: ignore[misc]  # Scrapy is not followed by mypy
    """Reads sitemaps (an index of them, gzip, or robots.txt that names them), then the pages that they list.

    A page that was read is a price observation, which says that the listing is there. One that was spared or could not
    be read leaves a presence observation.
    """

    name = "sitemap"
    index_page = "sitemap"

    def read(self, response: Response) -> Iterator[Output]:
        """Read a sitemap, or one listing's own page."""
        if not response.meta["is_index"]:
            yield from self.read_detail(self.page(response))
        elif response.url.endswith("/robots.txt"):
            yield from self.read_robots(response)
        else:
            yield from self.read_sitemap(response)

    def read_robots(self, response: Response) -> Iterator[Output]:
        """Ask for the sitemaps that robots.txt names."""
        urls = list(sitemap_urls_from_robots(response.body, base_url=response.url))
        if not urls:
            raise PageLost("unreadable", "a robots.txt that names no sitemap")
        for url in urls:
            yield from self.ask_index(url)

    def read_sitemap(self, response: Response) -> Iterator[Output]:
        """Ask for what a sitemap lists, one entry at a time: there may be 50,000."""
        sitemap = Sitemap(self._get_sitemap_body(response) or b"<none/>")
        is_empty = True
        for entry in sitemap:
            is_empty = False
            if sitemap.type == "sitemapindex":
                yield from self.ask_index(entry["loc"])
            else:
                yield from self.ask_detail(entry["loc"], changed_at=changed_at(entry.get("lastmod")))
        if is_empty:
            raise PageLost("unreadable", "not a sitemap, or one that lists nothing")

    def lose(self, request: Request, reason: str, detail: str = "") -> Iterator[Output]:
        """Reject a page; where only its details are missing, land that the sitemap lists it."""
        yield from super().lose(request, reason, detail)
        if not request.meta["is_index"] and reason not in REASONS_AGAINST_PRESENCE:
            yield Observation(Listing(url=request.url), page=self.index_page, kind="presence")


def changed_at(lastmod: str | None) -> datetime | None:
    """Return the last moment at which a page may have changed that carries this lastmod; None where it says nothing.

    The format is W3C's, a date (which means any time on that day, UTC) or a time with its zone:
    https://www.sitemaps.org/protocol.html.
    """
    with suppress(ValueError, OverflowError):
        time = datetime.fromisoformat((lastmod or "").strip())
        return (time if time.tzinfo else time.replace(tzinfo=UTC)) + timedelta(days="T" not in (lastmod or ""))
    return None
