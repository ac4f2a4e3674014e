"""How a message leaves: into a file, to a webhook, or through Apprise (e-mail and a hundred services).

What matters of a failure is whether the message has surely not arrived: only then it may be sent again. No reason
that is given holds an address, which may hold a secret.
"""

import http.client
import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from crawler.home import Home
from flows.alerting.delivery import SENT, Delivery, Send
from flows.alerting.message import Message
from flows.alerting.settings import expanded

TIMEOUT_SECONDS = 10.0
FILE = "file:"
# A gateway gave up waiting for the receiver, who may have taken it.
GATEWAY_TIMEOUT = 504


def channel(home: Home, address: str) -> Send:
    """Return what sends messages to an address; files lie in the folder ``alerts`` of the data folder.

    Raises:
        TasadorError: the environment lacks a part of the address.
        UsageError: the address is none.
    """
    whole = expanded(address)
    if whole.startswith(FILE):
        return lambda message: _append(home.root / "alerts" / whole.removeprefix(FILE), message)
    if whole.startswith(("http://", "https://")):
        return lambda message: _post(whole, message)
    from flows.alerting.services import service

    return service(whole)


def takes_nothing_twice(address: str) -> bool:
    """Tell whether sending to an address again is harmless, even where a message may have arrived."""
    return address.startswith(FILE)


def _append(path: Path, message: Message) -> Delivery:
    """Add a line for each match that the file does not have."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a+", encoding="utf-8") as file:
            file.seek(0)
            written = file.read()
            lines = [_json_line(message, match) for match in message.matches if f'"{match["id"]}"' not in written]
            # a line that a crash cut short is left as it is: no line of JSON, and its match is written again
            file.write(("\n" if written and not written.endswith("\n") else "") + "".join(lines))
    except OSError as error:
        return Delivery("failed", f"the file cannot be written: {error.strerror}")
    return SENT


def _json_line(message: Message, match: Any) -> str:
    return json.dumps({"alert": message.alert, **match, "id": match["id"]}, default=str, ensure_ascii=False) + "\n"


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirected POST would arrive as a GET, without the message."""

    def redirect_request(self, *_: Any) -> None:
        """Take the redirect for the answer that it is."""


def _post(url: str, message: Message) -> Delivery:
    """Send JSON to a webhook: title, text and matches."""
    said = {"alert": message.alert, "title": message.title, "text": message.text, "matches": message.matches}
    headers = {"Content-Type": "application/json", "Idempotency-Key": message.idempotency_key, "User-Agent": "Tasador"}
    try:
        request = urllib.request.Request(url, json.dumps(said, default=str).encode(), headers)
        with urllib.request.build_opener(_NoRedirect).open(request, timeout=TIMEOUT_SECONDS):
            return SENT
    except urllib.error.HTTPError as error:
        return Delivery("unsure" if error.code == GATEWAY_TIMEOUT else "failed", f"it answered {error.code}")
    except (urllib.error.URLError, ValueError) as error:  # before the whole message had left
        reason = getattr(error, "reason", None)
        return Delivery("failed", f"it cannot be reached: {getattr(reason, 'strerror', None) or 'check the address'}")
    except (OSError, http.client.HTTPException):  # while waiting for the answer
        return Delivery("unsure", "it took the message and did not answer")
