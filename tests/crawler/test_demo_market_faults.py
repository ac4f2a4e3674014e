"""The demo market's faults: what a client sees of each, that a seed repeats them, and that the market keeps account."""

import gzip
import http.client
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest

from bench.faults import BROKEN, measure
from crawler.demo_market import faults
from crawler.demo_market.faults import FAULTS, Faults, read_rates
from crawler.demo_market.market import Market
from crawler.demo_market.process import RunningDemoMarket, running_demo_market
from crawler.demo_market.server import DemoServer
from crawler.errors import TasadorError, UsageError
from crawler.pages.schema_org import SchemaOrgPage

SIZE = 60  # two result pages
Start = Callable[..., RunningDemoMarket]


class Seen(NamedTuple):
    """What a client got."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    def kind(self, url: str) -> str:
        return SchemaOrgPage(self.body.decode(errors="replace"), url, self.status).kind


@pytest.fixture(scope="module")
def start(serve_market: Callable[[DemoServer], RunningDemoMarket]) -> Start:
    """Start a demo market with these rates of faults."""

    def start_market(faults: Mapping[str, float] | None = None, **options: Any) -> RunningDemoMarket:
        return serve_market(DemoServer(Market(SIZE), faults=Faults(faults or {}), **options))

    return start_market


def _get(url: str, timeout: float = 5) -> Seen:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=timeout)
    try:
        connection.request("GET", url.partition(parts.netloc)[2])
        response = connection.getresponse()
        return Seen(response.status, response.headers, response.read())
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("kind", "status", "reads_as"),
    [
        ("500", 500, "unreadable"),
        ("429", 429, "blocked"),
        ("truncated", 200, "unreadable"),
        ("garbage", 200, "unreadable"),
        ("broken-json", 200, "unreadable"),
        ("challenge", 403, "blocked"),
        ("layout", 200, "unreadable"),
    ],
)
def test_a_fault_spoils_result_pages_and_details_and_nothing_else(
    start: Start, kind: str, status: int, reads_as: str
) -> None:
    market = start(faults={kind: 1})
    addresses = [market.start_url, f"{market.url}/cars/{Market(SIZE).on(0).ids[0]}"]
    pages = [_get(address) for address in addresses]
    assert [(page.status, page.kind(url)) for page, url in zip(pages, addresses, strict=True)] == [
        (status, reads_as)
    ] * 2
    assert [_get(f"{market.url}/{path}").status for path in ("robots.txt", "sitemap.xml", "cars/1")] == [200, 200, 404]
    served = market.served()
    assert (served["cards"], served["details"]) == ([], [])
    assert len(served["struck"][kind]) == 2


def test_after_too_many_requests_every_page_waits_a_second(start: Start) -> None:
    busy = Faults({"429": 1})
    assert busy.strike("/cars?page=1") == "429"
    busy.rates = {}
    assert [busy.strike("/cars?page=1"), busy.strike("/cars/2")] == ["429", "429"]
    assert busy.attempts == {"/cars?page=1": 1}
    assert _get(start(faults={"429": 1}).start_url).headers["Retry-After"] == "1"


def test_a_time_out_never_answers(start: Start) -> None:
    market = start(faults={"timeout": 1})
    with pytest.raises(TimeoutError):
        _get(market.start_url, timeout=0.3)
    assert market.served()["struck"] == {"timeout": ["/cars?page=1"]}


def test_a_cut_connection_promises_more_than_it_sends(start: Start) -> None:
    with pytest.raises(http.client.IncompleteRead):
        _get(start(faults={"cut": 1}).start_url)


def test_a_slow_page_comes_whole_and_counts_as_served(start: Start) -> None:
    market, begun = start(faults={"slow": 1}), time.monotonic()
    assert _get(market.start_url).kind(market.start_url) == "results"
    assert time.monotonic() - begun > 1.5
    assert len(market.served()["cards"]) == 50


def test_another_layout_still_shows_the_cars_to_people(start: Start) -> None:
    page = _get(start(faults={"layout": 1}).start_url).body.decode()
    assert page.count('data-tile="1"') == 50
    assert "ld+json" not in page
    assert 'rel="next"' not in page


def test_the_market_says_which_cars_it_served_and_which_never(start: Start) -> None:
    market, ids = start(), Market(SIZE).on(0).ids
    for path in ("cars?page=2", f"cars/{ids[0]}", f"cars/{ids[0]}", "cars/1"):
        _get(f"{market.url}/{path}")
    assert market.served() == {
        "cards": sorted(ids[50:]),
        "details": [ids[0]],
        "addresses": sorted(["/cars?page=2", f"/cars/{ids[0]}"]),
        "never_cards": ids[:50],
        "never_details": ids[1:],
        "struck": {},
    }


def test_faults_are_the_same_whatever_the_order_of_the_requests() -> None:
    targets = [f"/cars/{n}" for n in range(300)] * 2

    def struck(seed: int, targets: Iterable[str]) -> Counter[tuple[str, str | None]]:
        unlucky = Faults({"500": 0.1, "garbage": 0.1}, seed)
        return Counter((target, unlucky.strike(target)) for target in targets)

    forwards = struck(3, targets)
    assert forwards == struck(3, reversed(targets)) != struck(4, targets)
    assert 80 < sum(count for (_, kind), count in forwards.items() if kind) < 150


def test_a_second_attempt_has_luck_of_its_own() -> None:
    unlucky = Faults({"500": 0.5})
    assert {unlucky.strike("/cars/1") for _ in range(20)} == {"500", None}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("404=0.1",), "fault must be one of 500, timeout, .*, got '404'"),
        (("500=2",), "rate of fault 500 must be between 0 and 1, got 2.0"),
        (("500=nan",), "rate of fault 500 must be between 0 and 1, got nan"),
        (("500",), "fault must be written KIND=RATE, as 500=0.02, got '500'"),
    ],
)
def test_a_fault_that_there_is_not_is_refused(options: tuple[str, ...], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        Faults(read_rates(options))


def test_a_market_that_cannot_have_its_fault_says_so() -> None:
    with pytest.raises(TasadorError, match="fault must be one of"), running_demo_market(faults={"404": 1}):
        pass


def test_every_fault_is_documented() -> None:
    document = (Path(faults.__file__).parents[2] / "docs/demo-market.md").read_text()
    section = document.partition("## Faults")[2].partition("## ")[0]
    for text in (faults.__doc__ or "", section):
        assert re.findall(r"^\| `(.*?)` \|", text, re.MULTILINE) == list(FAULTS)


def test_a_script_shows_the_cars_and_the_page_without_it_does_not(start: Start) -> None:
    market = start(needs_javascript=True)
    page = _get(market.start_url)
    assert (page.status, page.kind(market.start_url)) == (200, "unreadable")
    assert b"ItemList" in page.body
    assert page.body.count(b"</script") == 1
    assert len(market.served()["cards"]) == 50


def test_the_sitemap_comes_gzipped_too(start: Start) -> None:
    market = start()
    plain, packed = (_get(f"{market.url}/sitemap.xml{suffix}") for suffix in ("", ".gz"))
    assert gzip.decompress(packed.body) == plain.body
    assert packed.headers["Content-Type"] == "application/gzip"
    assert {_get(f"{market.url}/{name}").status for name in ("sitemap-1.xml", "sitemap-9.xml.gz", "x.xml")} == {
        HTTPStatus.NOT_FOUND
    }


def test_what_a_failing_market_served_right_has_landed_once_and_what_it_broke_is_rejected() -> None:
    """The small twin of bench/faults.py, with more faults than there."""
    rates = {"500": 0.1, "timeout": 0.01, "429": 0.005, "truncated": 0.02, "garbage": 0.02, "broken-json": 0.02}
    lines = {line["what"]: line for line in measure(size=250, seed=56, rates=rates)}  # with this seed each strikes
    assert [line for line in lines.values() if not line["holds"]] == []
    assert {f"fault {kind}" for kind in rates} <= lines.keys()
    assert lines["cards"]["landed"] == 250
    assert lines["crawl"]["rejects"] == sum(lines[f"fault {kind}"]["rejected"] for kind in BROKEN)
    assert lines["details"]["never_served"] == lines["crawl"]["rejects"] - 1  # a result page, which was asked again
