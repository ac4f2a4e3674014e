"""Nothing is missed, little is fetched: crawls of a small site on several days, and what each of them asks for."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crawler.landing import Manifest
from crawler.process import crawl

DAY = datetime(2026, 3, 4, 5, tzinfo=UTC)


@pytest.fixture
def lot(serve, car_page, result_page):
    """Two result pages of five cars each, and their details."""
    site = serve()
    site.routes |= {f"/car/{n}": car_page(n) for n in range(10)}
    site.routes["/cars?page=1"] = result_page({n: f"/car/{n}" for n in range(5)}, "/cars?page=2")
    site.routes["/cars?page=2"] = result_page({n: f"/car/{n}" for n in range(5, 10)})
    return site


@pytest.fixture
def crawl_on(lot, make_site, landed, tmp_path) -> Callable[..., tuple[Manifest, list[dict[str, Any]], list[str]]]:
    """Crawl on day ``n``; return the manifest, the rows, and the details that were asked for."""

    def crawl_now(day: int, start: str = "/cars?page=1", **settings: Any):
        lot.asked.clear()
        site = make_site(f"{lot.url}{start}", **settings)
        manifest = crawl(site, str(tmp_path), now=DAY + timedelta(days=day))
        return manifest, landed(tmp_path, manifest), sorted(path for path in lot.asked if path.startswith("/car/"))

    return crawl_now


def test_a_second_crawl_observes_every_price_and_asks_for_no_detail(crawl_on) -> None:
    first, _, asked = crawl_on(0)
    assert (first.rows, len(asked), first.stats["details_saved"]) == (20, 10, 0)
    second, rows, asked = crawl_on(1)
    assert (asked, second.is_complete, second.stats["details_saved"]) == ([], True, 10)
    assert sorted(row["listing"]["price"] for row in rows) == [f"{20_000 + n}" for n in range(10)]


def test_a_new_listing_and_a_changed_price_are_asked_for(crawl_on, lot, car_page, result_page) -> None:
    crawl_on(0)
    cards = result_page({n: f"/car/{n}" for n in (5, 6, 10)})
    lot.routes |= {"/cars?page=2": cards.replace('"20006"', '"18999"'), "/car/10": car_page(10)}
    manifest, _, asked = crawl_on(1)
    assert asked == ["/car/10", "/car/6"]
    assert manifest.stats["details_saved"] == 6


def test_a_detail_that_did_not_come_is_asked_for_by_the_next_crawl(crawl_on, lot, car_page) -> None:
    lot.routes["/car/3"] = (404, "later")
    crawl_on(0)
    lot.routes["/car/3"] = car_page(3)
    assert crawl_on(1)[2] == ["/car/3"]
    assert crawl_on(2)[2] == []


def test_a_detail_is_asked_for_again_when_it_is_too_old(crawl_on) -> None:
    crawl_on(0)
    assert len(crawl_on(8, detail_max_age_days=7)[2]) == 10
    assert crawl_on(14, detail_max_age_days=7)[2] == []


def test_a_listing_that_moves_to_another_page_while_they_are_read_is_landed_once(crawl_on, lot, result_page) -> None:
    lot.routes["/cars?page=2"] = result_page({n: f"/car/{n}" for n in range(4, 10)})
    manifest, rows, asked = crawl_on(0)
    assert (len([row for row in rows if row["page"] == "results"]), len(asked)) == (10, 10)
    assert manifest.stats["repeated"] == 1


def test_a_card_whose_price_changes_while_pages_are_read_is_observed_twice(crawl_on, lot, result_page) -> None:
    cards = result_page({n: f"/car/{n}" for n in range(4, 10)})
    lot.routes["/cars?page=2"] = cards.replace('"20004"', '"18999"')
    _, rows, _ = crawl_on(0)
    prices = [row["listing"]["price"] for row in rows if row["page"] == "results" and row["listing_id"].endswith("/4")]
    assert prices == ["20004", "18999"]


def test_a_listing_that_slips_to_a_page_already_read_is_found_by_a_second_reading(crawl_on, lot) -> None:
    """Car 0 is sold after page 1 was read: car 5 moves to page 1, and page 2 begins with car 6."""

    def page(numbers: range, next_url: str = "") -> str:
        cars = [{"id": n, "make": "Invented", "price": 20_000 + n} for n in numbers]
        return json.dumps({"cars": cars, "total": 10, "next": next_url})

    first_pages = iter([page(range(5), "/api?page=2"), page(range(1, 6), "/api?page=2")])
    lot.routes |= {"/api": lambda: next(first_pages), "/api?page=2": page(range(6, 10))}
    feed = {"cars": "cars", "total": "total", "next": "next"}
    manifest, rows, _ = crawl_on(0, "/api", spider="inventory", feed=feed)
    assert sorted(row["listing_id"] for row in rows) == [f"cars.test:{n}" for n in range(10)]
    assert (manifest.stats["second_readings"], manifest.stats["listings_missing"]) == (1, 0)
    assert manifest.is_complete


def sitemap_of(url: str, lastmods: dict[int, str]) -> str:
    entries = "".join(f"<url><loc>{url}/car/{n}</loc><lastmod>{day}</lastmod></url>" for n, day in lastmods.items())
    return f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>'


def test_a_sitemap_asks_by_lastmod_and_lands_the_presence_of_the_others(crawl_on, lot) -> None:
    lot.routes["/sitemap.xml"] = sitemap_of(lot.url, dict.fromkeys(range(4), "2026-03-01"))
    crawl_on(0, "/sitemap.xml", spider="sitemap")
    lot.routes["/sitemap.xml"] = sitemap_of(
        lot.url, {0: "2026-03-01", 1: "2026-03-05", 2: "2026-03-01", 4: "2020-01-01"}
    )
    manifest, rows, asked = crawl_on(2, "/sitemap.xml", spider="sitemap")
    assert asked == ["/car/1", "/car/4"]
    assert (manifest.stats["details_saved"], manifest.is_complete) == (2, True)
    assert sorted((row["kind"], row["page"], row["listing_id"][-1]) for row in rows) == [
        ("presence", "sitemap", "0"),
        ("presence", "sitemap", "2"),
        ("price", "detail", "1"),
        ("price", "detail", "4"),
    ]


def test_presence_is_of_the_listing_that_was_read_at_the_address(crawl_on, lot, car_page) -> None:
    """The page gives the site's own id, which no sitemap says."""
    page = car_page(0, f"{lot.url}/car/0")
    data = json.loads(page.partition('">')[2].partition("</script>")[0])
    lot.routes["/car/0"] = page.replace(json.dumps(data), json.dumps(data | {"identifier": "ad-77"}))
    lot.routes["/sitemap.xml"] = sitemap_of(lot.url, {0: "2026-03-01"})
    for day, kind in ((0, "price"), (1, "presence")):
        _, rows, _ = crawl_on(day, "/sitemap.xml", spider="sitemap")
        assert [(row["kind"], row["listing_id"]) for row in rows] == [(kind, "cars.test:ad-77")]
