"""Landing and lake in an object store: the rows of files on disk, two loaders at once, and what is forgotten."""

import shutil
import subprocess
import sys
from typing import Any

import duckdb
import polars as pl
import pytest

from crawler.errors import TasadorError
from crawler.files import files_at
from crawler.home import Home
from crawler.sites import Lake
from warehouse.connection import connect
from warehouse.forgetting import forget
from warehouse.lake import drop_double_payloads, erase_history
from warehouse.load import load_landing
from warehouse.market import open_market
from warehouse.publish import publish
from warehouse.refresh import refresh
from warehouse.transform import RELATIONS

LOADER = """
import sys
from crawler.home import home
from warehouse import load
from warehouse.connection import connect

load.BYTES_PER_TRANSACTION = 1  # a part is a transaction, so that there are many to be shared out
data = home(sys.argv[1])
with connect(data) as connection:
    print(load.load_landing(connection, data.landing).parts)
"""


@pytest.fixture
def landed(crawls: Any, bucket: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Four crawls in a folder, loaded from there, and the same files in a bucket, which is the landing from now on."""
    for day in range(4):
        crawls.land(day, *(crawls.car(f"{car}", f"${car + day},000") for car in range(10, 15)), rejects=("blocked",))
    crawls.at(crawls.day(4))
    load_landing(crawls.connection, crawls.home.landing)
    refresh(crawls.connection)
    files, root = files_at(f"{bucket}/landing")
    files.put(f"{crawls.home.landing}/", f"{root}/", recursive=True)
    monkeypatch.setenv("TASADOR_LANDING", f"{bucket}/landing")
    return f"{bucket}/landing"


@pytest.fixture
def stored_lake(database: str, bucket: str, monkeypatch: pytest.MonkeyPatch) -> Lake:
    """An empty database and a place in the bucket, which the environment names as the warehouse."""
    lake = Lake(database, f"{bucket}/lake")
    monkeypatch.setenv("TASADOR_WAREHOUSE", lake.address)
    monkeypatch.setenv("TASADOR_WAREHOUSE_DATA", lake.data)
    return lake


def rows(connection: duckdb.DuckDBPyConnection) -> dict[str, list[tuple[Any, ...]]]:
    return {
        table: connection.execute(f"select * from {table} order by all").fetchall()
        for table in ("observations", "payloads", "crawl_rejects", "landing_files", "manifests", *RELATIONS)
    }


def test_a_warehouse_file_loads_from_a_store_what_it_loads_from_a_folder(crawls, landed, tmp_path) -> None:
    with connect(Home(tmp_path / "other")) as connection:
        load_landing(connection, landed)
        refresh(connection)
        assert rows(connection) == rows(crawls.connection)
        assert load_landing(connection, landed).rows == 0


@pytest.mark.slow
def test_two_loaders_fill_a_lake_in_a_store_with_the_rows_of_files(crawls, landed, stored_lake, data_home) -> None:
    with connect(data_home) as connection:
        command = [sys.executable, "-c", LOADER, str(data_home.root)]
        loaders = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
        assert sum(int(loader.communicate()[0]) for loader in loaders) == 4
        drop_double_payloads(connection)  # as each refresh does first
        refresh(connection)
        assert rows(connection) == rows(crawls.connection)
    files, root = files_at(stored_lake.data)
    assert files.glob(f"{root}/**/*.parquet")
    assert not list(data_home.root.rglob("*.parquet"))
    published = publish(data_home)
    assert published.is_relative_to(data_home.root)
    with open_market(data_home) as market:
        assert market.execute("select count(*) from listings").fetchone() == (5,)


@pytest.mark.slow
def test_what_is_forgotten_is_in_no_object_of_the_store(crawls, stored_lake, data_home, tmp_path) -> None:
    crawls.land(0, *(crawls.car(f"{number}", seller_name="Quentin Quibble") for number in range(30)))

    def is_kept() -> bool:
        files, root = files_at(stored_lake.data)
        copy = tmp_path / "copy"
        files.get(root, str(copy), recursive=True)
        texts = [str(pl.read_parquet(path).to_dicts()) for path in copy.rglob("*.parquet")]
        shutil.rmtree(copy)
        return any("Quibble" in text for text in texts)

    with connect(data_home) as connection:
        load_landing(connection, data_home.landing)
        refresh(connection)
        assert is_kept()
        forget(connection, [f"cars.example:{number}" for number in range(30)], [], "Quentin Quibble")
        refresh(connection, anew=True)
        erase_history(connection)
        assert not is_kept()
        assert connection.execute("select count(*) from listings").fetchone() == (30,)


def test_a_corrupt_object_is_left_out_and_a_store_that_fails_is_no_corrupt_object(
    crawls, landed, tmp_path, monkeypatch
) -> None:
    files, root = files_at(landed)
    part = sorted(files.glob(f"{root}/*/*/part-*"))[0]
    whole = files.cat_file(part)
    files.pipe_file(part, whole[:-5])
    with connect(Home(tmp_path / "other")) as connection:
        assert len(load_landing(connection, landed).newly_corrupt) == 1
        files.pipe_file(part, whole)
        monkeypatch.setattr("warehouse.landing_folder.LandingFolder.address", lambda self, file: f"s3://gone/{file}")
        monkeypatch.setattr("warehouse.landing_folder.LandingFolder.read_bytes", _refused)
        with pytest.raises(ConnectionError):
            load_landing(connection, landed)


def _refused(*_: Any) -> bytes:
    raise ConnectionError("the store does not answer")


def test_without_the_extension_the_error_says_what_to_install(tmp_path, landed, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "duckdb_extension_httpfs", None)
    with (
        connect(Home(tmp_path / "other")) as connection,
        pytest.raises(TasadorError, match=r"pip install 'tasador\[object-store\]'"),
    ):
        load_landing(connection, landed)
