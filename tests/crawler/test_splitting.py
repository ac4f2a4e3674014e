"""Queries that a site cuts off are split until each part is shown whole, or said not to be."""

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest

from crawler.process import crawl
from crawler.queries import Queries, is_split

CAP, PER_PAGE = 40, 20
MAKES = ("honda", "ford", "tesla")
PRICES = {"from": "price_min", "to": "price_max", "between": [0, 30_000]}
MAKE = {"parameter": "make[]", "values": list(MAKES)}
START = "https://lot.test/cars?zip=1&page=1"


def totals(cars: list[tuple[str, int]]) -> Callable[[str], int]:
    """Return how many of the cars (make, price) a query asks for."""

    def total(url: str) -> int:
        return len(matching(cars, url))

    return total


def matching(cars: list[tuple[str, int]], url: str) -> list[int]:
    asked = parse_qs(urlsplit(url).query)
    low, high = int(asked.get("price_min", ["0"])[0]), int(asked.get("price_max", ["999999"])[0])
    makes = asked.get("make[]", MAKES)
    return [n for n, (make, price) in enumerate(cars) if make in makes and low <= price <= high]


def leaves(queries: Queries, total: Callable[[str], int]) -> list[str]:
    """Ask as a spider does, and return the addresses that were read to their end."""
    waiting, whole = list(queries.start_urls), []
    while waiting:
        url = waiting.pop()
        parts = queries.parts_of(url, total(url))
        waiting += parts
        if not parts:
            whole.append(url)
    return whole


@pytest.fixture
def cars() -> list[tuple[str, int]]:
    """Three hundred cars: two thirds are Hondas, Fords are dear, one Tesla costs more than any band."""
    return [("honda", 100 * n) for n in range(200)] + [("ford", 20_000 + n) for n in range(99)] + [("tesla", 90_000)]


@pytest.mark.parametrize("split", [[MAKE, PRICES], [PRICES], [PRICES, MAKE]])
def test_every_part_is_under_the_cap_and_together_they_have_every_car(cars, split) -> None:
    queries = Queries([START], CAP, split)
    whole = leaves(queries, totals(cars))
    assert all(len(matching(cars, url)) < CAP for url in whole)
    assert {n for url in whole for n in matching(cars, url)} == set(range(300))
    assert queries.not_covered() == []
    assert all("zip=1" in url for url in whole)


def test_a_query_under_the_cap_stays_whole(cars) -> None:
    assert leaves(Queries([START], 301, [MAKE]), totals(cars)) == [START]


def test_pages_after_the_first_are_never_split() -> None:
    assert Queries([START], 10, [MAKE]).parts_of("https://lot.test/cars?zip=1&page=2", 100) == []


def test_what_cannot_be_split_below_the_cap_is_said_not_to_be_covered(cars) -> None:
    queries = Queries([START], CAP, [MAKE])
    leaves(queries, totals(cars))
    assert sorted(line.partition(" has ")[2] for line in queries.not_covered()) == [
        "200 listings and shows at most 40",
        "99 listings and shows at most 40",
    ]


def test_cars_at_one_price_cannot_be_split_by_it(cars) -> None:
    queries = Queries([START], CAP, [PRICES])
    leaves(queries, totals([("honda", 5_000)] * 50))
    assert queries.not_covered()


def test_values_that_leave_cars_out_are_noticed(cars) -> None:
    queries = Queries([START], CAP, [{"parameter": "make[]", "values": ["ford", "tesla"]}, PRICES])
    leaves(queries, totals(cars))
    assert queries.not_covered() == [f"{START} has 300 listings, its parts have 100"]


def test_a_page_without_a_total_proves_nothing() -> None:
    queries = Queries([START], CAP, [MAKE])
    assert queries.parts_of(START, None) == []
    assert queries.not_covered() == [f"{START} does not say how many listings there are"]


def test_a_parameter_of_the_start_url_is_replaced() -> None:
    queries = Queries(["https://lot.test/?make%5B%5D=any&page=1"], 1, [MAKE])
    assert queries.parts_of("https://lot.test/?make%5B%5D=any&page=1", 9)[0] == "https://lot.test/?page=1&make[]=honda"


@pytest.mark.parametrize(
    "split",
    [
        "make",
        [{"parameter": "make"}],
        [{"parameter": "make", "values": []}],
        [{"parameter": "make", "values": [1.5]}],
        [{"from": "a", "to": "b", "between": [5, 5]}],
        [{"from": "a", "between": [0, 5]}],
        [{**PRICES, "step": 5}],
    ],
)
def test_other_shapes_are_no_split(split) -> None:
    assert not is_split(split)
    assert is_split([MAKE, PRICES])


@pytest.fixture
def capped(serve, car_page, result_page, cars):
    """A site that filters by make and price, and shows no more than CAP cars of a query."""
    site = serve()
    site.routes = Filtered(site.url, cars, car_page, result_page)
    return site


class Filtered(dict):
    """The routes of such a site, made as they are asked for."""

    def __init__(self, url, cars, car_page, result_page) -> None:
        self.url, self.cars, self.car_page, self.result_page = url, cars, car_page, result_page

    def get(self, path, default):
        address = urlsplit(path)
        if address.path.startswith("/car/"):
            return self.car_page(int(address.path[5:]))
        if address.path != "/cars":
            return default
        number = int(parse_qs(address.query).get("page", ["1"])[0])
        found = matching(self.cars, path)
        shown = found[:CAP][(number - 1) * PER_PAGE : number * PER_PAGE]
        more = path.replace(f"page={number}", f"page={number + 1}") if number * PER_PAGE < min(CAP, len(found)) else ""
        page = self.result_page({n: f"/car/{n}" for n in shown}, more)
        return page.replace('"itemListElement"', f'"numberOfItems": {len(found)}, "itemListElement"')


def test_a_crawl_of_a_capped_site_sees_every_car(capped, make_site, landed, tmp_path) -> None:
    site = make_site(f"{capped.url}/cars?page=1", result_cap=CAP, split=[MAKE, PRICES])
    manifest = crawl(site, str(tmp_path))
    seen = {row["listing_id"] for row in landed(tmp_path, manifest) if row.get("page") == "results"}
    assert (len(seen), manifest.is_complete, manifest.stats["not_covered"]) == (300, True, [])


def test_a_crawl_that_cannot_split_far_enough_is_not_complete_and_says_so(capped, make_site, landed, tmp_path) -> None:
    manifest = crawl(make_site(f"{capped.url}/cars?page=1", result_cap=CAP), str(tmp_path))
    rows = [row for row in landed(tmp_path, manifest) if row.get("page") == "results"]
    assert (len(rows), manifest.is_complete) == (CAP, False)
    assert "a query that the site cuts off is not covered" in manifest.health_reason
    assert manifest.stats["not_covered"] == [f"{capped.url}/cars?page=1 has 300 listings and shows at most 40"]
