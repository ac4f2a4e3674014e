"""A small web site on loopback for the crawl tests, with invented cars, and the ways to make its pages."""

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from crawler.demo_market.process import RunningDemoMarket
from crawler.demo_market.server import DemoServer
from crawler.landing import Manifest, read_lines
from crawler.sites import Market, Site

# What a path answers: its body, or a status and a body, and perhaps headers, or a function that makes any of these.
# A body in pieces is sent as they come, and the connection closed after them.
Body = str | bytes | Iterator[bytes]
Answer = Body | tuple[int, Body] | tuple[int, Body, dict[str, str]]
Route = Answer | Callable[[], Answer]


@dataclass
class WebSite:
    """A site that is served: what it answers, and what it was asked."""

    url: str
    routes: dict[str, Route]
    asked: list[str] = field(default_factory=list)
    user_agents: set[str] = field(default_factory=set)


@pytest.fixture(scope="module")
def serve() -> Iterator[Callable[[], WebSite]]:
    """Start an empty web site; the test fills its routes."""
    servers: list[ThreadingHTTPServer] = []

    def start() -> WebSite:
        server = Server(("127.0.0.1", 0), Handler)
        server.site = WebSite(f"http://127.0.0.1:{server.server_port}", {})
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        servers.append(server)
        return server.site

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


class Server(ThreadingHTTPServer):
    """A server that expects its clients to be killed."""

    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        pass


class Handler(BaseHTTPRequestHandler):
    """Answers from the routes of its server's site."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        site: WebSite = self.server.site
        site.asked.append(self.path)
        site.user_agents.add(self.headers["User-Agent"])
        route = site.routes.get(self.path, (404, "<title>Not found</title>"))
        answer = route() if callable(route) else route
        status, body, headers = (*answer, {})[:3] if isinstance(answer, tuple) else (200, answer, {})
        content = body.encode() if isinstance(body, str) else body
        is_whole = isinstance(content, bytes)
        end = {"Content-Length": str(len(content))} if is_whole else {"Connection": "close"}
        self.send_response(status)
        for name, value in ({"Content-Type": "text/html; charset=utf-8"} | end | headers).items():
            self.send_header(name, value)
        self.end_headers()
        for piece in [content] if is_whole else content:
            self.wfile.write(piece)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def serve_market() -> Iterator[Callable[[DemoServer], RunningDemoMarket]]:
    """Serve demo markets from a thread of this process, which is faster than a process for each."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    listening: list[asyncio.Server] = []

    def start(server: DemoServer) -> RunningDemoMarket:
        listening.append(asyncio.run_coroutine_threadsafe(server.listen(), loop).result())
        return RunningDemoMarket(server.base_url)

    yield start
    for each in listening:
        loop.call_soon_threadsafe(each.close)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@pytest.fixture(scope="session")
def make_site() -> Callable[..., Site]:
    """Make a site of the configuration that is crawled as fast as it answers."""

    def make(*start_urls: str, **settings: Any) -> Site:
        market = Market("test", "USD", "mi")
        settings = {"delay_seconds": 0.0, "concurrent_requests": 4, "time_limit_seconds": 60, **settings}
        return Site("cars.test", market, start_urls=start_urls, **settings)

    return make


@pytest.fixture(scope="session")
def car_page() -> Callable[..., str]:
    """Make a detail page of invented car ``n`` with its JSON-LD."""
    return lambda n, url=None: _html(json.dumps({"@context": "https://schema.org", **_car(n, url or f"/car/{n}")}))


@pytest.fixture(scope="session")
def result_page() -> Callable[..., str]:
    """Make a result page with a card for each of the cars, given as number and URL."""

    def make(cars: dict[int, str], next_url: str = "") -> str:
        items = [{"@type": "ListItem", "position": n, "item": _car(n, url)} for n, url in cars.items()]
        listed = {"@context": "https://schema.org", "@type": "ItemList", "itemListElement": items}
        links = "".join(f'<a href="{url}">car {n}</a>' for n, url in cars.items())
        return _html(json.dumps(listed), links + (f'<a rel="next" href="{next_url}">next</a>' if next_url else ""))

    return make


def _car(n: int, url: str) -> dict[str, Any]:
    return {
        "@type": "Car",
        "vehicleIdentificationNumber": f"1HGCM82633A{n:06d}",
        "url": url,
        "name": f"2019 Invented Roadster {n}",
        "brand": {"@type": "Brand", "name": "Invented"},
        "model": "Roadster",
        "vehicleModelDate": "2019",
        "mileageFromOdometer": {"@type": "QuantitativeValue", "value": 10_000 + n, "unitCode": "SMI"},
        "offers": {"@type": "Offer", "price": f"{20_000 + n}", "priceCurrency": "USD"},
    }


def _html(json_ld: str, body: str = "") -> str:
    return f'<html><head><script type="application/ld+json">{json_ld}</script></head><body>{body}</body></html>'


@pytest.fixture(scope="session")
def landed() -> Callable[[str | Path, Manifest], list[dict[str, Any]]]:
    """Read back every row of a crawl run, in order."""

    def read(landing: str | Path, manifest: Manifest) -> list[dict[str, Any]]:
        folder = Path(landing) / manifest.site / manifest.crawl_run_id
        return [row for part in sorted(folder.glob("part-*.jsonl.zst")) for row in read_lines(str(part))]

    return read


@pytest.fixture(scope="session")
def wait_until() -> Callable[[Callable[[], bool]], None]:
    """Wait for something that another process does; fails after 20 seconds."""

    def wait(is_so: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 20
        while not is_so():
            assert time.monotonic() < deadline, "it never happened"
            threading.Event().wait(0.02)

    return wait
