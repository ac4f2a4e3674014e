"""What the tests of predicting in SQL share: markets with champions, and a session that asks them."""

import json
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars as pl
import pytest

from crawler.home import Home
from flows.steps import appraise as appraise_step
from flows.steps.predict_in_sql import add_predictions
from flows.steps.query import answer
from models.train.model_run import make_model_run
from models.train.recipe import Recipe
from warehouse.market import Market

Ask = Callable[[str], list[dict[str, Any]]]
Publish = Callable[[dict[str, str]], None]


def train(folder: Path, market: str, currency: str, seed: int) -> str:
    """Return the model run of invented cars whose price falls by age and mileage."""
    random = np.random.default_rng(seed)
    year, mileage = random.integers(2010, 2025, 300), random.gamma(2, 20_000, 300).round()
    make = np.array(["Honda", "BMW"])[random.integers(0, 2, 300)]
    price = np.where(make == "Honda", 25_000, 60_000) * 0.9 ** (2026 - year) * random.lognormal(0, 0.1, 300)
    rows = {"make": make, "model": np.where(make == "Honda", "Civic", "X5"), "model_year": year, "mileage": mileage}
    known = {"market": market, "currency": currency, "condition": "used", "asking_price": (price * seed).round()}
    vins = [f"1HGFC2F5XJH{number:06}" for number in range(300)]
    cars = pl.DataFrame(
        {"listing_id": [f"{market}:{vin}" for vin in vins], "vehicle_id": vins, "vin": vins, **rows}
    ).with_columns(
        **{name: pl.lit(value) if isinstance(value, str) else pl.Series(value) for name, value in known.items()}
    )
    cars.write_parquet(folder / f"{market}.parquet")
    return make_model_run(
        Recipe(folder / f"{market}.parquet", market, "baseline"), folder / "models", lambda done: None
    ).name


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, dict[str, str]]:
    """A data folder whose markets demo and germany have a baseline as champion; German prices are twice as high."""
    home = Home(tmp_path_factory.mktemp("trained"))
    champions = {"demo": train(home.root, "demo", "USD", 1), "germany": train(home.root, "germany", "EUR", 2)}
    return home, champions


@pytest.fixture
def publish_champions(trained: tuple[Home, dict[str, str]]) -> Publish:
    """Put the next version of a market in place, which knows only who is champion."""
    home = trained[0]
    home.market_versions.mkdir(parents=True, exist_ok=True)

    def publish(champions: dict[str, str]) -> None:
        version = home.market_versions / f"market-{1 + len(list(home.market_versions.glob('*')))}.duckdb"
        with duckdb.connect(str(version)) as connection:
            connection.execute("create table champions (market varchar, model_run_id varchar)")
            connection.executemany("insert into champions values (?, ?)", list(champions.items()))
        home.market.unlink(missing_ok=True)
        home.market.symlink_to(version.relative_to(home.root))

    return publish


@pytest.fixture
def home(trained: tuple[Home, dict[str, str]], publish_champions: Publish) -> Home:
    """One market has a champion."""
    home, champions = trained
    publish_champions({"demo": champions["demo"]})
    return home


@pytest.fixture
def both(home: Home, trained: tuple[Home, dict[str, str]], publish_champions: Publish) -> Home:
    """Both have."""
    publish_champions(trained[1])
    return home


@pytest.fixture
def ask(home: Home) -> Iterator[Ask]:
    """Ask in one session of `tasador sql`."""
    with Market(home) as market:
        add_predictions(market, home)

        def found(query: str) -> list[dict[str, Any]]:
            stream = BytesIO()
            answer(market, query, "jsonl", stream, width=120)
            return [json.loads(line) for line in stream.getvalue().splitlines()]

        yield found


@pytest.fixture
def batches(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many cars were priced in each call of a champion."""
    counts: list[int] = []
    priced = appraise_step.appraise_said

    def counting(appraiser: Any, said: pl.DataFrame) -> pl.DataFrame:
        counts.append(said.height)
        return priced(appraiser, said)

    monkeypatch.setattr(appraise_step, "appraise_said", counting)
    return counts
