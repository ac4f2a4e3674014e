"""Contradictions are looked for at each scoring, in all live listings of a market."""

from pathlib import Path

import pytest

from crawler.clock import now
from crawler.home import Home
from crawler.items import Listing
from crawler.landing import LandingWriter
from crawler.sites import Market, Site
from flows.steps import contradictions
from flows.steps.contradictions import find_contradictions
from flows.steps.refresh import refresh
from models.predict import batches
from warehouse.connection import connect

SITE = Site("cars.example", Market("us", "USD", "mi"))
ROWS = 600


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A market in which price follows from year and mileage; of listing 7 a digit too many is asked."""
    home = Home(tmp_path / "data")
    writer = LandingWriter(home.landing, SITE)
    for row in range(ROWS):
        age = row % 12
        price = round(30_000 * 0.9**age * (1 + row % 7 / 50)) * (10 if row == 7 else 1)
        said = {"make": "Honda", "model": "Civic", "mileage": f"{9_000 * age + 500 * (row % 5):,} mi."}
        url = f"https://cars.example/{row}"
        year = str(now().year - age)
        writer.write(Listing(source_id=str(row), url=url, price=f"${price:,}", model_year=year, **said), page="results")
    writer.finish(reason="finished", is_complete=True, scope=["all"])
    refresh(home)
    return home


def test_what_contradicts_itself_is_written_once(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "BATCH_ROWS", 250)
    for _ in range(2):
        assert find_contradictions(home, "us", tmp_path) == 1
    with connect(home) as connection:
        found = connection.execute("select listing_id, signal from suspicious_listings").fetchall()
    assert found == [("cars.example:7", "contradicts_itself")]


def test_of_a_small_market_nothing_is_learned(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contradictions, "FEWEST_ROWS", ROWS + 1)
    assert find_contradictions(home, "us", tmp_path) == 0
