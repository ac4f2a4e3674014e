"""A lake is copied into one file, and a file's tables take the place of a lake's: the same rows both ways."""

from pathlib import Path

import duckdb
import pytest

from warehouse.compaction import copy_warehouse, put_into_lake
from warehouse.load import load_landing
from warehouse.migrate import migrate
from warehouse.refresh import refresh

TABLES = "select table_name from duckdb_tables() where database_name = 'lake' order by table_name"


def lake(folder: Path) -> duckdb.DuckDBPyConnection:
    package = pytest.importorskip(
        "duckdb_extension_ducklake", reason="the package duckdb-extension-ducklake is missing"
    )
    (extension,) = Path(package.__file__).parent.rglob("*.duckdb_extension")
    folder.mkdir()
    connection = duckdb.connect()
    connection.execute(f"load '{extension}'")
    connection.execute(f"attach 'ducklake:{folder}/catalog.ducklake' as lake (data_path '{folder}/data')")
    connection.execute("use lake")
    connection.execute("set TimeZone = 'UTC'")
    migrate(connection)
    return connection


def test_a_lake_goes_into_a_file_and_takes_the_place_of_another_lake(crawls, tmp_path):
    crawls.land(0, crawls.car("a"), crawls.car("b", "$9,000"), rejects=("no listing",))
    crawls.land(1, crawls.car("a", "$19,000"))
    with lake(tmp_path / "one") as one, lake(tmp_path / "other") as other:
        load_landing(one, crawls.home.landing)
        refresh(one)
        copy_warehouse(one, tmp_path / "copy.duckdb")
        for _ in range(2):  # over an empty one, over one with the same tables
            put_into_lake(other, tmp_path / "copy.duckdb")
            for (table,) in one.execute(TABLES).fetchall():
                rows = f"from {table} order by all"
                assert other.execute(rows).fetchall() == one.execute(rows).fetchall(), table
        assert other.execute("select count(*) from listings").fetchone() == (2,)
        assert refresh(other).parsed == 0
