"""Refreshing: incremental, repeatable, all or nothing."""

import hashlib
from typing import Any

import duckdb
import pytest

from crawler.errors import TasadorError
from warehouse import contracts, parse, transform
from warehouse.load import load_landing
from warehouse.refresh import refresh
from warehouse.transform import RELATIONS

STATE = ("landing_files", "manifests", "observations", "payloads", "crawl_rejects", "parsed_listings")


def content(connection: duckdb.DuckDBPyConnection, tables: tuple[str, ...] = (*STATE, *RELATIONS)) -> dict[str, str]:
    """An ordered hash of each table."""
    rows = {table: connection.execute(f"select * from {table} order by all").fetchall() for table in tables}
    return {table: hashlib.sha256(repr(found).encode()).hexdigest() for table, found in rows.items()}


def two_days(crawls: Any) -> None:
    crawls.load(0, crawls.car("a"), crawls.car("b", "$9,000"), crawls.car("b", "$9,000"), rejects=("no listing",))
    crawls.load(1, crawls.car("a", "$19,000"), crawls.car("c", "Not Priced"))


def test_a_second_refresh_changes_no_row(crawls):
    two_days(crawls)
    before = content(crawls.connection)
    crawls.at(crawls.day(5))
    load_landing(crawls.connection, crawls.home.landing)
    assert refresh(crawls.connection).parsed == 0
    assert content(crawls.connection) == before


def test_refreshing_everything_parses_all_history_and_changes_no_row(crawls):
    two_days(crawls)
    before = content(crawls.connection)
    assert refresh(crawls.connection, everything=True).parsed == 4
    assert content(crawls.connection) == before


def test_only_new_payloads_are_parsed(crawls):
    crawls.load(0, crawls.car("a"), crawls.car("b"))
    crawls.land(1, crawls.car("a"), crawls.car("b", "$1,000"))
    load_landing(crawls.connection, crawls.home.landing)
    assert refresh(crawls.connection).parsed == 1


def test_payloads_are_parsed_in_batches_that_miss_none(crawls, monkeypatch):
    monkeypatch.setattr(parse, "PAYLOADS_PER_BATCH", 3)
    told: list[str] = []
    crawls.land(0, *(crawls.car(str(number)) for number in range(7)))
    load_landing(crawls.connection, crawls.home.landing)
    assert refresh(crawls.connection, on_progress=told.append).rows["listings"] == 7
    assert told[:3] == [f"{done} of 7 new payloads understood" for done in (3, 6, 7)]


def test_the_order_of_rows_does_not_matter(crawls):
    two_days(crawls)
    before = content(crawls.connection)
    for table in STATE:
        crawls.connection.execute(f"create or replace table {table} as select * from {table} order by rowid desc")
    refresh(crawls.connection, anew=True)
    assert content(crawls.connection) == before


def test_a_failed_check_leaves_the_tables_as_they_were(crawls, monkeypatch, tmp_path):
    crawls.load(0, crawls.car("a"))
    before = content(crawls.connection)
    (tmp_path / "nothing_is_cheap.sql").write_text("select listing_id, asking_price from listings")
    monkeypatch.setattr(contracts, "CHECKS", tmp_path)
    crawls.land(1, crawls.car("b"))
    load_landing(crawls.connection, crawls.home.landing)
    with pytest.raises(TasadorError, match="check nothing_is_cheap failed for 2 rows, the first: "):
        refresh(crawls.connection)
    assert content(crawls.connection, RELATIONS) == {relation: before[relation] for relation in RELATIONS}


def test_every_transform_says_what_one_row_is():
    for path in transform.TRANSFORMS.glob("*.sql"):
        assert transform.grain(path.stem).startswith("one row per ")
