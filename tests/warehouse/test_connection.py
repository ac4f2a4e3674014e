"""Opening the warehouse and the published file, alone and while another process writes."""

import subprocess
import sys
from collections.abc import Iterator

import duckdb
import pytest

from crawler.errors import TasadorError
from crawler.home import Home
from warehouse.connection import connect
from warehouse.market import open_market
from warehouse.migrate import MIGRATIONS, migrate
from warehouse.publish import publish
from warehouse.transaction import transaction

HOLD = """
import sys, duckdb
connection = duckdb.connect(sys.argv[1])
print("open", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def holder(data_home: Home) -> Iterator[subprocess.Popen[str]]:
    """Another process that has the warehouse open for writing until its input is closed."""
    data_home.root.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-c", HOLD, str(data_home.warehouse)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "open\n"
        yield process
        process.communicate("")


def test_a_locked_warehouse_is_one_line_that_names_who_holds_it(data_home, holder):
    with pytest.raises(TasadorError) as error, connect(data_home, wait_seconds=0):
        pass
    expected = f"{data_home.warehouse} is in use by process {holder.pid}: try again when it is done"
    assert str(error.value) == expected


def test_who_waits_is_told_once_whom_for(data_home, holder, caplog):
    with pytest.raises(TasadorError), connect(data_home, wait_seconds=0.3):
        pass
    assert caplog.messages == [f"waiting for process {holder.pid}, which has {data_home.warehouse} open"]


def test_a_writer_waits_until_the_other_is_done(data_home, holder):
    assert holder.stdin
    holder.stdin.close()
    holder.stdin = None
    with connect(data_home) as connection:
        assert connection.execute("select 1").fetchone() == (1,)


def test_a_query_on_the_published_file_answers_while_another_process_writes(crawls, request):
    crawls.load(0, crawls.car("a"))
    publish(crawls.home)
    crawls.connection.close()
    request.getfixturevalue("holder")
    with open_market(crawls.home) as market:
        assert market.execute("select listing_id from listings").fetchall() == [("cars.example:a",)]


def test_a_file_that_is_no_database_is_one_line(data_home):
    data_home.root.mkdir(parents=True)
    data_home.warehouse.write_bytes(b"no database" * 1000)
    with pytest.raises(TasadorError, match=r"warehouse\.duckdb cannot be opened: "), connect(data_home):
        pass


def test_before_anything_is_published_the_error_says_what_to_run(data_home):
    with pytest.raises(TasadorError, match="is not there yet: run `tasador refresh`"), open_market(data_home):
        pass


def test_a_wrong_query_is_one_line(crawls):
    crawls.load(0, crawls.car("a"))
    publish(crawls.home)
    with pytest.raises(TasadorError) as error, open_market(crawls.home) as market:
        market.execute("select nothing_of_the_kind from listings")
    assert "nothing_of_the_kind" in str(error.value)
    assert "\n" not in str(error.value)


def test_the_published_file_cannot_be_written(crawls):
    crawls.load(0, crawls.car("a"))
    publish(crawls.home)
    with pytest.raises(TasadorError), open_market(crawls.home) as market:
        market.execute("delete from listings")


def test_times_are_utc(crawls):
    assert crawls.row("select current_setting('TimeZone')") == ("UTC",)


def test_migrations_run_once_in_order(data_home):
    with duckdb.connect() as connection:
        assert migrate(connection) == [path.stem for path in sorted(MIGRATIONS.glob("*.sql"))]
        assert migrate(connection) == []


def test_a_failed_transaction_leaves_nothing(crawls):
    with pytest.raises(ZeroDivisionError), transaction(crawls.connection):
        crawls.connection.execute("insert into payloads values (uuid(), 'USD', 'mi', '{}', now())")
        raise ZeroDivisionError
    assert crawls.rows("from payloads") == []
