"""Real daily crawls, of two sites: the order in which they are loaded changes nothing, and their counts agree."""

import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from click.testing import CliRunner

from crawler.home import Home, home
from flows.cli import cli
from warehouse.connection import connect
from warehouse.load import load_landing
from warehouse.refresh import refresh
from warehouse.transform import RELATIONS

pytestmark = pytest.mark.slow


def imported(folder: Path, file: Path) -> Home:
    """Return a data folder that a real table was imported into, each of its days as a crawl."""
    result = CliRunner().invoke(cli, ["--home", str(folder), "import", str(file)], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return home(folder)


def hashes(folder: Home) -> dict[str, tuple[Any, ...]]:
    """Return an ordered hash of each derived table, and its number of rows."""
    query = "select md5(string_agg(rows::varchar, '' order by rows::varchar)), count(*) from {} as rows"
    with connect(folder) as connection:
        return {name: connection.execute(query.format(name)).fetchone() for name in RELATIONS}


def loaded_one_by_one(landed: Home, runs: Iterable[Path], folder: Path) -> Home:
    """Return a data folder into which the runs landed one after the other, each refreshed before the next came."""
    other = home(folder)
    with connect(other) as connection:
        for run in runs:
            shutil.copytree(run, Path(other.landing) / run.relative_to(landed.landing))
            load_landing(connection, other.landing)
            refresh(connection)
    return other


def test_sixty_crawls_give_the_same_tables_in_order_in_reverse_and_twice(shared_data: Path, tmp_path: Path) -> None:
    file = shared_data / "autoscout24_lux_daily.parquet"
    at_once = imported(tmp_path / "at once", file)
    expected = hashes(at_once)
    assert min(rows for name, (_, rows) in expected.items() if name in ("listings", "price_changes", "relists")) > 0
    runs = sorted(path for path in Path(at_once.landing).glob("*/*") if path.is_dir())
    assert len(runs) == 60
    for name, order in {"in order": runs, "in reverse": runs[::-1]}.items():
        assert hashes(loaded_one_by_one(at_once, order, tmp_path / name)) == expected, name
    imported(at_once.root, file)
    assert hashes(at_once) == expected


def test_as_many_vins_change_their_price_as_the_file_says(shared_data: Path, tmp_path: Path) -> None:
    file = shared_data / "dealer_inventory_daily.jsonl.gz"
    prices = pl.read_ndjson(file, infer_schema_length=None).select("vin", "snapshot_date", "total_price").drop_nulls()
    of_days = prices.group_by("vin", "snapshot_date", maintain_order=True).last()
    changed = of_days.group_by("vin").agg(pl.col("total_price").n_unique()).filter(pl.col("total_price") > 1)
    folder = imported(tmp_path, file)
    with connect(folder) as connection:
        found = connection.execute("select distinct listing_id from price_changes").fetchall()
    assert {listing_id.partition(":")[2] for (listing_id,) in found} == set(changed["vin"])
