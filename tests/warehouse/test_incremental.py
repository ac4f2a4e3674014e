"""Refreshing bit by bit gives what deriving everything at once gives, in whatever order things landed and loaded."""

import random
import shutil
from pathlib import Path
from typing import Any

import pytest

from crawler.home import home
from warehouse.connection import connect
from warehouse.load import load_landing
from warehouse.refresh import refresh
from warehouse.transform import RELATIONS

VINS = ["1HGCM82633A004352", "1M8GDM9AXKP042788", None]


def tables(connection: Any) -> dict[str, list[Any]]:
    return {name: connection.execute(f"from {name} order by all").fetchall() for name in RELATIONS}


def land_history(crawls: Any, dice: random.Random, days: int = 8) -> None:
    """Crawls of a handful of cars that change price and words, vanish, come back and are relisted; some are bad."""
    for day in range(days):
        cars = [
            crawls.car(
                str(number),
                dice.choice(["$20,000", "$20,000", "$20,000", "$19,000", "Not Priced"]),
                vin=VINS[number % 3],
                trim=dice.choice(["LX", "LX", "EX"]),
                **({"make": None, "model": None} if dice.random() < 0.05 else {}),
            )
            for number in range(9)
            if dice.random() < 0.6
        ]
        crawls.land(
            day + dice.choice([0, 0.01]),
            *cars,
            presence=tuple(crawls.car(str(number)) for number in range(9) if dice.random() < 0.2),
            is_complete=dice.random() < 0.8,
            is_finished=dice.random() < 0.9,
            scope=dice.choice(["all", "all", "some"]),
            rejects=("no listing",) * dice.randrange(2),
            health=dice.choice(["healthy", "healthy", "partial", None]),
        )


def load_in_order(landing: str, runs: list[str], folder: Path) -> dict[str, list[Any]]:
    """Let the runs land one by one in another data folder, each refreshed at once, and return its tables."""
    other = home(folder)
    with connect(other) as connection:
        for run in runs:
            shutil.copytree(Path(landing) / run, Path(other.landing) / run)
            load_landing(connection, other.landing)
            refresh(connection)
        return tables(connection)


@pytest.mark.parametrize("seed", range(4))
def test_the_order_in_which_crawls_are_loaded_changes_no_table(crawls, tmp_path, seed):
    dice = random.Random(seed)
    land_history(crawls, dice)
    load_landing(crawls.connection, crawls.home.landing)
    refresh(crawls.connection)
    at_once = tables(crawls.connection)
    runs = sorted(str(path.relative_to(crawls.home.landing)) for path in Path(crawls.home.landing).glob("*/*/"))
    shuffled = dice.sample(runs, len(runs))
    for name, order in {"in order": runs, "in reverse": runs[::-1], "shuffled": shuffled}.items():
        bit_by_bit = load_in_order(crawls.home.landing, order, tmp_path / name)
        for table in RELATIONS:
            assert bit_by_bit[table] == at_once[table], (name, table)
    assert at_once["price_changes"]
    assert any(at_once[table] for table in ("absences", "relists"))


def test_only_listings_that_say_something_else_are_derived_anew(crawls):
    crawls.load(0, crawls.car("a"), crawls.car("b"), crawls.car("c"))
    crawls.land(1, crawls.car("a"), crawls.car("b", "$1,000"), crawls.car("d"))
    load_landing(crawls.connection, crawls.home.landing)
    assert refresh(crawls.connection).derived == 2
    assert refresh(crawls.connection).derived == 0


def test_other_queries_make_everything_anew(crawls):
    crawls.load(0, crawls.car("a"), crawls.car("b"))
    crawls.connection.execute("update derivations set sha256 = 'of other queries'")
    assert refresh(crawls.connection).derived == 2
    assert refresh(crawls.connection).derived == 0


def test_history_is_derived_in_batches_that_miss_none(crawls, monkeypatch):
    monkeypatch.setattr("warehouse.refresh.LISTINGS_PER_BATCH", 3)
    crawls.load(0, *(crawls.car(str(number)) for number in range(20)))
    crawls.load(1, *(crawls.car(str(number), "$1,000") for number in range(20)))
    assert crawls.row("select count(*), count(distinct listing_id) from price_changes") == (20, 20)
