"""What the tests of alerts share: a world of published deals and a tasador.toml, and an address where nobody is."""

import json
import shutil
import socketserver
from pathlib import Path
from typing import Any

import duckdb
import pytest

from crawler.clock import ENVIRONMENT_VARIABLE
from crawler.home import Home
from flows.steps.alerts import Told, run_alerts
from warehouse.connection import connect

TODAY = "2026-03-10T08:00:00+00:00"
DEAL = {"market": "us", "kind": "deal", "where": "rating = 'great_deal'"}


class World:
    """A data folder with published tables and a tasador.toml, both as a test wants them."""

    def __init__(self, folder: Path) -> None:
        self.home = Home(folder / "data")
        self.config = folder / "tasador.toml"
        self.waited: list[float] = []
        self._versions = 0

    def publish(self, *deals: tuple[str, float, str]) -> None:
        """Publish deals: listing_id, asking price and rating."""
        self._versions += 1
        version = self.home.market_versions / f"market-{self._versions}.duckdb"
        version.parent.mkdir(parents=True, exist_ok=True)
        with duckdb.connect(str(version)) as connection:
            connection.execute(
                "create table deals (listing_id varchar, market varchar, make varchar, model varchar, url varchar, "
                "seller_name varchar, asking_price double, rating varchar)"
            )
            for listing_id, price, rating in deals:
                url = f"https://cars.example/{listing_id}"
                row = [listing_id, "us", "Honda", "Civic", url, "Jane Doe", price, rating]
                connection.execute("insert into deals values (?, ?, ?, ?, ?, ?, ?, ?)", row)
        self.home.market.unlink(missing_ok=True)
        self.home.market.symlink_to(version.relative_to(self.home.root))

    def configure(self, **alerts: dict[str, Any]) -> None:
        """Write a tasador.toml with these alerts; what they do not say is as in DEAL."""
        lines = ['[markets.us]\ncurrency = "USD"']
        for name, table in alerts.items():
            lines += [f"[alerts.{name}]", *(f"{key} = {json.dumps(value)}" for key, value in (DEAL | table).items())]
        self.config.write_text("\n".join(lines), encoding="utf-8")

    def run(self, **how: bool) -> Told:
        """Run the one alert that there is."""
        (told,) = run_alerts(self.home, wait=self.waited.append, **how).values()
        return told

    def states(self) -> dict[str, str]:
        with connect(self.home) as connection:
            return dict(connection.execute("select listing_id, state from alert_messages").fetchall())


@pytest.fixture(scope="session")
def empty_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse with its migrations applied, which is most of what opening the first one takes."""
    home = Home(tmp_path_factory.mktemp("empty"))
    with connect(home):
        pass
    return home.warehouse


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, empty_warehouse: Path) -> World:
    world = World(tmp_path)
    world.home.root.mkdir()
    shutil.copy(empty_warehouse, world.home.warehouse)
    monkeypatch.setenv("TASADOR_CONFIG", str(world.config))
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, TODAY)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    world.configure()
    world.publish(("a", 9_000, "great_deal"), ("b", 9_500, "fair"))
    return world


@pytest.fixture
def unreachable() -> str:
    with socketserver.TCPServer(("127.0.0.1", 0), socketserver.BaseRequestHandler) as server:
        return f"http://127.0.0.1:{server.server_address[1]}/token-of-mine"
