"""Publishing: new versions beside the old ones, a link that always works, tables that explain themselves."""

import duckdb
import pytest

from crawler.errors import TasadorError
from warehouse import publish as publishing
from warehouse.contracts import FEWEST_LOST, KEYS
from warehouse.market import open_market
from warehouse.publish import KEPT_VERSIONS, SCHEMA_VERSION, TABLES, VIEWS, publish
from warehouse.reading import live_listings
from warehouse.refresh import refresh
from warehouse.training import training_set


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
    names = "select table_name from duckdb_tables() union all select view_name from duckdb_views() where not internal"
    assert {name for (name,) in query(crawls, names)} == set(TABLES)
    assert query(crawls, "select schema_version, published_at from schema_version") == [(SCHEMA_VERSION, crawls.day(0))]


def test_every_table_and_column_says_what_it_means(crawls):
    crawls.load(0, crawls.car("a"))
    publish(crawls.home)
    assert query(crawls, "select table_name from duckdb_tables() where comment is null") == []
    assert query(crawls, "select view_name from duckdb_views() where comment is null and not internal") == []
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
    versions = []
    for day in range(1, KEPT_VERSIONS + 3):
        crawls.load(day, crawls.car("a", f"${day},000"))
        versions.append(publish(crawls.home))
    assert set(crawls.home.market_versions.iterdir()) == set(versions[-KEPT_VERSIONS:])
    assert len(set(versions)) == len(versions)
    assert {path.name for path in crawls.home.root.iterdir()} >= {"market", "market.duckdb", "warehouse.duckdb"}
    assert not list(crawls.home.root.glob("market.duckdb.*"))


def test_a_stale_write_ahead_log_beside_the_link_is_not_replayed(crawls):
    crawls.load(0, crawls.car("a"))
    publish(crawls.home)
    wal = crawls.home.market.with_name("market.duckdb.wal")
    wal.write_bytes(b"of another file")
    crawls.load(1, crawls.car("a", "$19,000"))
    publish(crawls.home)
    assert not wal.exists()
    with duckdb.connect(str(crawls.home.market), read_only=True) as market:
        assert market.execute("select count(*) from listings").fetchone() == (1,)


def test_what_says_nothing_new_is_not_written_again(crawls):
    crawls.load(0, crawls.car("a"), crawls.car("b"))
    version = publish(crawls.home)
    crawls.at(crawls.day(1))
    refresh(crawls.connection, everything=True)
    assert publish(crawls.home) == version
    assert query(crawls, "select published_at from schema_version") == [(crawls.day(0),)]
    crawls.connection.execute("update listings set trim = 'LX' where listing_id like '%b'")
    assert publish(crawls.home) != version


def test_another_meaning_of_a_column_is_something_new(crawls, monkeypatch):
    crawls.load(0, crawls.car("a"))
    version = publish(crawls.home)
    monkeypatch.setitem(publishing.COLUMNS, "make", "who built it")
    assert publish(crawls.home) != version
    assert query(crawls, "select comment from duckdb_columns() where column_name = 'make' limit 1") == [
        ("who built it",)
    ]


def test_the_published_version_outlives_newer_ones_that_were_never_switched_to(crawls):
    crawls.load(0, crawls.car("a"))
    version = publish(crawls.home)
    for number in (2, 3, 4):
        version.with_name(f"market-{number}.duckdb").write_bytes(b"written by a process that was killed")
    assert publish(crawls.home, kept_versions=1) == version
    assert list(crawls.home.market_versions.iterdir()) == [version]


def test_half_of_a_site_s_live_listings_do_not_vanish_unasked(crawls):
    cars = [crawls.car(str(number)) for number in range(2 * FEWEST_LOST)]
    crawls.load(0, *cars)
    version = publish(crawls.home)
    crawls.connection.execute("update listings set status = 'gone' where hash(listing_id) % 4 < 3")
    with pytest.raises(TasadorError, match=r"live listings of cars.example fell from 40 to \d+; .* --anyway"):
        publish(crawls.home)
    assert crawls.home.market.resolve() == version
    assert publish(crawls.home, anyway=True) != version


def test_half_of_a_table_s_rows_do_not_vanish_unasked(crawls):
    crawls.load(0, *(crawls.car(str(number)) for number in range(FEWEST_LOST)))
    publish(crawls.home)
    crawls.connection.execute("delete from listings")
    with pytest.raises(TasadorError, match="rows of listings fell from 20 to 0"):
        publish(crawls.home)


def test_a_few_that_are_sold_are_no_loss(crawls):
    crawls.load(0, *(crawls.car(str(number)) for number in range(FEWEST_LOST - 1)))
    version = publish(crawls.home)
    crawls.connection.execute("update listings set status = 'gone'")
    assert publish(crawls.home) != version


def test_a_version_that_cannot_be_read_is_replaced(crawls):
    crawls.load(0, crawls.car("a"))
    version = publish(crawls.home)
    version.chmod(0o644)
    version.write_bytes(b"no database")
    assert publish(crawls.home) != version
    assert query(crawls, "select count(*) from listings") == [(1,)]


def test_rows_are_published_in_the_order_of_their_key(crawls):
    crawls.load(0, *(crawls.car(str(number)) for number in (3, 1, 2)))
    publish(crawls.home)
    found = query(crawls, "select listing_id from listings")
    assert found == sorted(found)


def test_every_published_table_has_a_key_of_its_columns(crawls):
    crawls.load(0, crawls.car("a"))
    publish(crawls.home)
    assert set(TABLES) == {*KEYS, *VIEWS, "schema_version"}
    columns = query(crawls, "select table_name, column_name from duckdb_columns()")
    assert {(table, column) for table, key in KEYS.items() for column in key} <= set(columns)


def test_the_age_of_a_site_is_that_of_the_moment_in_which_it_is_asked_for(crawls):
    crawls.load(0, crawls.car("a"), health="healthy")
    publish(crawls.home)
    ages = "select age_hours > 24 * 365, site, live_listings from freshness"  # the crawl was in March 2025
    assert query(crawls, ages) == [(True, "cars.example", 1)]


def test_the_line_of_1_4_can_open_what_is_published(crawls):
    crawls.load(0, crawls.car("a"))
    publish(crawls.home)
    tags = "select tags['storage_version'] from duckdb_databases() where database_name = current_database()"
    assert query(crawls, tags) == [("v1.4.0+",)]


def test_publishing_before_the_first_refresh_says_what_to_run(data_home):
    with pytest.raises(TasadorError, match="has no listings yet: run `tasador refresh`"):
        publish(data_home)
    assert not data_home.market.exists()


def test_tables_of_another_version_are_neither_learned_from_nor_scored_nor_published(crawls):
    crawls.load(0, crawls.car("a"))
    crawls.connection.execute("update derivations set sha256 = 'of other queries'")
    for work in (training_set, live_listings):
        with pytest.raises(TasadorError, match="are of another version of Tasador: run `tasador refresh`"):
            work(crawls.connection, "us")
    with pytest.raises(TasadorError, match="are of another version of Tasador: run `tasador refresh`"):
        publish(crawls.home)
