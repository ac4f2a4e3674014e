"""What the demo market answers to a request, and how that goes over the wire; it knows no cars and no faults."""

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Literal

HTML = "text/html; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
XML = "application/xml; charset=utf-8"
JSON = "application/json"
GZIP = "application/gzip"

Shows = Literal["cards", "details", "nothing"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request gets: ``seconds`` is how long the body takes to send, infinity where no answer ever comes.

    ``ids`` are the cars that the page shows, as ``shows`` says. Of a body that ``is_cut`` the second half is not sent.
    """

    status: HTTPStatus
    body: str | bytes
    content_type: str = HTML
    headers: dict[str, str] = field(default_factory=dict)
    shows: Shows = "nothing"
    ids: tuple[str, ...] = ()
    seconds: float = 0.0
    is_cut: bool = False

    def content(self) -> bytes:
        """Return the whole body."""
        return self.body.encode() if isinstance(self.body, str) else self.body

    def message(self, stays_open: bool, with_body: bool) -> bytes:
        """Return the HTTP/1.1 message."""
        body = self.content()
        headers = {
            "Content-Type": self.content_type,
            "Content-Length": str(len(body)),
            "Connection": "keep-alive" if stays_open else "close",
            **self.headers,
        }
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        head = f"HTTP/1.1 {self.status.value} {self.status.phrase}\r\n{lines}\r\n".encode()
        sent = body[: len(body) // 2] if self.is_cut else body
        return head + (sent if with_body else b"")
