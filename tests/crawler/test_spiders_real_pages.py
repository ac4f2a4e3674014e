"""Real saved pages, served on loopback: what a crawl of the real site would land from them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from crawler.landing import Manifest
from crawler.process import crawl
from crawler.sites import read_site

CONFIG = """
[markets.us]
currency = "USD"

[markets.germany]
currency = "EUR"
distance_unit = "km"

[sites."cars.com"]
market = "us"
page = "cars.com"
delay_seconds = 0
start_urls = ["http://127.0.0.1/replaced"]

[sites."autoscout24.de"]
market = "germany"
page = "autoscout24"
delay_seconds = 0
start_urls = ["http://127.0.0.1/replaced"]
"""


@dataclass
class Crawled:
    """What a crawl of one saved page landed, and what it asked the server for."""

    manifest: Manifest
    rows: list[dict[str, Any]]
    asked: list[str]

    @property
    def cars(self) -> list[dict[str, Any]]:
        return [row["listing"] for row in self.rows if "listing" in row]


@pytest.fixture(scope="module")
def crawl_page(serve, shared_pages: Path, landed, tmp_path_factory):
    """Serve one saved page at a path and crawl from there."""

    def run(site_name: str, file: str, path: str) -> Crawled:
        folder = tmp_path_factory.mktemp("crawl")
        config = folder / "tasador.toml"
        config.write_text(CONFIG)
        served = serve()
        served.routes[path] = (shared_pages / file).read_bytes()
        site = read_site(site_name, config)
        manifest = crawl(site, str(folder / "landing"), start_urls=[f"{served.url}{path}"])
        return Crawled(manifest, landed(folder / "landing", manifest), served.asked)

    return run


SEARCH = "/shopping/results/?page=1"


def test_the_cars_com_result_page_lands_its_fifty_cards_and_asks_no_other_host(crawl_page) -> None:
    crawled = crawl_page("cars.com", "cars_com_search_2025.html", SEARCH)
    assert len(crawled.cars) == len({car["source_id"] for car in crawled.cars}) == 50
    assert {(row["kind"], row["page"]) for row in crawled.rows if "listing" in row} == {("price", "results")}
    # Its listings are addressed as https://www.cars.com/vehicledetail/...: another host than the server's.
    assert crawled.asked == ["/robots.txt", SEARCH, SEARCH.replace("page=1", "page=2")]
    assert crawled.manifest.stats["offsite"] == 50


def test_a_next_page_that_is_not_there_makes_the_crawl_incomplete(crawl_page) -> None:
    crawled = crawl_page("cars.com", "cars_com_search_2025.html", SEARCH)
    assert [row["reject_reason"] for row in crawled.rows if "reject_reason" in row] == ["gone"]
    assert not crawled.manifest.is_complete


@pytest.mark.parametrize(
    ("site", "file", "path", "currency"),
    [
        ("cars.com", "cars_com_detail_2026_new_crv.html", "/vehicledetail/one/", "USD"),
        ("autoscout24.de", "autoscout24_de_detail.html", "/angebote/one", "EUR"),
    ],
)
def test_a_detail_page_lands_its_one_car(crawl_page, site: str, file: str, path: str, currency: str) -> None:
    crawled = crawl_page(site, file, path)
    assert [(row["kind"], row["page"], row["currency"]) for row in crawled.rows] == [("price", "detail", currency)]
    car = crawled.cars[0]
    assert all(car[name] for name in ("source_id", "make", "model", "model_year", "price"))
    assert crawled.asked == ["/robots.txt", path]
    assert crawled.manifest.is_complete


def test_the_autoscout24_result_page_lands_its_cards_and_leads_to_their_own_pages(crawl_page) -> None:
    crawled = crawl_page("autoscout24.de", "autoscout24_de_search.html", "/lst?page=1")
    assert len(crawled.cars) >= 15
    assert len({car["source_id"] for car in crawled.cars}) == len(crawled.cars)
    assert all(car["price"] and car["make"] for car in crawled.cars)
    assert {row["distance_unit"] for row in crawled.rows if "listing" in row} == {"km"}
    details = [path for path in crawled.asked if path.startswith("/angebote/")]  # its links name no host
    assert len(details) == len(set(details)) == len(crawled.cars)


def test_the_challenge_page_is_a_block_and_nothing_is_gone(crawl_page) -> None:
    crawled = crawl_page("cars.com", "blocked_cloudflare.html", SEARCH)
    assert (crawled.manifest.finish_reason, crawled.manifest.is_complete) == ("blocked", False)
    assert [row["reject_reason"] for row in crawled.rows] == ["blocked"]


def test_the_page_of_a_listing_that_is_gone_is_a_reject(crawl_page) -> None:
    crawled = crawl_page("cars.com", "cars_com_gone_2016.html", "/vehicledetail/one/")
    assert [row["reject_reason"] for row in crawled.rows] == ["gone"]
