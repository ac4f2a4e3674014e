"""Serves a market over HTTP/1.1 on the loopback interface, one simulated day at a time; it knows no cars.

``POST /_day/N`` moves the market to day N. Pages are written when they are asked for.
"""

import asyncio
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import parse_qs, urlsplit

from crawler.demo_market import pages
from crawler.demo_market.market import AnyMarket
from crawler.errors import UsageError

HOST = "127.0.0.1"
HTML = "text/html; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
XML = "application/xml; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request gets."""

    status: HTTPStatus
    body: str
    content_type: str = HTML


class DemoServer:
    """The web site of one market; ``base_url`` is known once it listens."""

    def __init__(self, market: AnyMarket, day: int = 0) -> None:
        self.market = market
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
            case ["GET" | "HEAD", "sitemap.xml"]:
                return Answer(HTTPStatus.OK, pages.sitemap(self.today.ids, self.base_url), XML)
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
        return Answer(HTTPStatus.OK, pages.result_page(listings, self.base_url, number, len(self.today)))

    def _detail(self, source_id: str) -> Answer:
        if source_id in self.today:
            return Answer(HTTPStatus.OK, pages.detail_page(self.today[source_id], source_id, self.base_url))
        if self.today.was_listed(source_id):
            return _error(HTTPStatus.GONE, "This car is no longer for sale")
        return _error(HTTPStatus.NOT_FOUND, "There is no such car")

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
        stays_open = headers.get("connection", "").lower() != "close"
        writer.write(_bytes(self.answer(method, target), stays_open, with_body=method != "HEAD"))
        await writer.drain()
        return stays_open


def _error(status: HTTPStatus, message: str) -> Answer:
    return Answer(status, pages.error_page(message))


def _bytes(answer: Answer, stays_open: bool, with_body: bool) -> bytes:
    body = answer.body.encode()
    head = (
        f"HTTP/1.1 {answer.status.value} {answer.status.phrase}\r\nContent-Type: {answer.content_type}\r\n"
        f"Content-Length: {len(body)}\r\nConnection: {'keep-alive' if stays_open else 'close'}\r\n\r\n"
    )
    return head.encode() + (body if with_body else b"")
