"""A JSON inventory feed, a file of addresses, and a sitemap that lists more than listings."""

import json
from pathlib import Path

import pytest

from crawler.errors import UsageError
from crawler.feeds import is_feed
from crawler.pages.inventory import InventoryPage
from crawler.process import crawl
from crawler.url_files import read_urls

URL = "https://lot.test/api/cars"


def vehicle(n: int) -> dict[str, object]:
    """A car as a feed says it, by the names that feeds have."""
    return {
        "id": n,
        "link": f"/car/{n}",
        "brand": {"name": "Invented"},
        "model": "Roadster",
        "year": 2019,
        "pricing": {"sale": 20_000 + n, "rate": 199},
        "odometer": {"value": 10_000 + n, "unitText": "mi"},
        "views": 17,
        "phone": "555-0100",
    }


def feed_text(cars: list[int], **more: object) -> str:
    return json.dumps({"data": {"vehicles": [vehicle(n) for n in cars]}, **more})


FEED = {"cars": "data.vehicles", "fields": {"price": "pricing.sale"}}


def page(text: str, *, is_first: bool = True, **feed: object) -> InventoryPage:
    return InventoryPage(text, URL, 200, FEED | feed, is_first=is_first)


def test_fields_are_known_by_their_names_in_tables_and_by_the_settings() -> None:
    (listing,) = page(feed_text([7])).listings()
    assert listing.payload() == {
        "source_id": "7",
        "url": "https://lot.test/car/7",
        "make": "Invented",
        "model": "Roadster",
        "model_year": "2019",
        "price": "20007",
        "mileage": "10007 mi",
    }


@pytest.mark.parametrize("text", ["", "<html>Sorry</html>", "{}", "[]", '{"data": {"vehicles": "none"}}', "null"])
def test_what_is_no_feed_is_unreadable_and_not_an_empty_market(text: str) -> None:
    assert page(text).kind == "unreadable"
    assert "without a JSON list of cars at data.vehicles" in (page(text).problem() or "")


def test_an_empty_list_is_an_empty_market_only_where_the_feed_counts_it() -> None:
    assert page(feed_text([])).kind == "unreadable"
    assert page(feed_text([], total=0), total="total").kind == "results"
    assert page(feed_text([]), is_first=False).kind == "results"


def test_a_challenge_in_place_of_a_feed_is_a_block() -> None:
    assert page("<title>Just a moment...</title>").kind == "blocked"


@pytest.mark.parametrize(
    "feed",
    [
        {"cars": 1},
        {"vehicles": "data"},
        {"next_url": "https://lot.test/?p={number}"},
        {"next_url": "https://lot.test/?p={"},
        {"fields": {"colour": "c"}},
        {"fields": ["price"]},
        {"details": "yes"},
        "data.vehicles",
    ],
)
def test_other_shapes_are_no_feed(feed: object) -> None:
    assert not is_feed(feed)
    assert is_feed({**FEED, "next_url": "https://lot.test/?p={page}&start={offset}&after={next}", "details": True})


@pytest.mark.parametrize(
    ("feed", "addresses", "more"),
    [
        ({"next": "next"}, ["/api?c=a", "/api?c=b"], [{"next": "/api?c=a"}, {"next": "?c=b"}, {"next": None}]),
        (
            {"next": "cursor", "next_url": "{url}/api?c={next}"},
            ["/api?c=a%3D", "/api?c=b"],
            [{"cursor": "a="}, {"cursor": "b"}, {}],
        ),
        ({"next_url": "{url}/api?p={page}", "total": "n"}, ["/api?p=2", "/api?p=3"], [{"n": 9}, {"n": 9}, {"n": 9}]),
        ({"next_url": "{url}/api?s={offset}"}, ["/api?s=3", "/api?s=6", "/api?s=9"], [{}, {}, {}, {}]),
    ],
    ids=["address", "token", "page", "offset"],
)
def test_a_feed_is_read_to_its_end(serve, make_site, landed, tmp_path, feed, addresses, more) -> None:
    site = serve()
    for number, (address, extra) in enumerate(zip(["/api", *addresses], more, strict=True)):
        site.routes[address] = feed_text([n for n in range(number * 3, number * 3 + 3) if n < 9], **extra)
    feed = FEED | {name: value.replace("{url}", site.url) for name, value in feed.items()}
    manifest = crawl(make_site(f"{site.url}/api", spider="inventory", feed=feed), str(tmp_path))
    rows = landed(tmp_path, manifest)
    assert [row["listing_id"] for row in rows] == [f"cars.test:{n}" for n in range(9)]
    assert {(row["kind"], row["page"]) for row in rows} == {("price", "results")}
    assert manifest.is_complete
    assert not [path for path in site.asked if path.startswith("/car/")]


def test_a_feeds_details_are_read_where_the_settings_want_them(serve, make_site, car_page, landed, tmp_path) -> None:
    site = serve()
    site.routes |= {"/api": feed_text([1, 2]), "/car/1": car_page(1), "/car/2": car_page(2)}
    settings = {"spider": "inventory", "feed": FEED | {"details": True}}
    manifest = crawl(make_site(f"{site.url}/api", **settings), str(tmp_path))
    assert sorted(row["page"] for row in landed(tmp_path, manifest)) == ["detail", "detail", "results", "results"]


@pytest.fixture
def listed(serve, car_page, tmp_path: Path):
    """Four cars that a file names, one of which is broken and one gone."""
    site = serve()
    site.routes |= {f"/car/{n}": car_page(n) for n in range(4)}
    site.routes |= {"/car/2": (500, "down"), "/car/3": (410, "gone")}
    file = tmp_path / "cars.csv"
    file.write_text("name,address\n" + "".join(f'"car {n}, used",{site.url}/car/{n}\n' for n in range(4)))
    return site, file


def test_every_address_of_a_file_is_read(listed, make_site, landed, tmp_path) -> None:
    _, file = listed
    manifest = crawl(make_site(spider="url_file", url_file=str(file)), str(tmp_path / "landing"))
    rows = landed(tmp_path / "landing", manifest)
    seen = {row["listing"]["url"].rpartition("/")[2]: row["kind"] for row in rows if "listing" in row}
    assert seen == {"0": "price", "1": "price", "2": "presence"}
    assert {row["page"] for row in rows if row.get("kind") == "presence"} == {"file"}
    assert {row["reject_reason"] for row in rows if "reject_reason" in row} == {"http_500", "gone"}
    assert (manifest.scope, manifest.is_complete) == ([str(file)], False)


def test_a_file_whose_pages_all_came_or_are_gone_is_complete(listed, make_site, tmp_path) -> None:
    site, file = listed
    site.routes["/car/2"] = (404, "gone")
    assert crawl(make_site(spider="url_file", url_file=str(file)), str(tmp_path / "landing")).is_complete


def test_a_text_file_has_an_address_a_line(tmp_path) -> None:
    file = tmp_path / "cars.txt"
    file.write_text("\ufeff# my list\nhttps://lot.test/a,b\n\n  https://lot.test/c \nhttps://lot.test/a,b\n")
    assert read_urls(file) == ["https://lot.test/a,b", "https://lot.test/c"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "cannot be read: No such file"),
        (b"one\ntwo\n", "url_file must name"),
        (b"\xff\xfe", "cannot be read"),
    ],
)
def test_a_file_without_addresses_is_one_line(tmp_path, content, message) -> None:
    file = tmp_path / "cars.txt"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(UsageError, match=message) as error:
        read_urls(file)
    assert "\n" not in str(error.value)


def test_addresses_that_are_no_listings_are_counted_and_not_asked(serve, make_site, car_page, tmp_path) -> None:
    site = serve()
    urls = "".join(f"<url><loc>{site.url}{path}</loc></url>" for path in ("/car/1", "/about", "/car/2", "/"))
    namespace = "http://www.sitemaps.org/schemas/sitemap/0.9"
    site.routes |= {f"/car/{n}": car_page(n) for n in (1, 2)}
    site.routes["/sitemap.xml"] = f'<?xml version="1.0"?><urlset xmlns="{namespace}">{urls}</urlset>'
    manifest = crawl(make_site(f"{site.url}/sitemap.xml", spider="sitemap", detail_urls="/car/[0-9]+$"), str(tmp_path))
    assert (manifest.rows, manifest.rejects, manifest.is_complete) == (2, 0, True)
    assert manifest.stats["other_urls"] == 2
    assert "/about" not in site.asked


def test_a_limit_of_index_pages_makes_a_crawl_incomplete(serve, make_site, car_page, result_page, tmp_path) -> None:
    site = serve()
    site.routes |= {f"/car/{n}": car_page(n) for n in range(3)}
    site.routes |= {f"/cars?page={n}": result_page({n: f"/car/{n}"}, f"/cars?page={n + 1}") for n in range(3)}
    manifest = crawl(make_site(f"{site.url}/cars?page=0", max_index_pages=2), str(tmp_path))
    assert (manifest.rows, manifest.is_complete) == (4, False)
