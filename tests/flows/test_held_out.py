"""A retraining of a market with a history learns what was known at the cut, and is judged by what came after it."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from crawler.clock import ENVIRONMENT_VARIABLE
from crawler.home import Home
from crawler.items import Listing
from crawler.landing import LandingWriter
from crawler.sites import Market, Site
from flows.steps.held_out import rows_to_freeze
from flows.steps.refresh import refresh
from models.evaluate.holdout import BY_HASH, split
from models.gate.verdict import decide
from models.model_runs.registry import open_model_run
from models.train.model_run import make_model_run
from models.train.recipe import Recipe
from warehouse.connection import connect
from warehouse.training import freeze

FIRST_DAY = datetime(2026, 1, 5, 6, tzinfo=UTC)
SITE = Site("cars.test", Market("test", "USD", "mi"))
KNOWN, NEW, NEWER = range(600), range(600, 850), range(850, 1_100)
RANDOM = np.random.default_rng(0)
YEARS, MILES = RANDOM.integers(2005, 2025, 1_200), RANDOM.integers(1_000, 90_000, 1_200)
NOISE = RANDOM.normal(0, 0.1, 1_200)


def car(number: int, factor: float = 1.0, **said: Any) -> Listing:
    make, model = [("Honda", "Civic"), ("Ford", "Focus"), ("Kia", "Rio")][number % 3]
    price = f"${factor * 30_000 * 0.9 ** (2025 - YEARS[number]) * np.exp(NOISE[number]):,.0f}"
    told = {"make": make, "model": model, "model_year": str(YEARS[number]), "mileage": f"{MILES[number]} mi.", **said}
    return Listing(source_id=f"c{number}", url=f"https://cars.test/c{number}", price=price, **told)


Crawl = Callable[[float, Iterable[Listing]], None]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.delenv("TASADOR_LANDING", raising=False)
    return Home(tmp_path / "data")


@pytest.fixture
def crawl(home: Home, monkeypatch: pytest.MonkeyPatch) -> Crawl:
    """Land, load and refresh a crawl on a day; with ``seen`` what it read was seen on another."""

    def on(day: float, listings: Iterable[Listing], *, seen: float | None = None) -> None:
        monkeypatch.setenv(ENVIRONMENT_VARIABLE, (FIRST_DAY + timedelta(days=day)).isoformat())
        writer = LandingWriter(home.landing, SITE)
        for listing in listings:
            seen_at = FIRST_DAY + timedelta(days=day if seen is None else seen)
            writer.write(listing, page="results", scraped_at=seen_at)
        writer.flush()
        writer.finish(reason="finished", is_complete=True, scope=["all"])
        refresh(home)

    return on


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Give the market settings of tasador.toml."""

    def write(said: str) -> None:
        path = tmp_path / "tasador.toml"
        path.write_text(f'[markets.test]\ncurrency = "USD"\n{said}\n')
        monkeypatch.setenv("TASADOR_CONFIG", str(path))

    return write


@pytest.fixture
def history(crawl: Crawl) -> Crawl:
    """Thirty days of a market: after the first all prices are a tenth lower, and there are new cars."""
    crawl(0, map(car, KNOWN))
    crawl(20, (car(number, 0.9) for number in [*KNOWN, *NEW]))
    crawl(30, (car(number, 0.9) for number in [*KNOWN, *NEW]))
    return crawl


def frozen(home: Home) -> pl.DataFrame:
    with connect(home) as connection:
        return rows_to_freeze(connection, "test")


def numbers(rows: pl.DataFrame) -> list[int]:
    return sorted(rows["listing_id"].str.split(":c").list.last().cast(pl.Int64))


def test_training_rows_are_those_of_the_cut_and_the_holdout_came_later(home: Home, history: Crawl) -> None:
    training, holdout = split(frozen(home), "test")
    assert (numbers(training), numbers(holdout)) == ([*KNOWN], [*NEW])
    assert set(holdout["holdout_rule"]) == {"first seen after 2026-01-21"}
    assert training["scraped_at"].max() == FIRST_DAY


def test_what_is_told_after_the_cut_changes_no_training_row(home: Home, history: Crawl) -> None:
    before = frozen(home).filter(~pl.col("is_holdout"))
    history(30.1, [*(car(number, 0.5, trim="EX", mileage="7 mi.") for number in KNOWN), car(1_199)])
    history(30.2, (car(number) for number in range(1_100, 1_150)), seen=10)  # seen early, told late
    after = frozen(home)
    assert after.filter(~pl.col("is_holdout")).equals(before)
    assert numbers(after.filter("is_holdout")) == [*NEW, 1_199]


def test_a_car_without_a_price_before_the_cut_is_not_held_out(home: Home, crawl: Crawl) -> None:
    late = [*range(600, 610)]
    crawl(0, [*map(car, KNOWN), *(Listing(source_id=f"c{n}", url=f"https://cars.test/c{n}", make="Kia") for n in late)])
    crawl(30, map(car, [*KNOWN, *NEW]))
    assert numbers(frozen(home).filter("is_holdout")) == [*NEW][10:]


@pytest.mark.parametrize("first_day", [3, 30])
def test_without_four_weeks_of_history_one_vehicle_in_five_is_held_out(
    home: Home, crawl: Crawl, first_day: int
) -> None:
    crawl(first_day, map(car, KNOWN), seen=min(first_day, 3))
    crawl(30, map(car, [*KNOWN, *NEW]))
    assert set(frozen(home)["holdout_rule"]) == {BY_HASH}


@pytest.mark.parametrize("days", [20, 40])
def test_a_market_learns_from_as_many_days_as_its_setting_says(
    home: Home, crawl: Crawl, settings: Callable[[str], None], days: int
) -> None:
    settings(f"training_days = {days}")
    crawl(0, map(car, range(50)))
    crawl(30, map(car, range(50, 100)))
    assert len(frozen(home)) == (50 if days == 20 else 100)


def test_of_as_many_rows_as_a_market_may_learn_from_the_holdout_is_the_share_that_it_was(
    home: Home, crawl: Crawl, settings: Callable[[str], None]
) -> None:
    crawl(0, map(car, KNOWN))
    everything = frozen(home)
    settings("training_rows = 300")
    rows = frozen(home)
    assert rows.height == 300 and rows.equals(everything.join(rows, on="listing_id", how="semi"))
    assert 40 < rows["is_holdout"].sum() < 80


def test_of_a_market_with_a_history_both_sides_are_drawn(
    home: Home, history: Crawl, settings: Callable[[str], None]
) -> None:
    settings("training_rows = 590")
    whole = split(frozen(home), "test")  # too few newcomers are left of 250: one vehicle in five
    assert {*whole[1]["holdout_rule"]} == {BY_HASH} and whole[0].height + whole[1].height == 590
    settings("training_rows = 800")
    training, holdout = split(frozen(home), "test")
    assert {*holdout["holdout_rule"]} == {"first seen after 2026-01-21"}
    assert numbers(training) == [*KNOWN] and 200 <= holdout.height < 250 and {*numbers(holdout)} < {*NEW}


def test_champion_and_challenger_meet_on_cars_later_than_both(home: Home, history: Crawl) -> None:
    def trained() -> tuple[pl.DataFrame, Any]:
        rows = frozen(home)
        recipe = Recipe(freeze(rows, home.snapshots).path, "test", "baseline", folds=2)
        return split(rows, "test")[1], open_model_run(make_model_run(recipe, home.models, lambda done: None))

    _, champion = trained()
    history(50, (car(number, 0.9) for number in [*KNOWN, *NEW, *NEWER]))
    holdout, challenger = trained()
    assert champion.manifest.holdout_rule == "first seen after 2026-01-21"
    assert champion.manifest.trained_until == FIRST_DAY.isoformat()
    assert challenger.manifest.holdout_rule == "first seen after 2026-02-10"
    assert "250 held-out cars read after every training" in decide(holdout, challenger, champion, None).reason
