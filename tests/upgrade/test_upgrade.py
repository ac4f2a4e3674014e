"""Data folders that earlier versions wrote, opened by this one: the facts recorded with each still hold."""

import json
import tarfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import zstandard

from crawler.clock import ENVIRONMENT_VARIABLE
from crawler.home import Home
from flows.show import published
from flows.steps.refresh import refresh

RECORDED = sorted(path.parent for path in Path(__file__).parent.glob("*/facts.json"))

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


def prices(home: Home, facts: dict[str, Any]) -> list[list[Any]]:
    """Return today's prices of the listings whose prices were recorded, as they were written down."""
    rows = published(
        home, "select listing_id, asking_price, predicted_price, lower, upper from predicted_prices"
    ).rows()
    asked = {listing_id for listing_id, *_ in facts["prices"]}
    return sorted([*row] for row in rows if row[0] in asked)
