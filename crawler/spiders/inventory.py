"""The access method of sites that publish their inventory as JSON, page by page."""

from typing import Any
from urllib.parse import quote

from scrapy.http import Response

from crawler.pages.base import Page
from crawler.pages.inventory import InventoryPage
from crawler.spiders.result_pages import ResultPagesSpider


class InventorySpider(ResultPagesSpider):
    """Reads every page of a feed. It says where its next page is, or the site's ``feed.next_url`` how to ask for that.

    In ``feed.next_url``, {next} is what the feed says of its next page, {page} that page's number (the first is 1) and
    {offset} the number of cars before it.
    """

    name = "inventory"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places: dict[str, tuple[int, int]] = {}  # of a page after the first: its number and offset

    def make_page(self, response: Response) -> Page:
        """Make a page of the feed, or of a listing's own page."""
        if not response.meta["is_index"]:
            return super().make_page(response)
        is_first = response.meta["asked"] not in self.places
        return InventoryPage(response.text, response.url, response.status, self.site.feed, is_first=is_first)

    def next_url(self, asked: str, page: Page) -> str | None:
        """Return the address of the feed's next page; None where the cars so far are all."""
        assert isinstance(page, InventoryPage)
        number, offset = self.places.get(asked, (1, 0))
        place = number + 1, offset + page.size
        url = self.made_url(page, *place) if "next_url" in self.site.feed else page.next_url()
        if url:
            self.places[url] = place
        return url

    def made_url(self, page: InventoryPage, number: int, offset: int) -> str | None:
        """Return the address that the settings make for page ``number``."""
        is_named = page.next_value or "next" not in self.site.feed
        total = page.total()
        if not page.size or not is_named or (total is not None and offset >= total):
            return None
        template: str = self.site.feed["next_url"]
        return template.format(next=quote(page.next_value or "", safe=""), page=number, offset=offset)
