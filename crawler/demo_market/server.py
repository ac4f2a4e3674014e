"""Serves a market over HTTP/1.1 on the loopback interface, one simulated day at a time; it knows no cars.

``POST /_day/N`` moves the market to day N, ``GET /_served`` is its account of what it served (see served.py). Pages are
written when they are asked for.
"""

import asyncio
import gzip
import json
import math
from dataclasses import replace
from datetime import date, timedelta
from http import HTTPStatus
from urllib.parse import parse_qs, urlsplit

from crawler.demo_market import pages, sitemap
from crawler.demo_market.answer import GZIP, JSON, TEXT, XML, Answer
from crawler.demo_market.faults import FAULTS, Faults
from crawler.demo_market.market import AnyMarket
from crawler.demo_market.scripted import scripted
from crawler.demo_market.served import Served
from crawler.errors import UsageError

HOST = "127.0.0.1"
FIRST_DATE = date(2026, 1, 1)  # of day 0, for the sitemap
DRIPS = 10


class DemoServer:
    """The web site of one market; ``base_url`` is known once it listens."""

    def __init__(
        self,
        market: AnyMarket,
        day: int = 0,
        *,
        faults: Faults | None = None,
        needs_javascript: bool = False,
        first_date: date = FIRST_DATE,
    ) -> None:
        self.market = market
        self.faults = faults or Faults({})
        self.needs_javascript = needs_javascript
        self.first_date = first_date
        self.served = Served()
        self.base_url = ""
        self.set_day(day)

    def set_day(self, day: int) -> None:
        """Move to another simulated day."""
        self.today = self.market.on(day)

    async def listen(self, port: int = 0) -> asyncio.Server:
        """Start to answer on a port of the loopback interface, 0 for a free one. Raises UsageError if it is taken."""
        try:
            server = await asyncio.start_server(self._talk, HOST, port)
        except OSError as error:
            raise UsageError(f"port must be a free one on {HOST}, got {port} ({error.strerror})") from error
        self.base_url = f"http://{HOST}:{server.sockets[0].getsockname()[1]}"
        return server

    def answer(self, method: str, target: str) -> Answer:
        """Return the answer to one request."""
        address = urlsplit(target)
        match [method, *address.path.strip("/").split("/")]:
            case ["POST", "_day", day] if day.isdecimal():
                self.set_day(int(day))
                return Answer(HTTPStatus.OK, f"day {int(day)}\n", TEXT)
            case ["GET" | "HEAD", "" | "cars"]:
                return self._results(parse_qs(address.query).get("page", ["1"])[0])
            case ["GET" | "HEAD", "cars", source_id]:
                return self._detail(source_id)
            case ["GET" | "HEAD", "robots.txt"]:
                return Answer(HTTPStatus.OK, pages.robots(self.base_url), TEXT)
            case ["GET" | "HEAD", "_served"]:
                return Answer(HTTPStatus.OK, json.dumps(self.served.account(self.today)), JSON)
            case ["GET" | "HEAD", name] if name.endswith(".xml"):
                return self._sitemap(name.removesuffix(".xml"), ".xml")
            case ["GET" | "HEAD", name] if name.endswith(".xml.gz"):
                answer = self._sitemap(name.removesuffix(".xml.gz"), ".xml.gz")
                is_there = answer.status == HTTPStatus.OK
                return replace(answer, body=gzip.compress(answer.content()), content_type=GZIP) if is_there else answer
            case ["GET" | "HEAD", *_]:
                return _error(HTTPStatus.NOT_FOUND, "There is no such page")
        return _error(HTTPStatus.METHOD_NOT_ALLOWED, "This is not how to ask")

    def _results(self, page: str) -> Answer:
        number = int(page) if page.isdecimal() else 0
        first = (number - 1) * pages.CARS_PER_PAGE
        ids = self.today.ids[first : first + pages.CARS_PER_PAGE] if number else []
        if not ids and number != 1:
            return _error(HTTPStatus.NOT_FOUND, "There is no such page")
        listings = ((source_id, self.today[source_id]) for source_id in ids)
        page = pages.result_page(listings, self.base_url, number, len(self.today))
        return Answer(HTTPStatus.OK, page, shows="cards", ids=tuple(ids))

    def _detail(self, source_id: str) -> Answer:
        if source_id in self.today:
            page = pages.detail_page(self.today[source_id], source_id, self.base_url)
            return Answer(HTTPStatus.OK, page, shows="details", ids=(source_id,))
        if self.today.was_listed(source_id):
            return _error(HTTPStatus.GONE, "This car is no longer for sale")
        return _error(HTTPStatus.NOT_FOUND, "There is no such car")

    def _sitemap(self, name: str, suffix: str) -> Answer:
        """Return sitemap.xml, and sitemap-1.xml and its like where that is an index."""
        files = [""] if (count := sitemap.file_count(len(self.today))) == 1 else [f"-{n}" for n in range(1, count + 1)]
        if name == "sitemap" and count > 1:
            return Answer(HTTPStatus.OK, sitemap.index(f"{self.base_url}/sitemap{n}{suffix}" for n in files), XML)
        if (number := name.removeprefix("sitemap")) not in files:
            return _error(HTTPStatus.NOT_FOUND, "There is no such page")
        first = files.index(number) * sitemap.URLS_PER_FILE
        ids = self.today.ids[first : first + sitemap.URLS_PER_FILE]
        changed = ((name, self.first_date + timedelta(days=self.today.last_change(name))) for name in ids)
        return Answer(
            HTTPStatus.OK, sitemap.urlset((pages.car_url(self.base_url, name), day) for name, day in changed), XML
        )

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection until it is closed."""
        try:
            while await self._exchange(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError):
            pass  # the other side left, or does not speak HTTP
        except asyncio.CancelledError:
            pass  # the market ends; nobody waits for this task, and asyncio 3.11 would log it as an error
        finally:
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request and return whether the connection stays open."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        request_line, *header_lines = head.rstrip().split("\r\n")
        method, target, _ = request_line.split(" ")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in header_lines)}
        await reader.readexactly(int(headers.get("content-length", 0)))
        answer, fault = self._struck(self.answer(method, target), target)
        if math.isinf(answer.seconds):
            await reader.read(1)  # until the other side has had enough
            return False
        stays_open = headers.get("connection", "").lower() != "close" and not answer.is_cut
        await _send(writer, answer.message(stays_open, with_body=method != "HEAD"), answer.seconds)
        if fault in (None, "slow") and method != "HEAD":
            self.served.count(answer, target)
        return stays_open

    def _struck(self, answer: Answer, target: str) -> tuple[Answer, str | None]:
        """Return the answer as it will be sent, and the fault that befell it; only pages of cars are struck."""
        fault = self.faults.strike(target) if answer.ids else None
        if fault:
            self.served.count_fault(fault, target)
            answer = FAULTS[fault](answer, target)
        if self.needs_javascript and isinstance(answer.body, str) and answer.ids:
            answer = replace(answer, body=scripted(answer.body))
        return answer, fault


def _error(status: HTTPStatus, message: str) -> Answer:
    return Answer(status, pages.error_page(message))


async def _send(writer: asyncio.StreamWriter, message: bytes, seconds: float) -> None:
    """Send a message, in drips where that shall take some seconds."""
    size = -(-len(message) // DRIPS) if seconds else len(message)
    for start in range(0, len(message), size):
        if seconds:
            await asyncio.sleep(seconds / DRIPS)
        writer.write(message[start : start + size])
        await writer.drain()
