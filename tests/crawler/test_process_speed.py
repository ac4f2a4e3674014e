"""What keeps a crawl's process fast: no log line for each page, and the garbage collector seldom."""

import gc

from scrapy.settings import Settings
from scrapy.utils.misc import load_object

from crawler.process import collect_rarely


def test_scrapys_log_says_nothing_of_a_page_that_came_or_an_item_that_landed() -> None:
    settings = Settings()
    settings.setmodule("crawler.settings")
    formatter = load_object(settings["LOG_FORMATTER"])()
    assert formatter.crawled(None, None, None) is None
    assert formatter.scraped(None, None, None) is None


def test_collecting_rarely_still_collects() -> None:
    before = gc.get_threshold()
    try:
        collect_rarely()
        assert gc.isenabled()
        assert before[0] < gc.get_threshold()[0] < 100_000
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)
