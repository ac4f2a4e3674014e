"""How a crawl went: each rule on stats written by hand, and whole crawls of a small site that changes."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from crawler.health import Ended, Tally, history, judge
from crawler.items import Listing
from crawler.landing import LandingWriter, Observation
from crawler.process import crawl

CHALLENGE = "<html><head><title>Just a moment...</title></head><body>Are you a robot?</body></html>"


def stats(listings: int = 100, **said: Any) -> dict[str, Any]:
    """Return the stats of a crawl of five result pages and a hundred details where nothing went wrong."""
    coverage = {"observations": 100, "price": 0.97, "make": 1.0, "mileage": 0.9, "trim": 0.3}
    usual = {"listings": listings, "read": {"index": 5, "detail": 100}, "lost": {}, "refusal": None}
    return {**usual, "coverage": {"results": coverage, "detail": dict(coverage)}, **said}


FINE = Ended("finished", True, stats(), [stats() for _ in range(5)])


def after(finish_reason: str = "finished", *, is_complete: bool = True, **said: Any) -> Ended:
    """Return such a crawl where something was otherwise, after five healthy ones."""
    return replace(FINE, finish_reason=finish_reason, is_complete=is_complete, stats=stats(**said))


def test_a_crawl_like_those_before_it_is_healthy() -> None:
    assert (judge(FINE).health, judge(FINE).reason) == ("healthy", "100 listings on 105 pages")


def test_a_first_crawl_is_judged_without_a_history() -> None:
    assert judge(replace(FINE, history=[])).health == "healthy"


@pytest.mark.parametrize(
    ("crawl_that_ended", "health", "words"),
    [
        (after("blocked", is_complete=False, refusal="HTTP 403"), "blocked", "the site refused us: HTTP 403"),
        (after(listings=0, is_complete=False, read={}, lost={"index/unreadable": 1}), "changed", "1 of 1 pages"),
        (after(read={"index": 5, "detail": 9}, lost={"detail/unreadable": 91}), "changed", "91 of 100 pages"),
        (after(listings=0, is_complete=False, read={}, lost={"index/download_failed": 1}), "failed", "no listing came"),
        (after("closespider_timeout", is_complete=False), "partial", "its time limit ended it"),
        (after("closespider_pagecount", is_complete=False), "partial", "its page limit ended it"),
        (after("shutdown", is_complete=False), "partial", "it was told to stop"),
        (after(is_complete=False, lost={"index/http_503": 1}), "partial", "1 of 106 pages lost (index/http_503 1)"),
        (after(listings=40), "partial", "40 listings, usually 100"),
        (after(listings=0), "partial", "0 listings, usually 100"),
        (after(lost={"detail/http_500": 9}), "partial", "9 of 114 pages lost (detail/http_500 9)"),
    ],
)  # fmt: skip
def test_what_went_wrong_is_said_in_a_word_and_a_sentence(crawl_that_ended: Ended, health: str, words: str) -> None:
    verdict = judge(crawl_that_ended)
    assert verdict.health == health
    assert words in verdict.reason


def test_a_field_that_collapses_is_a_change_of_layout() -> None:
    without = stats()["coverage"] | {"detail": {"observations": 100, "make": 1.0, "mileage": 0.9, "price": 0.4}}
    verdict = judge(after(coverage=without))
    assert (verdict.health, verdict.reason) == ("changed", "price stands on 40% of detail observations, usually on 97%")


@pytest.mark.parametrize(
    "coverage",
    [
        {"observations": 100, "price": 0.6, "make": 1.0, "mileage": 0.6},  # somewhat less
        {"observations": 100, "price": 0.97, "make": 1.0, "mileage": 0.9, "trim": 0.0},  # a field that is rare anyway
        {"observations": 10, "make": 1.0},  # too few to tell
    ],
)
def test_a_field_that_varies_is_none(coverage: dict[str, float]) -> None:
    assert judge(after(coverage={"detail": coverage})).health == "healthy"


@pytest.mark.parametrize(
    "lost", [{"detail/gone": 60}, {"detail/http_500": 2}, {"detail/unreadable": 1}], ids=["gone", "few", "one"]
)
def test_what_every_crawl_loses_leaves_it_healthy(lost: dict[str, int]) -> None:
    assert judge(after(lost=lost)).health == "healthy"


def test_a_site_that_always_loses_pages_may_lose_them_but_not_ever_more() -> None:
    before = [stats(lost={"detail/http_500": 7}) for _ in range(5)]
    assert judge(replace(after(lost={"detail/http_500": 8}), history=before)).health == "healthy"
    worse = [stats(lost={"detail/http_500": 20}) for _ in range(5)]
    assert judge(replace(after(lost={"detail/http_500": 20}), history=worse)).health == "partial"


def test_a_tally_says_which_share_of_the_observations_fills_a_field() -> None:
    tally = Tally()
    for number in range(4):
        tally.add(Observation(Listing(url=f"/{number}", price="$1" if number else None), page="results"))
    assert tally.coverage() == {"results": {"observations": 4, "url": 1.0, "price": 0.75}}


def test_a_tally_knows_what_it_was_shown() -> None:
    tally = Tally()
    assert tally.count_new(str(number) for number in range(1000)) >= 999
    assert tally.count_new(str(number) for number in range(1000)) == 0


def test_only_healthy_whole_crawls_of_the_same_scope_are_compared_with(make_site, tmp_path) -> None:
    def land(number: int, scope: str = "all", health: str = "healthy", is_complete: bool = True) -> None:
        writer = LandingWriter(str(tmp_path), make_site(), f"2026010{number}T000000Z-00000{number}")
        writer.finish(
            reason="finished", is_complete=is_complete, scope=[scope], stats=stats(listings=number), health=health
        )  # fmt: skip

    land(1)
    land(2)
    land(3, scope="another")
    land(4, health="partial")
    land(5, is_complete=False)
    LandingWriter(str(tmp_path), make_site(), "20260106T000000Z-000006")
    assert [past["listings"] for past in history(str(tmp_path), "cars.test", ["all"])] == [2, 1]


@pytest.fixture
def site(serve, result_page) -> Any:
    """Result pages of ten and of twenty cars; their own pages are not there."""
    site = serve()
    site.routes["/cars?page=1"] = result_page({n: f"/car/{n}" for n in range(10)}, "/cars?page=2")
    site.routes["/cars?page=2"] = result_page({n: f"/car/{n}" for n in range(10, 30)})
    return site


def test_a_site_is_compared_with_itself(site, make_site, tmp_path: Path) -> None:
    def crawl_it() -> Any:
        return crawl(make_site(f"{site.url}/cars?page=1"), str(tmp_path))

    first = crawl_it()
    assert (first.health, first.stats["listings"]) == ("healthy", 30)
    assert first.stats["coverage"]["results"]["price"] == 1.0
    whole = dict(site.routes)
    for path in ("/cars?page=1", "/cars?page=2"):
        site.routes[path] = whole[path].replace('"price"', '"cost"')
    changed = crawl_it()
    assert (changed.health, changed.is_complete) == ("changed", True)
    assert changed.health_reason == "price stands on 0% of results observations, usually on 100%"
    site.routes["/cars?page=1"] = whole["/cars?page=1"].replace('rel="next"', "")
    few = crawl_it()
    assert (few.health, few.health_reason) == ("partial", "10 listings, usually 30")


@pytest.mark.parametrize(
    ("page", "health", "words"),
    [
        ("<html><title>Cars</title><body>Welcome</body></html>", "changed", "the site's layout may have changed"),
        (CHALLENGE, "blocked", "a page for robots"),
        ((403, "Forbidden"), "blocked", "HTTP 403"),
        ((404, "Not found"), "failed", "index/gone 1"),
        ((500, "down"), "failed", "index/http_500 1"),
    ],
)
def test_a_site_that_shows_no_listing_is_no_empty_market(site, make_site, tmp_path, page, health, words) -> None:
    site.routes["/cars?page=1"] = page
    manifest = crawl(make_site(f"{site.url}/cars?page=1"), str(tmp_path))
    assert (manifest.health, manifest.is_complete) == (health, False)
    assert words in manifest.health_reason
