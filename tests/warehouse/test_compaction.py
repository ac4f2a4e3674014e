"""Compaction: the same rows in fewer bytes, and nothing left beside the file."""

from warehouse.compaction import compact
from warehouse.connection import connect

ROWS = "select count(*), sum(number) from ballast"


def test_a_compacted_warehouse_is_smaller_and_has_the_same_rows(data_home):
    with connect(data_home) as connection:
        connection.execute(
            "create table ballast as select (hash(range) % 1_000_000)::int as number from range(1_000_000)"
        )
        connection.execute("delete from ballast where number < 900_000")
        connection.execute("checkpoint")
        before = connection.execute(ROWS).fetchone()
        tables = connection.execute("select table_name from duckdb_tables() order by 1").fetchall()
    compaction = compact(data_home)
    assert compaction.after < compaction.before / 2
    assert compaction.after == data_home.warehouse.stat().st_size
    with connect(data_home) as connection:
        assert connection.execute(ROWS).fetchone() == before
        assert connection.execute("select table_name from duckdb_tables() order by 1").fetchall() == tables
    assert [path.name for path in data_home.root.iterdir()] == ["warehouse.duckdb"]


def test_what_a_killed_compaction_left_does_not_matter(data_home):
    with connect(data_home) as connection:
        connection.execute("create table ballast as select range as number from range(10)")
    data_home.warehouse.with_name("warehouse.duckdb.rebuilding").write_bytes(b"half a file")
    data_home.warehouse.with_name("warehouse.duckdb.rebuilding.wal").write_bytes(b"and its log")
    compact(data_home)
    with connect(data_home) as connection:
        assert connection.execute(ROWS).fetchone() == (10, 45)
    assert [path.name for path in data_home.root.iterdir()] == ["warehouse.duckdb"]
