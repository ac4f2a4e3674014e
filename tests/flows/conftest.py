"""A small demo, run once for all tests that look at what it leaves, a webhook, and a browser."""

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import product
from pathlib import Path
from typing import Any

import pytest


@dataclass(frozen=True)
class Answer:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str


def run_tasador(home: Path, *arguments: str, **environment: str) -> Answer:
    """Run `tasador` as a person would, in a process of its own."""
    command = [sys.executable, "-m", "flows.cli", "--home", str(home), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ | environment, timeout=600)
    return Answer(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def tasador(tmp_path: Path) -> Callable[..., Answer]:
    """Run `tasador` in an empty data folder, or in the one given as ``home``."""
    return lambda *arguments, home=tmp_path / "data", **environment: run_tasador(home, *arguments, **environment)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Answer]:
    """The data folder and the answer of a small `tasador demo`."""
    home = tmp_path_factory.mktemp("demo")
    answer = run_tasador(home, "demo", "--size", "400", "--days", "3")
    assert answer.code == 0, answer.err
    return home / "demo", answer


class Receiver:
    """A webhook on the loopback: answers as it is told, and keeps what it got."""

    def __init__(self) -> None:
        self.answers: list[int | None] = []
        self.got: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.released = threading.Event()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                receiver.got.append(json.loads(self.rfile.read(length)))
                receiver.keys.append(self.headers["Idempotency-Key"])
                answer = receiver.answers.pop(0) if receiver.answers else 200
                if answer is None:
                    receiver.released.wait(30)
                    return
                self.send_response(answer)
                self.send_header("Location", "/elsewhere")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def close(self) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def listings(self) -> list[str]:
        return [match["listing_id"] for message in self.got for match in message["matches"]]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture
def complaints() -> Callable[[Path], list[str]]:
    """Open a page, all unfolded, on a phone and a desk, light and dark; return what a browser has against it."""
    playwright = pytest.importorskip("playwright.sync_api", reason="the extra javascript is not installed")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        pytest.skip("there is no Chromium here")

    def look(page: Path) -> list[str]:
        told: list[str] = []
        with playwright.sync_playwright() as started:
            browser = started.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            for width, scheme in product((390, 1280), ("light", "dark")):
                tab = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
                tab.on("console", lambda message: told.append(message.text))
                tab.on("pageerror", lambda error: told.append(str(error)))
                tab.on("dialog", lambda dialog: told.append(dialog.message))
                tab.on("request", lambda request: told.append(request.url))
                tab.goto(page.as_uri())
                tab.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
                if tab.evaluate("document.documentElement.scrollWidth") > width:
                    told.append(f"is wider than {width}")
            browser.close()
        return [line for line in told if line not in (page.as_uri(), "data:,")]

    return look
