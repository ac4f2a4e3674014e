"""Data folders that earlier versions wrote, opened by this one: the facts recorded with each still hold."""

import json
import tarfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import zstandard

from crawler.clock import ENVIRONMENT_VARIABLE
from crawler.home import Home
from crawler.items import Listing
from crawler.landing import LandingWriter
from crawler.sites import read_site
from flows.show import published
from flows.steps.refresh import refresh
from flows.steps.score import score
from warehouse.connection import connect

RECORDED = sorted(path.parent for path in Path(__file__).parent.glob("*/facts.json"))
MARKET = SITE = "demo"

pytestmark = pytest.mark.parametrize("recorded", RECORDED, ids=[path.name for path in RECORDED])


@pytest.fixture
def facts(recorded: Path) -> dict[str, Any]:
    """What was recorded with the folder."""
    return json.loads((recorded / "facts.json").read_text(encoding="utf-8"))


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Set the clock."""
    return lambda moment: monkeypatch.setenv(ENVIRONMENT_VARIABLE, moment.isoformat())


@pytest.fixture
def old(recorded: Path, facts: dict[str, Any], tmp_path: Path, at: Callable[[datetime], None]) -> Home:
    """A copy of the folder, at the time of its recording."""
    at(datetime.fromisoformat(facts["recorded_at"]))
    with zstandard.open(recorded / "data.tar.zst", "rb") as packed, tarfile.open(fileobj=packed, mode="r|") as tar:
        tar.extractall(tmp_path, filter="data")
    return Home(tmp_path / "data")


def test_a_refresh_migrates_it_and_loses_nothing(old: Home, facts: dict[str, Any]) -> None:
    refresh(old)
    assert {table: published(old, f"from {table}").height for table in facts["rows"]} == facts["rows"]
    assert prices(old, facts) == facts["prices"]


def test_what_it_landed_is_understood_as_before_from_the_beginning(old: Home, facts: dict[str, Any]) -> None:
    refresh(old, everything=True)
    assert {table: published(old, f"from {table}").height for table in facts["rows"]} == facts["rows"]


def test_every_published_column_keeps_its_name(old: Home, facts: dict[str, Any]) -> None:
    refresh(old)
    for table, columns in facts["columns"].items():
        assert set(columns) <= set(published(old, f"from {table} limit 0").columns), table


def test_a_new_crawl_goes_on_with_its_history(old: Home, facts: dict[str, Any], at: Callable[..., None]) -> None:
    (listing_id, asked, *_), *_ = facts["prices"]
    at(datetime.fromisoformat(facts["recorded_at"]) + timedelta(days=1))
    source_id = listing_id.partition(":")[2]
    words = {"make": "Honda", "model": "Civic", "model_year": "2025", "price": f"${asked - 500:,.0f}"}
    writer = LandingWriter(old.landing, read_site(SITE))
    writer.write(Listing(source_id=source_id, url=f"https://demo.example/cars/{source_id}", **words), page="results")
    writer.flush()
    writer.finish(reason="finished", is_complete=False, scope=["one page"])
    refresh(old)
    changes = published(old, f"from price_changes where listing_id = '{listing_id}' order by changed_at")
    assert changes.select("old_price", "new_price").rows()[-1] == (asked, asked - 500)


def test_its_model_prices_its_listings_as_it_did(old: Home, facts: dict[str, Any]) -> None:
    refresh(old)
    with connect(old) as connection:
        connection.execute("delete from predictions")  # what has not changed would stand as it was scored
    scored = score(old, [MARKET], anyway=True)[MARKET]
    assert scored is not None
    assert scored.listings == facts["rows"]["predicted_prices"]
    assert prices(old, facts) == facts["prices"]


def prices(home: Home, facts: dict[str, Any]) -> list[list[Any]]:
    """Return today's prices of the listings whose prices were recorded, as they were written down."""
    rows = published(
        home, "select listing_id, asking_price, predicted_price, lower, upper from predicted_prices"
    ).rows()
    asked = {listing_id for listing_id, *_ in facts["prices"]}
    return sorted([*row] for row in rows if row[0] in asked)
