"""The demo market as a web site: what each address answers, that a field stays text, that it starts and ends."""

import http.client
import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

import pytest

from crawler.demo_market.jsonld import ADDRESS_PROPERTIES, CAR_PROPERTIES, NESTED
from crawler.demo_market.market import Market
from crawler.demo_market.pages import detail_page
from crawler.demo_market.process import RunningDemoMarket, running_demo_market
from crawler.demo_market.server import DemoServer
from crawler.errors import TasadorError
from crawler.items import Listing

SIZE, SEED = 120, 7
HOSTILE = "</script><script>alert('&amp;')</script><b>\u2028"


@pytest.fixture
def server() -> DemoServer:
    server = DemoServer(Market(SIZE, SEED))
    server.base_url = "http://127.0.0.1:80"
    return server


@pytest.fixture(scope="module")
def running() -> Iterator[RunningDemoMarket]:
    with running_demo_market(size=SIZE, seed=SEED) as market:
        yield market


def _get(url: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection(url.split("/")[2], timeout=5)
    connection.request("GET", "/" + url.split("/", 3)[3])
    response = connection.getresponse()
    text = response.read().decode()
    connection.close()
    return response.status, text


def _structured(page: str) -> dict[str, object]:
    blocks = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert len(blocks) == 1
    data: dict[str, object] = json.loads(blocks[0])
    return data


def test_result_pages_lead_to_every_car_once(server: DemoServer) -> None:
    bodies = [server.answer("GET", f"/cars?page={number}").body for number in (1, 2, 3)]
    found = [name for body in bodies for name in re.findall(r'<h2><a href="/cars/(\d+)">', body)]
    assert found == server.today.ids
    assert [re.findall('<link rel="next" href="(.*?)">', body) for body in bodies] == [
        ["/cars?page=2"],
        ["/cars?page=3"],
        [],
    ]


def test_a_result_page_lists_its_cars_as_structured_data(server: DemoServer) -> None:
    data = _structured(server.answer("GET", "/cars").body)
    items = data["itemListElement"]
    assert isinstance(items, list)
    assert data["numberOfItems"] == SIZE
    assert [entry["item"]["identifier"] for entry in items] == server.today.ids[:50]
    assert items[0]["item"]["offers"]["price"] == server.today[server.today.ids[0]].price


@pytest.mark.parametrize(
    ("method", "target", "status"),
    [
        ("GET", "/", 200),
        ("GET", "/cars/?page=1", 200),
        ("HEAD", "/cars", 200),
        ("GET", "/cars?page=4", 404),
        ("GET", "/cars?page=0", 404),
        ("GET", "/cars?page=x", 404),
        ("GET", "/cars/1", 404),
        ("GET", "/cars/../etc/passwd", 404),
        ("GET", "/nothing", 404),
        ("GET", "/_day/1", 404),
        ("POST", "/_day/x", 405),
        ("POST", "/cars", 405),
    ],
)
def test_every_address_answers_with_its_status(server: DemoServer, method: str, target: str, status: int) -> None:
    assert server.answer(method, target).status == status


def test_an_empty_market_still_has_its_first_page() -> None:
    server = DemoServer(Market(SIZE))
    server.today = type(server.today)([], lambda _: Listing(), lambda _: False)
    assert server.answer("GET", "/cars").status == 200


def test_robots_and_sitemap_name_every_live_car(server: DemoServer) -> None:
    assert "Sitemap: http://127.0.0.1:80/sitemap.xml" in server.answer("GET", "/robots.txt").body
    addresses = re.findall("<loc>(.*?)</loc>", server.answer("GET", "/sitemap.xml").body)
    assert addresses == [f"http://127.0.0.1:80/cars/{source_id}" for source_id in server.today.ids]


def test_a_sold_car_is_gone_on_the_next_day(server: DemoServer) -> None:
    sold = sorted(set(Market(SIZE, SEED).on(0)) - set(Market(SIZE, SEED).on(2)))
    assert server.answer("GET", f"/cars/{sold[0]}").status == 200
    server.answer("POST", "/_day/2")
    assert [server.answer("GET", f"/cars/{source_id}").status for source_id in sold] == [410] * len(sold)


def test_markup_in_a_field_is_shown_as_text() -> None:
    words = {field.name: HOSTILE for field in fields(Listing) if field.name != "extra"}
    listing = Listing(**words, extra={HOSTILE: HOSTILE})
    page = detail_page(listing, "1", "http://127.0.0.1:80")
    assert page.count("<script") == page.count("</script>") == 1
    assert "<b>" not in page
    assert _structured(page)["color"] == HOSTILE


def test_every_field_of_a_listing_is_published_somewhere() -> None:
    words = {
        field.name: f"<{field.name}>" for field in fields(Listing) if field.name not in ("extra", "url", "source_id")
    }
    page = json.dumps(_structured(detail_page(Listing(**words, extra={"Deal": "<deal>"}), "1", "http://h")))
    assert not [word for word in (*words.values(), "<deal>") if f'"{word}"' not in page]
    assert len({*CAR_PROPERTIES.values(), *ADDRESS_PROPERTIES.values(), *NESTED}) == 26


def test_the_running_market_serves_what_the_market_says(running: RunningDemoMarket) -> None:
    running.set_day(0)
    status, page = _get(running.start_url)
    assert status == 200
    assert re.findall(r'<h2><a href="/cars/(\d+)">', page) == Market(SIZE, SEED).on(0).ids[:50]


def test_the_running_market_moves_to_another_day(running: RunningDemoMarket) -> None:
    ids = Market(SIZE, SEED).on(5).ids
    running.set_day(5)
    assert [source_id for source_id in ids if f"/cars/{source_id}<" in _get(f"{running.url}/sitemap.xml")[1]] == ids
    running.set_day(0)


def test_a_connection_is_kept_and_every_length_is_right(running: RunningDemoMarket) -> None:
    connection = http.client.HTTPConnection(running.url.removeprefix("http://"), timeout=5)
    for method, path in (("GET", "/cars"), ("HEAD", "/cars"), ("GET", "/nothing"), ("GET", "/robots.txt")):
        connection.request(method, path)
        response = connection.getresponse()
        text = response.read()
        assert bool(text) == (method == "GET")
        assert not response.will_close
    connection.close()


def test_nonsense_closes_the_connection_and_hurts_nobody(running: RunningDemoMarket) -> None:
    host, port = running.url.removeprefix("http://").split(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=5)
    connection.connect()
    connection.sock.sendall(b"what?\r\n\r\n")
    assert connection.sock.recv(100) == b""
    connection.close()
    assert _get(f"{running.url}/robots.txt")[0] == 200


def _refuses(url: str) -> bool:
    try:
        build_opener(ProxyHandler({})).open(url, timeout=5).close()
    except URLError as error:
        return isinstance(error.reason, ConnectionRefusedError)
    return False


def test_the_market_ends_with_its_block() -> None:
    with running_demo_market(size=1) as market:
        assert not _refuses(f"{market.url}/cars")
    assert _refuses(f"{market.url}/cars")


def test_the_market_ends_when_the_process_that_started_it_is_killed() -> None:
    code = (
        "from crawler.demo_market.process import running_demo_market\n"
        "with running_demo_market(size=1) as market:\n    print(market.url, flush=True)\n    input()"
    )
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", code], **pipes, text=True) as parent:  # type: ignore[call-overload]
        url = parent.stdout.readline().strip()
        connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=5)
        connection.request("GET", "/robots.txt")
        assert connection.getresponse().read()
        parent.kill()
    assert connection.sock.recv(1) == b""  # the kept connection ends when the market does
    connection.close()
    assert _refuses(f"{url}/cars")


def test_a_market_that_cannot_start_says_why(tmp_path: Path) -> None:
    with (
        pytest.raises(TasadorError, match=r"the demo market did not start: .*nothing\.csv cannot be read"),
        running_demo_market(listings=tmp_path / "nothing.csv"),
    ):
        pass


def test_a_market_stopped_by_hand_ends_quietly_though_a_connection_is_open() -> None:
    command = [sys.executable, "-m", "crawler.demo_market", "--size=1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        url = json.loads(process.stdout.readline())["url"] if process.stdout else ""
        connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=5)
        connection.request("GET", "/cars")
        assert connection.getresponse().read()
        process.send_signal(signal.SIGINT)
        assert process.communicate() == ("", "")
        assert process.returncode == 0
    connection.close()


def test_a_taken_port_is_one_line(running: RunningDemoMarket) -> None:
    port = running.url.rsplit(":", 1)[1]
    command = [sys.executable, "-m", "crawler.demo_market", "--size=1", f"--port={port}"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 2
    assert re.fullmatch(rf"port must be a free one on 127\.0\.0\.1, got {port} \(.*\)\n", result.stderr)
