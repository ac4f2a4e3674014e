"""The access method of a file of addresses: what somebody knows to be for sale, each read on its own page."""

from typing import Any

from crawler.spiders.sitemap import SitemapSpider


class UrlFileSpider(SitemapSpider):
    """Reads every listing that a file names, as if it were a sitemap without dates.

    The file is the scope: an address that is taken out of it counts as no longer listed.
    """

    name = "url_file"
    index_page = "file"

    @property
    def saw_everything(self) -> bool:
        """Whether no listing was lost on the way."""
        return not self.listings_lost

    @property
    def scope(self) -> list[str]:
        """The file."""
        return [self.site.url_file] if self.site.url_file else super().scope

    async def start(self) -> Any:
        """Ask for each address."""
        for url in self.start_urls:
            for output in self.ask_detail(url):
                yield output
