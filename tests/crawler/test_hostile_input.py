"""What a site may send to hurt its reader: each costs one page, is counted, and the crawl goes on."""

import gzip
import json
import os
import random
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from crawler.landing import Manifest, read_manifest
from crawler.process import crawl

REPOSITORY = Path(__file__).resolve().parent.parent.parent
MEGABYTE = 2**20
PNG = b"\x89PNG\r\n\x1a\n"


@dataclass
class Hostile:
    """A site of hostile pages, how much of the largest it could send, and what a crawl of it landed."""

    site: Any
    sent: list[int] = field(default_factory=list)
    manifest: Manifest | None = None
    rows: list[dict[str, Any]] = field(default_factory=list)

    def answers(self, car_page: Any) -> dict[str, Any]:
        """Return the pages, by what is wrong with them."""
        elsewhere = {"Location": self.site.url.replace("127.0.0.1", "localhost") + "/elsewhere"}
        latin1, nonsense, utf16 = (car_page(n).replace("Invented", "Citro\u00ebn") for n in (4, 5, 6))
        tries = iter([(503, "later"), (302, "", elsewhere)])
        return {
            "fine": car_page(1),
            "offsite": (302, "", elsewhere),
            "offsite_after_retry": lambda: next(tries),
            "file": (302, "", {"Location": "file:///etc/hostname"}),
            "loop": (302, "", {"Location": "/car/loop"}),
            "huge": lambda: (200, self._hundred_megabytes()),
            "bomb": (200, gzip.compress(bytes(64 * MEGABYTE), 1), {"Content-Encoding": "gzip"}),
            "latin1_as_utf8": (200, latin1.encode("latin-1")),
            "nonsense_charset": (200, nonsense, {"Content-Type": "text/html; charset=no-such-thing"}),
            "utf16_unsaid": (200, utf16.encode("utf-16"), {"Content-Type": "text/html"}),
            "garbage": (200, random.Random(7).randbytes(20_000)),
            "truncated": (200, iter([car_page(2)[:300].encode()]), {"Content-Length": "5000"}),
            "drip": lambda: (200, _drips()),
            "image": (200, PNG + bytes(200), {"Content-Type": "image/png"}),
            "not_gzip": (200, car_page(3), {"Content-Encoding": "gzip"}),
        }

    def reason(self, name: str) -> str | None:
        """Return why the page of this name was rejected; None where it was not."""
        found = [row["reject_reason"] for row in self.rows if row.get("url", "").endswith(f"/car/{name}")]
        assert len(found) <= 1
        return found[0] if found else None

    def _hundred_megabytes(self) -> Iterator[bytes]:
        for number in range(100):
            self.sent.append(number)
            yield bytes(MEGABYTE)


def _drips() -> Iterator[bytes]:
    while True:
        yield b" "
        threading.Event().wait(0.1)


@pytest.fixture(scope="module")
def hostile(serve, car_page, result_page, landed, tmp_path_factory) -> Hostile:
    """One result page of our own, whose cards lead to one hostile page each, crawled with a time-out of a second."""
    folder = tmp_path_factory.mktemp("hostile")
    hostile = Hostile(serve())
    answers = hostile.answers(car_page)
    hostile.site.routes |= {f"/car/{name}": answer for name, answer in answers.items()}
    hostile.site.routes["/elsewhere"] = car_page(99)
    hostile.site.routes["/cars"] = result_page({n: f"/car/{name}" for n, name in enumerate(answers)})
    (folder / "tasador.toml").write_text(
        f'[markets.us]\ncurrency = "USD"\n[sites.lot]\nmarket = "us"\ndelay_seconds = 0\n'
        f'start_urls = ["{hostile.site.url}/cars"]\n'
    )
    settings = ["-s", "DOWNLOAD_TIMEOUT=1", "-s", "RETRY_TIMES=1"]
    subprocess.run(
        [sys.executable, "-m", "scrapy", "crawl", "result_pages", "-a", "site=lot", *settings],
        cwd=REPOSITORY,
        env=os.environ | {"TASADOR_CONFIG": str(folder / "tasador.toml"), "TASADOR_HOME": str(folder)},
        check=True,
        capture_output=True,
        timeout=120,
    )
    (run,) = (path.parent for path in folder.glob("landing/lot/*/manifest.json"))
    hostile.manifest = read_manifest(str(run))
    hostile.rows = landed(folder / "landing", hostile.manifest)
    return hostile


def test_every_card_is_landed_whatever_its_own_page_does(hostile: Hostile) -> None:
    cards = [row for row in hostile.rows if row.get("page") == "results"]
    assert len(cards) == 15
    assert hostile.manifest.is_complete


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("fine", None),
        ("offsite", "offsite"),
        ("offsite_after_retry", "offsite"),
        ("file", "http_302"),
        ("loop", "redirect_loop"),
        ("huge", "too_large"),
        ("bomb", "too_large"),
        ("garbage", "unreadable"),
        ("truncated", "download_failed"),
        ("drip", "download_failed"),
        ("image", "unreadable"),
        ("not_gzip", "download_failed"),
    ],
)
def test_a_hostile_page_is_a_reject_with_its_reason(hostile: Hostile, name: str, reason: str | None) -> None:
    assert hostile.reason(name) == reason


def test_no_other_site_is_asked_for_anything(hostile: Hostile) -> None:
    assert "/elsewhere" not in hostile.site.asked
    assert hostile.manifest.stats["offsite"] == 2


def test_a_body_of_a_hundred_megabytes_is_broken_off(hostile: Hostile) -> None:
    assert hostile.site.asked.count("/car/huge") == 1
    assert len(hostile.sent) < 60  # our limit, and what two kernels have buffered


@pytest.mark.parametrize(("number", "make"), [(4, "Citro\ufffdn"), (5, "Citro\u00ebn"), (6, "Citro\u00ebn")])
def test_a_wrong_charset_may_cost_letters_and_nothing_else(hostile: Hostile, number: int, make: str) -> None:
    """Declared as UTF-8 and Latin-1 in truth; declared as what does not exist; UTF-16 that is not declared."""
    cars = [row["listing"] for row in hostile.rows if row.get("page") == "detail"]
    (car,) = [car for car in cars if car["url"].endswith(f"/car/{number}")]
    assert (car["make"], car["price"]) == (make, f"2000{number}")


def test_lost_pages_make_a_crawl_partial_with_their_counts(hostile: Hostile) -> None:
    assert hostile.manifest.health == "partial"
    assert "detail/too_large 2" in hostile.manifest.health_reason
    assert "detail/offsite 2" in hostile.manifest.health_reason


class Endless(dict[str, Any]):
    """Routes of a site that has a next page after each page."""

    def __init__(self, page: Any) -> None:
        super().__init__()
        self.page = page

    def get(self, path: str, default: Any = None) -> Any:
        name, _, number = path.partition("?page=")
        return self.page(int(number)) if name == "/cars" else default


def test_result_pages_without_end_are_left_after_ten_that_show_nothing_new(
    serve, make_site, result_page, landed, tmp_path
) -> None:
    site = serve()
    site.routes = Endless(lambda n: result_page({n % 4: f"{site.url}/car/{n % 4}"}, f"/cars?page={n + 1}"))
    manifest = crawl(make_site(f"{site.url}/cars?page=0"), str(tmp_path))
    pages = [path for path in site.asked if path.startswith("/cars")]
    assert len(pages) == 4 + 10
    assert "endless" in [row.get("reject_reason") for row in landed(tmp_path, manifest)]
    assert (manifest.health, manifest.is_complete) == ("partial", False)
    assert "index/endless 1" in manifest.health_reason


def test_many_pages_that_each_show_something_new_are_all_read(serve, make_site, result_page, tmp_path) -> None:
    site = serve()
    last = 30
    site.routes = Endless(
        lambda n: result_page({0: "/car/0", n: f"/car/{n}"}, f"/cars?page={n + 1}" if n < last else "")
    )
    manifest = crawl(make_site(f"{site.url}/cars?page=1", max_pages=200), str(tmp_path))
    assert json.dumps(manifest.stats["read"]["index"]) == str(last)
