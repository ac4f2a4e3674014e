"""The page about a market: what sites wrote stays text, nothing is asked of the network, charts say what they show."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from flows.report.page import is_web_address

Tasador = Callable[..., Any]

HTML = "<script>document.title = 'run'</script><img src=x onerror=alert(1)>"
SQL = "'; drop table listings; --"
LONG = "x" * 10_000
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="session")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page about a market in whose every text field somebody wrote what is no text."""
    home = tmp_path_factory.mktemp("hostile")
    for day, cut in ((1, 0), (2, 900)):
        table = home / f"day{day}.csv"
        _cars(cut).write_csv(table)
        options = (
            "--site",
            "hostile",
            "--currency",
            "USD",
            "--distance-unit",
            "mi",
            "--complete",
            "--scraped-at",
            f"2026-03-0{day}",
        )
        _tasador(home, "import", str(table), *options)
    return Path(_tasador(home, "report").splitlines()[-1])


def _tasador(home: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "flows.cli", "--home", str(home / "data"), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _cars(cut: int) -> pl.DataFrame:
    words = [HTML, SQL, '=HYPERLINK("https://evil.example")', LONG]
    rows = [
        {
            "Make": words[n % 4],
            "Model": words[(n + 1) % 4],
            "Trim": words[(n + 2) % 4],
            "Year": 2015 + n % 8,
            "Price": 9_000 + 137 * n - cut,
            "Mileage": 20_000 + 911 * n,
            "URL": f"https://cars.example/{n}" if n % 2 else f"javascript:alert({n})",
            "Seller": words[n % 4],
        }
        for n in range(60)
    ]
    return pl.DataFrame(rows)


def test_what_a_site_wrote_is_text_on_the_page(page: Path) -> None:
    html = page.read_text()
    assert "&lt;script&gt;" in html
    assert "<script" not in html
    assert "<img" not in html
    assert re.findall(r'href="(?!#|https://cars\.example/)[^"]*', html) == ['href="data:,']


def test_every_chart_has_a_title_and_alternative_text(page: Path) -> None:
    figures = re.findall(r"<figure>.*?</figure>", page.read_text(), re.DOTALL)
    assert len(figures) > 3
    for figure in figures:
        assert re.search(r"<h3>[^<]*\([^)]+\)</h3>", figure), "a title with its unit"
        assert re.search(r'<svg [^>]*aria-label="[^"]{20,}"', figure)


def test_no_two_elements_of_a_page_share_an_id(page: Path) -> None:
    ids = re.findall(r' id="([^"]+)"', page.read_text())
    assert len(ids) == len(set(ids))


def test_a_section_without_data_says_so_in_a_line(page: Path) -> None:
    assert "No model is live in this market yet: run tasador retrain." in page.read_text()


@pytest.mark.parametrize(
    ("address", "is_link"),
    [
        ("https://cars.example/7", True),
        ("HTTP://127.0.0.1:8080/7", True),
        ("javascript:alert(1)", False),
        (" javascript:alert(1)", False),
        ("data:text/html,hi", False),
        ("https://cars.example/7\n<b>", False),
        ("//cars.example/7", False),
        (None, False),
    ],
)
def test_only_addresses_of_the_web_are_links(address: str | None, is_link: bool) -> None:
    assert is_web_address(address) is is_link


def test_a_report_of_an_unknown_market_says_which_there_are(page: Path, tasador: Tasador) -> None:
    answer = tasador("report", "--market", "mars", home=page.parents[2])
    assert answer.code == 2
    assert "market must be one of" in answer.err


@pytest.mark.slow
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_browser_asks_for_nothing_complains_of_nothing_and_need_not_scroll_sideways(
    page: Path, width: int, scheme: str
) -> None:
    browsers = pytest.importorskip("playwright.sync_api", reason="the extra javascript is not installed")
    if not CHROMIUM:
        pytest.skip("there is no Chromium here")
    told: list[str] = []
    with browsers.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        tab = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
        tab.on("console", lambda message: told.append(message.text))
        tab.on("pageerror", lambda error: told.append(str(error)))
        tab.on("request", lambda request: told.append(request.url))
        tab.goto(page.as_uri())
        wide = tab.evaluate("document.documentElement.scrollWidth")
        browser.close()
    assert [line for line in told if line not in (page.as_uri(), "data:,")] == []
    assert wide <= width
