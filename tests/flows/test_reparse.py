"""`tasador reparse`: a new reading of a kept page takes the place of the old one, and adds no event of its own."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from crawler.archive import ArchiveWriter
from crawler.clock import ENVIRONMENT_VARIABLE
from crawler.errors import TasadorError
from crawler.home import Home, home
from crawler.landing import LandingWriter, read_lines, read_manifest
from crawler.pages.schema_org import SchemaOrgPage
from crawler.sites import Site, read_site
from flows.steps.refresh import refresh
from flows.steps.reparse import reparse
from warehouse.connection import connect
from warehouse.market import open_market
from warehouse.training import training_set

FIRST_DAY = datetime(2025, 3, 1, 6, tzinfo=UTC)
CONFIG = """
[markets.test]
currency = "USD"
[sites."cars.test"]
market = "test"
start_urls = ["https://cars.test/cars"]
archive = true
"""


def page_of(n: int, price: str) -> str:
    car = {
        "@context": "https://schema.org",
        "@type": "Car",
        "productID": str(n),
        "name": f"2019 Honda Civic {n}",
        "brand": "Honda",
        "model": "Civic",
        "vehicleModelDate": "2019",
        "mileageFromOdometer": {"value": "30000", "unitCode": "SMI"},
        "offers": {"@type": "Offer", "price": price, "priceCurrency": "USD"},
    }
    return f'<script type="application/ld+json">{json.dumps(car)}</script>'


class Shop:
    """Crawls of cars.test: each lands what a page class of its day read, and keeps the pages themselves."""

    def __init__(self, home: Home, site: Site, at: Callable[[float], None]) -> None:
        self.home, self.site, self.at = home, site, at

    def crawl(self, day: float, pages: dict[int, str], cards: dict[int, str] | None = None, **misread: Any) -> str:
        """Crawl pages (number to price); ``misread`` are fields that the page class of the day read wrongly."""
        self.at(day)
        writer = LandingWriter(self.home.landing, self.site)
        archive = ArchiveWriter(self.home.landing, self.site, writer.crawl_run_id)
        for n, price in (cards or {}).items():
            writer.write(self.read(n, price), page="results")
        for n, price in pages.items():
            self.at(day + 0.01)
            archive.write(self.url(n), page_of(n, price).encode(), "text/html; charset=utf-8")
            if misread.get("is_unreadable"):
                writer.reject("unreadable", url=self.url(n))
            else:
                writer.write(replace(self.read(n, price), **misread), page="detail")
        archive.flush()
        writer.finish(reason="finished", is_complete=True, scope=["all"])
        return writer.crawl_run_id

    def read(self, n: int, price: str) -> Any:
        return SchemaOrgPage(page_of(n, price), self.url(n)).listings()[0]

    @staticmethod
    def url(n: int) -> str:
        return f"https://cars.test/car/{n}"

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with open_market(self.home) as connection:
            return connection.execute(query).fetchall()

    def landed_again(self) -> list[dict[str, Any]]:
        parts = sorted(Path(self.home.landing).glob("cars.test/reparse-*/part-*"))
        return [row for part in parts for row in read_lines(str(part))]


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    config = tmp_path / "tasador.toml"
    config.write_text(CONFIG)
    monkeypatch.setenv("TASADOR_CONFIG", str(config))
    monkeypatch.delenv("TASADOR_LANDING", raising=False)

    def at(day: float) -> None:
        monkeypatch.setenv(ENVIRONMENT_VARIABLE, (FIRST_DAY + timedelta(days=day)).isoformat())

    return Shop(home(tmp_path / "data"), read_site("cars.test"), at)


def test_pages_that_read_as_before_land_nothing(shop: Shop) -> None:
    shop.crawl(0, {1: "20000", 2: "21000"})
    read = reparse(shop.home, "cars.test")
    assert (read.pages, read.unchanged, read.landed, read.unreadable) == (2, 2, 0, 0)
    assert shop.landed_again() == []


def test_what_reads_otherwise_lands_at_the_time_of_the_crawl_and_proves_nothing_gone(shop: Shop) -> None:
    crawl_run_id = shop.crawl(0, {1: "20000"}, price="2000")
    shop.at(9)
    assert reparse(shop.home, "cars.test").landed == 1
    (row,) = shop.landed_again()
    assert row["listing"]["price"] == "20000"
    assert row["scraped_at"] == (FIRST_DAY + timedelta(days=0.01)).isoformat()
    (folder,) = Path(shop.home.landing).glob("cars.test/reparse-*")
    manifest = read_manifest(str(folder))
    assert folder.name.startswith(f"reparse-{crawl_run_id}-")
    assert (manifest.is_complete, manifest.scope, manifest.rows) == (False, ["all"], 1)


def test_a_second_reparse_lands_nothing_and_a_second_refresh_changes_nothing(shop: Shop) -> None:
    shop.crawl(0, {1: "20000"}, price="2000")
    assert reparse(shop.home, "cars.test").landed == 1
    assert reparse(shop.home, "cars.test").landed == 0
    refresh(shop.home)
    before = shop.rows("from listings")
    assert refresh(shop.home).load.rows == 0
    assert shop.rows("from listings") == before


def test_a_corrected_price_is_no_price_change(shop: Shop) -> None:
    shop.crawl(0, {1: "20000"}, cards={1: "20500"}, price="2000")
    shop.crawl(1, {1: "19000"})
    refresh(shop.home)
    assert shop.rows("select old_price, new_price from price_changes") == [(2000, 19000)]
    shop.at(2)
    reparse(shop.home, "cars.test")
    refresh(shop.home)
    assert shop.rows("select old_price, new_price from price_changes") == [(20000, 19000)]
    assert shop.rows("select asking_price, lowest_asking_price, price_changes from listings") == [(19000, 19000, 1)]
    with connect(shop.home) as warehouse:
        assert warehouse.execute("select count(*) from superseded_readings").fetchone() == (1,)


def test_what_is_no_longer_read_is_no_longer_said(shop: Shop) -> None:
    shop.crawl(0, {1: "20000"}, seller_name="Sponsored: Somebody Else")
    refresh(shop.home)
    assert shop.rows("select seller_name from listings") == [("Sponsored: Somebody Else",)]
    reparse(shop.home, "cars.test")
    refresh(shop.home)
    assert shop.rows("select seller_name, asking_price from listings") == [(None, 20000)]


def test_the_latest_of_several_reparses_counts(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.crawl(0, {1: "20000"}, price="2000")
    with monkeypatch.context() as older:
        older.setattr(
            "crawler.reparse.page_class", lambda _: lambda text, url: SchemaOrgPage(text.replace("20000", "3"), url)
        )
        reparse(shop.home, "cars.test")
    shop.at(1)
    assert reparse(shop.home, "cars.test").landed == 1
    refresh(shop.home)
    assert shop.rows("select asking_price, lowest_asking_price from listings") == [(20000, 20000)]


def test_a_page_that_nobody_could_read_becomes_a_listing(shop: Shop) -> None:
    shop.crawl(0, {1: "20000"}, is_unreadable=True)
    assert reparse(shop.home, "cars.test").landed == 1
    refresh(shop.home)
    assert shop.rows("select listing_id, asking_price, status from listings") == [("cars.test:1", 20000, "live")]


def test_the_crawl_itself_stays_complete_and_reconciled(shop: Shop) -> None:
    shop.crawl(0, {1: "20000"}, price="2000")
    reparse(shop.home, "cars.test")
    refresh(shop.home)
    assert shop.rows("select is_complete, reparse_of is null from crawl_runs order by all") == [
        (False, False),
        (True, True),
    ]
    assert shop.rows("select landed_rows, listings from reconciliation") == [(1, 1), (1, 1)]


def test_a_listing_that_a_later_crawl_missed_is_gone_though_it_was_read_again(shop: Shop) -> None:
    shop.crawl(0, {1: "20000", 2: "21000"}, price="2000")
    for day in (1, 2, 3):
        shop.crawl(day, {2: "21000"})
    reparse(shop.home, "cars.test")
    refresh(shop.home)
    assert shop.rows("select listing_id, status from listings order by 1") == [
        ("cars.test:1", "gone"),
        ("cars.test:2", "live"),
    ]


def test_a_page_that_was_met_again_unchanged_is_read_again_for_each_time(shop: Shop) -> None:
    shop.crawl(0, {1: "20000"}, price="2000")
    shop.crawl(1, {1: "20000"}, price="2000")
    read = reparse(shop.home, "cars.test")
    assert (read.pages, read.landed) == (2, 2)
    refresh(shop.home)
    assert shop.rows("select lowest_asking_price from listings") == [(20000,)]


def test_since_leaves_out_older_pages(shop: Shop) -> None:
    shop.crawl(0, {1: "20000"}, price="2000")
    shop.crawl(2, {1: "19000"}, price="1900")
    assert reparse(shop.home, "cars.test", datetime(2025, 3, 2)).pages == 1


def test_a_training_set_of_the_past_knows_no_later_reading(shop: Shop) -> None:
    shop.crawl(0, {1: "20000"}, price="2000")
    refresh(shop.home)
    shop.at(5)
    reparse(shop.home, "cars.test")
    refresh(shop.home)
    with connect(shop.home) as connection:
        then = training_set(connection, "test", FIRST_DAY + timedelta(days=1))
        now = training_set(connection, "test")
    assert (then["asking_price"].to_list(), now["asking_price"].to_list()) == ([2000], [20000])


def test_a_site_without_kept_pages_says_how_to_keep_them(shop: Shop) -> None:
    with pytest.raises(TasadorError, match="archive = true"):
        reparse(shop.home, "cars.test")


def test_the_command_says_what_became_of_the_pages(shop: Shop, tasador: Callable[..., Any]) -> None:
    shop.crawl(0, {1: "20000", 2: "21000"}, price="2000")
    answer = tasador("reparse", "cars.test")
    assert answer.code == 0, answer.err
    assert answer.out.splitlines()[0] == "2 pages: 0 read as before, 2 landed anew, 0 unreadable"
