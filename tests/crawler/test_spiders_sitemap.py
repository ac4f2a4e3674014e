"""The sitemap spider: an index, gzip, pages that do not come."""

import gzip

import pytest

from crawler.process import crawl

INDEX = """<?xml version="1.0"?><sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<sitemap><loc>{url}/cars-1.xml</loc></sitemap><sitemap><loc>{url}/cars-2.xml.gz</loc></sitemap></sitemapindex>"""


def sitemap(urls: list[str]) -> str:
    entries = "".join(f"<url><loc>{url}</loc><lastmod>2026-01-02</lastmod></url>" for url in urls)
    return f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>'


@pytest.fixture
def cars(serve, car_page):
    """Six cars in two sitemaps, the second one compressed."""
    site = serve()
    urls = [f"{site.url}/car/{n}" for n in range(6)]
    site.routes |= {f"/car/{n}": car_page(n) for n in range(6)}
    site.routes |= {
        "/sitemap.xml": INDEX.format(url=site.url),
        "/cars-1.xml": sitemap(urls[:3]),
        "/cars-2.xml.gz": gzip.compress(sitemap(urls[3:]).encode()),
    }
    return site


@pytest.fixture
def crawl_rows(cars, make_site, landed, tmp_path):
    def crawl_now(start: str = "/sitemap.xml"):
        manifest = crawl(make_site(f"{cars.url}{start}", spider="sitemap"), str(tmp_path))
        return manifest, landed(tmp_path, manifest)

    return crawl_now


def test_every_page_of_a_sitemap_index_is_landed_as_a_price_observation(cars, crawl_rows) -> None:
    manifest, rows = crawl_rows()
    assert manifest.is_complete
    assert sorted(row["listing_id"] for row in rows) == [f"cars.test:{cars.url}/car/{n}" for n in range(6)]
    assert {(row["kind"], row["page"]) for row in rows} == {("price", "detail")}


def test_robots_txt_may_name_the_sitemaps(cars, crawl_rows) -> None:
    cars.routes["/robots.txt"] = f"User-agent: *\nDisallow:\nSitemap: {cars.url}/cars-1.xml\n"
    manifest, _ = crawl_rows("/robots.txt")
    assert (manifest.rows, manifest.is_complete) == (3, True)


def test_a_page_that_does_not_come_leaves_its_presence_and_an_incomplete_crawl(cars, crawl_rows) -> None:
    cars.routes["/car/4"] = (500, "down")
    manifest, rows = crawl_rows()
    assert [row["listing"] for row in rows if row.get("kind") == "presence"] == [{"url": f"{cars.url}/car/4"}]
    assert [row["reject_reason"] for row in rows if "reject_reason" in row] == ["http_500"]
    assert (manifest.is_complete, manifest.stats["listings_lost"]) == (False, 1)


def test_a_listing_that_is_gone_is_not_present_whatever_the_sitemap_says(cars, crawl_rows) -> None:
    cars.routes["/car/4"] = (410, "gone")
    manifest, rows = crawl_rows()
    assert [row for row in rows if row.get("kind") == "presence"] == []
    assert manifest.is_complete


@pytest.mark.parametrize(("broken", "rejects"), [("<html>Sorry</html>", 3), ("", 3), ((500, "down"), 1)])
def test_a_sitemap_that_cannot_be_read_makes_the_crawl_incomplete(cars, crawl_rows, broken, rejects) -> None:
    """Each unreadable answer is a reject, a server error only the last."""
    cars.routes["/cars-1.xml"] = broken
    manifest, _ = crawl_rows()
    assert (manifest.rows, manifest.rejects, manifest.is_complete) == (3, rejects, False)
