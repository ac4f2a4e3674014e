"""The access method of most sites: result pages that lead to the next one and to each listing's own page."""

from collections.abc import Iterator

from scrapy.http import Response

from crawler.spiders.base import Output, SiteSpider, observations


class ResultPagesSpider(SiteSpider):
    """Reads every result page of a query, then each listing's own page once."""

    name = "result_pages"

    def read(self, response: Response) -> Iterator[Output]:
        """Read the cards of a result page, or one listing's own page (which may be the start page itself)."""
        page = self.page(response)
        if page.kind == "results" and response.meta["is_index"]:
            listings = page.listings()
            yield from observations(listings, page)
            if next_url := page.next_url():
                yield from self.ask_index(next_url)
            seen = {listing.url for listing in listings}
            for url in page.detail_urls():
                yield from self.ask_detail(url, is_seen=url in seen)
        else:
            yield from self.read_detail(page)
