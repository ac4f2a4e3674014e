"""Publishing: new versions beside the old ones, a link that always works, tables that explain themselves."""

from itertools import pairwise

import duckdb
import pytest

from crawler.errors import TasadorError
from warehouse.connection import open_market
from warehouse.publish import KEPT_VERSIONS, TABLES, publish


def query(crawls, sql):
    with open_market(crawls.home) as market:
        return market.execute(sql).fetchall()


def test_the_link_points_to_the_newest_version(crawls):
    crawls.load(0, crawls.car("a"))
    first = publish(crawls.home)
    crawls.load(1, crawls.car("a"), crawls.car("b"))
    second = publish(crawls.home)
    assert first != second
    assert crawls.home.market.resolve() == second.resolve()
    assert query(crawls, "select count(*) from listings") == [(2,)]


def test_every_table_is_there(crawls):
    crawls.load(0, crawls.car("a"))
    publish(crawls.home)
    assert {name for (name,) in query(crawls, "select table_name from duckdb_tables()")} == set(TABLES)
    assert query(crawls, "select schema_version, published_at from schema_version") == [(1, crawls.day(0))]


def test_every_table_and_column_says_what_it_means(crawls):
    crawls.load(0, crawls.car("a"))
    publish(crawls.home)
    assert query(crawls, "select table_name from duckdb_tables() where comment is null") == []
    assert (
        query(crawls, "select table_name, column_name from duckdb_columns() where comment is null and not internal")
        == []
    )


def test_an_open_reader_keeps_what_it_reads(crawls):
    crawls.load(0, crawls.car("a"))
    publish(crawls.home)
    with open_market(crawls.home) as market:
        for day in range(1, 6):
            crawls.load(day, crawls.car("a", f"${day},000"))
            publish(crawls.home)
        assert market.execute("select asking_price from listings").fetchall() == [(20_000,)]
    assert query(crawls, "select asking_price from listings") == [(5_000,)]


def test_the_last_versions_are_kept_and_nothing_else_lies_about(crawls):
    crawls.load(0, crawls.car("a"))
    crawls.home.market_versions.mkdir()
    for name in ("market-1.building", "market-1.building.wal"):
        (crawls.home.market_versions / name).write_bytes(b"left by a killed process")
    versions = [publish(crawls.home) for _ in range(KEPT_VERSIONS + 2)]
    assert sorted(crawls.home.market_versions.iterdir()) == versions[-KEPT_VERSIONS:]
    assert all(older < newer for older, newer in pairwise(versions))
    assert {path.name for path in crawls.home.root.iterdir()} >= {"market", "market.duckdb", "warehouse.duckdb"}
    assert not list(crawls.home.root.glob("market.duckdb.*"))


def test_a_stale_write_ahead_log_beside_the_link_is_not_replayed(crawls):
    crawls.load(0, crawls.car("a"))
    publish(crawls.home)
    wal = crawls.home.market.with_name("market.duckdb.wal")
    wal.write_bytes(b"of another file")
    publish(crawls.home)
    assert not wal.exists()
    with duckdb.connect(str(crawls.home.market), read_only=True) as market:
        assert market.execute("select count(*) from listings").fetchone() == (1,)


def test_publishing_before_the_first_refresh_says_what_to_run(data_home):
    with pytest.raises(TasadorError, match="has no listings yet: run `tasador refresh`"):
        publish(data_home)
    assert not data_home.market.exists()
