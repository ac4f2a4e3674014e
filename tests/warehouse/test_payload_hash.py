"""Content hashes: tables from before they were UUIDs are converted, and payloads are packed where DuckDB can."""

import shutil
from pathlib import Path

import duckdb
import pytest

from warehouse import migrate as migrations
from warehouse.load import load_landing
from warehouse.migrate import migrate


def test_rows_of_before_keep_their_hashes_as_uuids(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = tmp_path / "migrations"
    before.mkdir()
    for path in sorted(migrations.MIGRATIONS.glob("000[1-4]*.sql")):
        shutil.copy(path, before)
    with duckdb.connect() as connection:
        with monkeypatch.context() as earlier:
            earlier.setattr(migrations, "MIGRATIONS", before)
            migrate(connection)
        connection.execute("insert into payloads values (md5('a'), 'USD', 'mi', '{}')")
        connection.execute("insert into observations (listing_id, payload_hash) values ('a', md5('a')), ('b', null)")
        connection.execute("insert into parsed_listings (payload_hash, make) values (md5('a'), 'Honda')")
        migrate(connection)
        query = "select listing_id, payload_hash = md5('a')::uuid, payload, make from observations"
        query += " left join payloads using (payload_hash) left join parsed_listings using (payload_hash) order by all"
        assert connection.execute(query).fetchall() == [("a", True, "{}", "Honda"), ("b", None, None, None)]


def test_payloads_are_packed_many_at_a_time(crawls):
    crawls.land(0, *(crawls.car(str(number)) for number in range(3000)))
    load_landing(crawls.connection, crawls.home.landing)
    crawls.connection.execute("checkpoint")
    query = "select distinct compression from pragma_storage_info('payloads') where column_name = 'payload'"
    assert ("ZSTD",) in crawls.rows(f"{query} and segment_type = 'VARCHAR'")
