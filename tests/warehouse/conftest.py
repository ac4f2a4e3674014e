"""A warehouse for each test, and crawls that land in it: rows written by hand, values invented."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from crawler.clock import ENVIRONMENT_VARIABLE
from crawler.home import Home, home
from crawler.items import Listing
from crawler.landing import Health, LandingWriter
from crawler.sites import Market, Site
from warehouse.connection import connect
from warehouse.load import load_landing
from warehouse.refresh import refresh

FIRST_DAY = datetime(2025, 3, 1, 6, tzinfo=UTC)
SITE = Site("cars.example", Market("us", "USD", "mi"))


class Crawls:
    """Lands, loads and refreshes crawls of one site, each on a day counted from FIRST_DAY."""

    def __init__(self, home: Home, connection: duckdb.DuckDBPyConnection, at: Callable[[datetime], None]) -> None:
        self.home = home
        self.connection = connection
        self.at = at

    @staticmethod
    def car(source_id: str, price: str | None = "$20,000", **said: Any) -> Listing:
        """Return a listing whose words are understood; its price and more can be said otherwise."""
        words = {"make": "Honda", "model": "Civic", "model_year": "2021", "mileage": "30,000 mi.", **said}
        return Listing(source_id=source_id, url=f"https://cars.example/{source_id}", price=price, **words)

    @staticmethod
    def day(number: float) -> datetime:
        """Return the moment of a day, counted from FIRST_DAY."""
        return FIRST_DAY + timedelta(days=number)

    def land(
        self,
        day: float,
        *listings: Listing,
        is_complete: bool = True,
        scope: str | list[str] = "all",
        rejects: tuple[str, ...] = (),
        presence: tuple[Listing, ...] = (),
        is_finished: bool = True,
        health: Health | None = None,
    ) -> LandingWriter:
        """Land one crawl run without loading it."""
        self.at(self.day(day))
        writer = LandingWriter(self.home.landing, SITE)
        for listing in listings:
            writer.write(listing, page="results")
        for listing in presence:
            writer.write(listing, kind="presence", page="sitemap")
        for reason in rejects:
            writer.reject(reason, url="https://cars.example/rejected")
        writer.flush()
        if is_finished:
            covered = [scope] if isinstance(scope, str) else scope
            writer.finish(reason="finished", is_complete=is_complete, scope=covered, health=health)
        return writer

    def load(self, day: float, *listings: Listing, **how: Any) -> LandingWriter:
        """Land one crawl run, load it and refresh."""
        writer = self.land(day, *listings, **how)
        load_landing(self.connection, self.home.landing)
        refresh(self.connection)
        return writer

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Answer a query from the warehouse."""
        return self.connection.execute(query).fetchall()

    def row(self, query: str) -> tuple[Any, ...]:
        """Answer a query whose answer is one row."""
        (row,) = self.rows(query)
        return row


@pytest.fixture
def data_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """An empty data folder, on FIRST_DAY."""
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, FIRST_DAY.isoformat())
    monkeypatch.delenv("TASADOR_LANDING", raising=False)
    return home(tmp_path / "data")


@pytest.fixture
def crawls(data_home: Home, monkeypatch: pytest.MonkeyPatch) -> Iterator[Crawls]:
    """Crawls of cars.example that land in an empty warehouse, which is open."""

    def at(moment: datetime) -> None:
        monkeypatch.setenv(ENVIRONMENT_VARIABLE, moment.isoformat())

    with connect(data_home) as connection:
        yield Crawls(data_home, connection, at)
