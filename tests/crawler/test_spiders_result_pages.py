"""The result-pages spider against a small site with everything that goes wrong on one."""

from dataclasses import dataclass
from typing import Any

import pytest

from crawler.landing import Manifest
from crawler.process import crawl

FORBIDDEN, BROKEN, GONE, UNREADABLE, OFFSITE = 3, 4, 6, 7, 9
ROBOTS = "User-agent: *\nDisallow: /private/\n"
BLOCK = (403, "<html><head><title>Just a moment...</title></head><body>Checking your browser</body></html>")


@dataclass
class Crawled:
    """A crawl that has ended, and the site it read."""

    manifest: Manifest
    rows: list[dict[str, Any]]
    site: Any

    def seen_on(self, page: str) -> list[str]:
        return [row["listing"]["title"].rpartition(" ")[2] for row in self.rows if row.get("page") == page]

    def reject_reasons(self) -> dict[str, str]:
        return {row["url"].removeprefix(self.site.url): row["reject_reason"] for row in self.rows if "url" in row}


@pytest.fixture(scope="module")
def crawled(serve, make_site, car_page, result_page, landed, tmp_path_factory) -> Crawled:
    """Three result pages of four cars each; card 1 is on two pages, and five details do not come."""
    site, landing = serve(), tmp_path_factory.mktemp("landing")
    urls = {n: f"/car/{n}" for n in range(12)} | {FORBIDDEN: f"/private/{FORBIDDEN}"}
    urls[OFFSITE] = f"{site.url.replace('127.0.0.1', 'localhost')}/elsewhere"
    site.routes |= {f"/car/{n}": car_page(n) for n in range(12)}
    site.routes |= {
        "/robots.txt": ROBOTS,
        "/cars?page=1": result_page({n: urls[n] for n in range(4)}, "/cars?page=2"),
        "/cars?page=2": result_page({n: urls[n] for n in (1, 4, 5, 6, 7)}, "/cars?page=3"),
        "/cars?page=3": result_page({n: urls[n] for n in range(8, 12)}),
        f"/car/{BROKEN}": (500, "down"),
        f"/car/{GONE}": (410, "<title>Gone</title>"),
        f"/car/{UNREADABLE}": "<html><title>No car here</title><body>Nothing</body></html>",
    }
    manifest = crawl(make_site(f"{site.url}/cars?page=1"), str(landing))
    return Crawled(manifest, landed(landing, manifest), site)


def test_every_card_of_every_result_page_is_landed_once(crawled: Crawled) -> None:
    assert sorted(crawled.seen_on("results")) == sorted(str(n) for n in range(12))
    assert crawled.manifest.stats["repeated"] == 1


def test_each_detail_page_that_comes_is_landed_once(crawled: Crawled) -> None:
    missing = {FORBIDDEN, BROKEN, GONE, UNREADABLE, OFFSITE}
    assert sorted(crawled.seen_on("detail")) == sorted(str(n) for n in range(12) if n not in missing)
    assert crawled.site.asked.count("/car/1") == 1


def test_card_and_detail_are_the_same_listing_with_its_price(crawled: Crawled) -> None:
    rows = [row for row in crawled.rows if row.get("listing_id") == f"cars.test:{crawled.site.url}/car/2"]
    assert [row["page"] for row in rows] == ["results", "detail"]
    assert {(row["kind"], row["listing"]["price"]) for row in rows} == {("price", "20002")}


def test_what_robots_txt_forbids_is_never_asked_for(crawled: Crawled) -> None:
    assert crawled.site.asked[0] == "/robots.txt"
    assert not [path for path in crawled.site.asked if path.startswith("/private/")]
    assert crawled.manifest.stats["forbidden_by_robots"] == 1


def test_links_to_other_hosts_are_counted_and_not_followed(crawled: Crawled) -> None:
    assert "/elsewhere" not in crawled.site.asked
    assert crawled.manifest.stats["offsite"] == 1


def test_pages_that_give_no_listing_are_rejects_with_their_reason(crawled: Crawled) -> None:
    reasons = {f"/car/{BROKEN}": "http_500", f"/car/{GONE}": "gone", f"/car/{UNREADABLE}": "unreadable"}
    assert crawled.reject_reasons() == reasons
    assert crawled.manifest.stats["rejects"] == {"gone": 1, "http_500": 1, "unreadable": 1}


def test_a_server_error_is_asked_for_twice_more(crawled: Crawled) -> None:
    assert crawled.site.asked.count(f"/car/{BROKEN}") == 3


def test_a_crawl_is_complete_when_every_listing_was_seen_on_some_page(crawled: Crawled) -> None:
    assert (crawled.manifest.finish_reason, crawled.manifest.is_complete) == ("finished", True)
    assert crawled.manifest.scope == [f"{crawled.site.url}/cars?page=1"]


def test_the_manifest_counts_what_was_landed(crawled: Crawled) -> None:
    assert crawled.manifest.rows == 12 + 7
    assert crawled.manifest.rejects == 3
    assert crawled.manifest.stats["statuses"]["500"] == 3
    assert crawled.manifest.stats["pages"] == {"detail": 7, "gone": 1, "results": 3, "unreadable": 1}


def test_the_site_learns_who_reads_it(crawled: Crawled) -> None:
    assert all(agent.startswith("Tasador/") for agent in crawled.site.user_agents)


@pytest.fixture
def three_pages(serve, result_page) -> Any:
    """Three result pages without details; a test breaks the second."""
    site = serve()
    cars = {page: {n: f"/car/{n}" for n in range(4 * page, 4 * page + 4)} for page in (1, 2, 3)}
    for page in (1, 2, 3):
        site.routes[f"/cars?page={page}"] = result_page(cars[page], f"/cars?page={page + 1}" if page < 3 else "")
    return site


def test_a_block_ends_the_crawl_and_it_is_not_complete(three_pages, make_site, landed, tmp_path) -> None:
    three_pages.routes["/cars?page=2"] = BLOCK
    manifest = crawl(make_site(f"{three_pages.url}/cars?page=1", concurrent_requests=1), str(tmp_path))
    rows = landed(tmp_path, manifest)
    assert (manifest.finish_reason, manifest.is_complete) == ("blocked", False)
    assert "/cars?page=3" not in three_pages.asked
    assert [row["reject_reason"] for row in rows if row.get("url", "").endswith("page=2")] == ["blocked"]
    assert len([row for row in rows if row.get("page") == "results"]) == 4


def test_too_many_requests_is_a_block_and_not_asked_again(three_pages, make_site, tmp_path) -> None:
    three_pages.routes["/cars?page=2"] = (429, "slow down")
    manifest = crawl(make_site(f"{three_pages.url}/cars?page=1"), str(tmp_path))
    assert manifest.finish_reason == "blocked"
    assert three_pages.asked.count("/cars?page=2") == 1


def test_a_result_page_that_never_comes_makes_the_crawl_incomplete(three_pages, make_site, tmp_path) -> None:
    three_pages.routes["/cars?page=2"] = (503, "later")
    manifest = crawl(make_site(f"{three_pages.url}/cars?page=1"), str(tmp_path))
    assert (manifest.finish_reason, manifest.is_complete) == ("finished", False)
    assert (manifest.stats["index_pages_asked"], manifest.stats["index_pages_read"]) == (2, 1)


def test_a_result_page_that_links_to_itself_is_read_once(three_pages, make_site, result_page, tmp_path) -> None:
    three_pages.routes["/cars?page=2"] = result_page({9: "/car/9"}, "/cars?page=2")
    manifest = crawl(make_site(f"{three_pages.url}/cars?page=1"), str(tmp_path))
    assert three_pages.asked.count("/cars?page=2") == 1
    assert manifest.is_complete


def test_a_crawl_at_its_page_limit_is_not_complete(three_pages, make_site, tmp_path) -> None:
    manifest = crawl(make_site(f"{three_pages.url}/cars?page=1", max_pages=2, concurrent_requests=1), str(tmp_path))
    assert (manifest.finish_reason, manifest.is_complete) == ("closespider_pagecount", False)


def test_a_site_that_does_not_answer_lands_a_reject(make_site, landed, tmp_path) -> None:
    manifest = crawl(make_site("http://127.0.0.1:9/cars"), str(tmp_path))
    assert [row["reject_reason"] for row in landed(tmp_path, manifest)] == ["download_failed"]
    assert not manifest.is_complete


def test_a_page_class_that_fails_loses_one_page_and_not_the_crawl(three_pages, make_site, tmp_path) -> None:
    """An image has no text: reading it raises inside the spider."""
    three_pages.routes["/car/4"] = b"\x89PNG\r\n\x1a\n" + bytes(200)
    manifest = crawl(make_site(f"{three_pages.url}/cars?page=1"), str(tmp_path))
    assert manifest.is_complete
    assert manifest.stats["rejects"].get("page_class_failed", 0) + manifest.stats["rejects"].get("unreadable", 0) == 1
