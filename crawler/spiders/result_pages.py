"""The access method of most sites: result pages that lead to the next one and to each listing's own page."""

from collections.abc import Iterator

from scrapy.http import Response

from crawler.pages.base import Page
from crawler.spiders.base import Output, SiteSpider, observations


class ResultPagesSpider(SiteSpider):
    """Reads every result page of a query, and each listing's own page where that may say something new."""

    name = "result_pages"

    def read(self, response: Response) -> Iterator[Output]:
        """Read the cards of a result page, or one listing's own page (which may be the start page itself)."""
        page = self.page(response)
        if page.kind == "results" and response.meta["is_index"]:
            listings = page.listings()
            yield from observations(listings, page)
            pages_without_news = self.pages_without_news(response, page)
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

    def following(self, asked: str, page: Page) -> list[str]:
        """Return the result pages that lead on: the next one, or narrower queries where the site cuts this one off."""
        return self.queries.parts_of(asked, page.total()) or [url for url in [self.next_url(asked, page)] if url]

    def next_url(self, asked: str, page: Page) -> str | None:
        """Return the address of the result page after the one that was asked for at ``asked``."""
        return page.next_url()
