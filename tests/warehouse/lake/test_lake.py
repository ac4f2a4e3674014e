"""One lake on PostgreSQL: opening it, reading it while it changes, its past, and what a compaction leaves of that."""

import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from crawler.errors import AwayError, TasadorError
from crawler.sites import Lake
from warehouse.connection import connect
from warehouse.forgetting import forget
from warehouse.lake import erase_history, open_lake
from warehouse.load import load_landing
from warehouse.migrate import MIGRATIONS
from warehouse.refresh import refresh

READER = """
import sys
from crawler.home import home
from warehouse.connection import connect

with connect(home(sys.argv[1])) as connection:
    print("ready", flush=True)
    queries = 0
    while not list(connection.execute("from stop").fetchall()):
        (rows,) = connection.execute("select count(*) from observations").fetchone()
        connection.execute("select * from listings").fetchall()
        queries += 1
print(rows, queries)
"""

OPENER = """
import logging, sys
from crawler.home import home
from warehouse.connection import connect

class Counter(logging.Handler):
    conflicts = 0
    def emit(self, record):
        self.conflicts += 1

counter = Counter()
logging.getLogger("warehouse.transaction").addHandler(counter)
logging.getLogger("warehouse.transaction").setLevel(logging.INFO)
print("ready", flush=True)
sys.stdin.readline()
with connect(home(sys.argv[1])):
    print(counter.conflicts)
"""


def test_two_machines_that_open_a_new_lake_at_once_make_its_tables_once_without_a_quarrel(opened, lake, tmp_path):
    commands = [[sys.executable, "-c", OPENER, str(tmp_path / name)] for name in ("one", "other")]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    machines = [subprocess.Popen(command, **pipes) for command in commands]
    assert [machine.stdout.readline() for machine in machines] == ["ready\n"] * 2
    for machine in machines:
        machine.stdin.write("\n")
        machine.stdin.flush()
    conflicts = [int(machine.communicate()[0]) for machine in machines]
    assert sum(conflicts) <= 2
    names = [name for (name,) in opened().execute("select name from migrations order by all").fetchall()]
    assert names == sorted(path.stem for path in MIGRATIONS.glob("*.sql"))


def test_a_reader_in_a_loop_is_never_blocked_by_loads_and_refreshes(crawls, opened, data_home):
    crawls.land(0, crawls.car("a"))
    lake = opened()
    load_landing(lake, data_home.landing)
    refresh(lake)
    lake.execute("create table stop (now boolean)")
    command = [sys.executable, "-c", READER, str(data_home.root)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as reader:
        assert reader.stdout and reader.stdout.readline() == "ready\n"
        for day in (1, 2, 3):
            crawls.land(day, crawls.car("a"), crawls.car(f"b{day}"))
            load_landing(lake, data_home.landing)
            refresh(lake)
        lake.execute("insert into stop values (true)")
        rows, queries = map(int, reader.communicate()[0].split())
    assert reader.returncode == 0
    assert rows <= 7
    assert queries > 0


def test_a_state_of_the_past_can_be_read_by_its_version(crawls, opened, data_home):
    crawls.land(0, crawls.car("a"))
    lake = opened()
    load_landing(lake, data_home.landing)
    (version,) = lake.execute("select max(snapshot_id) from lake.snapshots()").fetchone()
    crawls.land(1, crawls.car("a"), crawls.car("b"))
    load_landing(lake, data_home.landing)
    count = "select count(*) from observations"
    assert lake.execute(f"{count} at (version => {version})").fetchone() == (1,)
    assert lake.execute(count).fetchone() == (3,)


def test_what_is_forgotten_is_in_no_data_file_and_not_in_the_catalog(crawls, opened, data_home, lake, postgres):
    crawls.land(0, *(crawls.car(f"{number}", seller_name="Quentin Quibble") for number in range(30)))
    connection = opened()
    load_landing(connection, data_home.landing)
    refresh(connection)

    def is_kept() -> bool:
        files = [str(pl.read_parquet(path).to_dicts()) for path in Path(lake.data).rglob("*.parquet")]
        catalog = postgres.run("pg_dump", lake.address.rpartition("dbname=")[2])
        return any("Quibble" in text for text in (*files, catalog))

    assert is_kept()
    forget(connection, [f"cars.example:{number}" for number in range(30)], [], "Quentin Quibble")
    refresh(connection, anew=True)
    assert is_kept(), "the past still has it"
    erase_history(connection)
    assert not is_kept()
    assert connection.execute("select count(*) from listings").fetchone() == (30,)


def test_an_error_does_not_tell_the_password(tmp_path, postgres):
    for dsn in (
        f"host=127.0.0.1 port={postgres.port} user=tasador dbname=nowhere password=swordfish",
        f"postgresql://tasador:swordfish@127.0.0.1:{postgres.port}/nowhere",
    ):
        with pytest.raises(TasadorError, match="nowhere") as error:
            open_lake(Lake(f"ducklake:postgres:{dsn}", str(tmp_path)))
        assert not isinstance(error.value, AwayError), "waiting makes no database"
        assert "swordfish" not in str(error.value)
        assert "\n" not in str(error.value)


@pytest.mark.parametrize("password", ["", " password=swordfish"])
def test_a_lake_that_goes_away_in_a_load_is_told_in_one_line_without_the_password(
    crawls, data_home, lake, postgres, monkeypatch, password
):
    crawls.land(0, crawls.car("a"))
    monkeypatch.setenv("TASADOR_WAREHOUSE", lake.address + password)
    database = lake.address.rpartition("dbname=")[2]
    cut = f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{database}'"
    gone = pytest.raises(AwayError, match=r"went away: .+ not currently accepting")
    with gone as error, connect(data_home) as connection:
        postgres.run("psql", "-d", "postgres", "-c", f"alter database {database} allow_connections false", "-c", cut)
        load_landing(connection, data_home.landing)
    assert "swordfish" not in str(error.value)
    assert "\n" not in str(error.value)


def test_without_the_extra_the_error_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "duckdb_extension_postgres_scanner", None)
    with pytest.raises(TasadorError, match=r"pip install 'tasador\[lake\]'"):
        open_lake(Lake("ducklake:postgres:dbname=nowhere", str(tmp_path)))
