"""The page about a market: what sites wrote stays text, nothing is asked of the network, charts say what they show."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from crawler.home import Home
from flows.report.page import is_web_address
from flows.report.sections import drift
from flows.report.source import Source

Tasador = Callable[..., Any]

HTML = "<script>document.title = 'run'</script><img src=x onerror=alert(1)>"
SQL = "'; drop table listings; --"
LONG = "x" * 10_000


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


def test_a_browser_asks_for_nothing_complains_of_nothing_and_need_not_scroll_sideways(
    page: Path, complaints: Callable[[Path], list[str]]
) -> None:
    assert complaints(page) == []


def test_what_a_table_shows_after_its_first_rows_is_folded_away(page: Path) -> None:
    drops = re.search(r"Deepest of the last drops.*?</section>", page.read_text(), re.DOTALL)
    assert drops
    assert drops[0].count('data-name="Car"') == 15
    assert "<summary>5 more</summary>" in drops[0]
    assert drops[0].index("<details>") > drops[0].index('data-name="Car"')


def test_the_error_of_cars_that_went_is_drawn_by_week_beside_the_holdouts(tmp_path: Path) -> None:
    connection = duckdb.connect()
    connection.execute(
        """
        create table drift as
        select 'us' as market, 'age' as feature, 'psi' as measure, 0.02::double as drift, 0.05::double as chance,
            'steady' as level, timestamptz '2026-03-16 00:00:00+00' as scored_at;
        create table expost_error as
        select 'us' as market, 'mine' as model_run_id, * from (values
            (date '2026-03-02', 40, 0.06::double, 0.05::double), (date '2026-03-09', 1200, 0.075, 0.05)
        ) as weeks (gone_week, gone_listings, expost_mdape, mdape)
        """
    )
    _, gone = drift.SECTION.blocks(Source(Home(tmp_path), connection, "us", "mine"))
    assert gone.description.endswith("7.5% of 1,200 in the last, 5.0% on the holdout.")
    assert gone.note.startswith("1,240 cars that went.")
    assert "09 Mar" in gone.svg
    assert len(drift.SECTION.blocks(Source(Home(tmp_path), connection, "us", "another"))) == 1
