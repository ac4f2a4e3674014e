"""How crawls went and how old what they brought is: crawl_health and freshness."""

from crawler.clock import now
from crawler.landing import LandingWriter
from crawler.sites import Market, Site
from warehouse.load import load_landing
from warehouse.refresh import refresh

SITE = Site("cars.example", Market("us", "USD", "mi"))


def test_a_crawl_says_what_it_cost_and_what_it_brought(crawls):
    crawls.load(0, crawls.car("a"), crawls.car("b", "Not Priced"), health="healthy")
    crawls.at(crawls.day(1))
    writer = LandingWriter(crawls.home.landing, SITE)
    for listing in (crawls.car("a", "$19,000"), crawls.car("b", "Not Priced"), crawls.car("c")):
        writer.write(listing, page="results")
    writer.reject("unreadable", url="https://cars.example/d")
    stats = {"requests": 12, "retries": 2, "failed_downloads": 1, "response_bytes": 4096}
    writer.finish(
        reason="finished", is_complete=True, scope=["all"], stats=stats, health="healthy", health_reason="as usual"
    )
    load_landing(crawls.connection, crawls.home.landing)
    refresh(crawls.connection)
    query = (
        "select requests, retries, failed_downloads, response_bytes, listings, new_listings, price_changes, unpriced, "
        "rejected, health, health_reason from crawl_health order by started_at desc limit 1"
    )
    assert crawls.row(query) == (12, 2, 1, 4096, 3, 1, 1, 1, 1, "healthy", "as usual")


def test_an_unfinished_crawl_is_told_of_and_an_import_is_not(crawls):
    crawls.load(0, crawls.car("a"))  # nobody judged it, as an import
    assert crawls.rows("from crawl_health") == []
    crawls.load(1, crawls.car("a"), is_finished=False)
    assert crawls.rows("select finish_reason, health from crawl_health") == [("unfinished", None)]


def test_a_blocked_crawl_leaves_the_last_good_state_and_shows_its_age(crawls):
    crawls.at(now())
    crawls.load(-20_000, crawls.car("a"), health="healthy")
    good = crawls.row("select last_good_at, age_hours, last_run_health from freshness")
    crawls.load(-19_999, health="blocked", is_complete=False, rejects=("refused",))
    blocked = crawls.row("select last_good_at, age_hours, last_run_health from freshness")
    assert good[0] == blocked[0] == crawls.day(-20_000)
    assert good[1] <= blocked[1] > 20_000 * 24
    assert (good[2], blocked[2]) == ("healthy", "blocked")
    assert crawls.row("select live_listings, last_seen_at from freshness") == (1, crawls.day(-20_000))


def test_an_import_that_is_not_complete_is_as_old_as_what_it_saw_last(crawls):
    crawls.load(-1_000, crawls.car("a"), is_complete=False)
    assert crawls.row("select last_good_at, age_hours > 1000 * 24 from freshness") == (None, True)
