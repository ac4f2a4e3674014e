"""Several loaders of one lake: each landed file is loaded once, whoever comes second, stops or is killed."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pytest

from crawler.clock import ENVIRONMENT_VARIABLE
from warehouse.claims import LEASE_MINUTES, ClaimLost, Claims
from warehouse.lake import drop_double_payloads
from warehouse.landing_folder import landing_folder
from warehouse.load import load_landing

LOADED = ("observations", "payloads", "crawl_rejects", "landing_files", "manifests")

# A part is a transaction, so that there are many to be shared out.
LOADER = """
import json, logging, sys
from crawler.home import home
from warehouse import load
from warehouse.connection import connect

class Counter(logging.Handler):
    conflicts = 0
    def emit(self, record):
        self.conflicts += 1

counter = Counter()
logging.getLogger("warehouse.transaction").addHandler(counter)
logging.getLogger("warehouse.transaction").setLevel(logging.INFO)
load.BYTES_PER_TRANSACTION = 1
insert = load._insert
def insert_and_stop(connection):
    insert(connection)
    print("in the middle", flush=True)
    sys.stdin.read()
if sys.argv[2] == "stops":
    load._insert = insert_and_stop
data = home(sys.argv[1])
with connect(data) as connection:
    print("ready", flush=True)
    sys.stdin.readline()
    summary = load.load_landing(connection, data.landing)
print(json.dumps({"rows": summary.rows, "parts": summary.parts, "conflicts": counter.conflicts}))
"""


@contextmanager
def loader(root: Any, how: str = "") -> Iterator[subprocess.Popen[str]]:
    """Start another process that loads, as soon as a line is written to it; at the end it is killed."""
    command = [sys.executable, "-c", LOADER, str(root), how]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()


def say_go(process: subprocess.Popen[str]) -> None:
    assert process.stdout and process.stdin
    assert process.stdout.readline() == "ready\n"
    process.stdin.write("\n")
    process.stdin.flush()


def tables(connection: duckdb.DuckDBPyConnection) -> dict[str, list[tuple[Any, ...]]]:
    """Return what loading gave, in a fixed order."""
    return {table: connection.execute(f"from {table} order by all").fetchall() for table in LOADED}


def land_many(crawls: Any, parts: int) -> int:
    """Land crawls of two parts each, the second with the payloads of the first; return how many observations."""
    for number in range(parts // 2):
        writer = crawls.land(0, *(crawls.car(f"{number}-{car}") for car in range(20)), is_finished=False)
        for car in range(20):
            writer.write(crawls.car(f"{number}-{car}"), page="detail")
        writer.reject("blocked", url=f"https://cars.example/rejected/{number}")
        writer.flush()
        writer.finish(reason="finished", is_complete=True, scope=["all"])
    return parts * 20


@pytest.mark.slow
def test_four_processes_loading_at_once_load_everything_once(crawls, opened, data_home):
    observations = land_many(crawls, 16)
    alone = load_landing(crawls.connection, data_home.landing)
    lake = opened()
    loaders = [loader(data_home.root) for _ in range(4)]
    processes = [each.__enter__() for each in loaders]
    for process in processes:
        say_go(process)
    told = [json.loads(process.communicate()[0]) for process in processes]
    assert sum(one["rows"] for one in told) == alone.rows == observations
    assert sum(one["parts"] for one in told) == alone.parts == 16
    assert sum(one["conflicts"] for one in told) > 0
    drop_double_payloads(lake)  # as each refresh does first
    assert tables(lake) == tables(crawls.connection)
    assert lake.execute("from claims").fetchall() == []


def test_files_of_a_killed_loader_are_loaded_by_others_after_its_lease(crawls, opened, data_home, monkeypatch):
    land_many(crawls, 4)
    load_landing(crawls.connection, data_home.landing)
    lake = opened()
    with loader(data_home.root, "stops") as process:
        say_go(process)
        assert process.stdout and process.stdout.readline() == "in the middle\n"
        process.kill()
    assert load_landing(lake, data_home.landing).parts == 3
    assert load_landing(lake, data_home.landing).parts == 0
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, crawls.day(LEASE_MINUTES / 24 / 60).isoformat())
    assert load_landing(lake, data_home.landing).parts == 1
    count = "select count(*), count(distinct (file, line_number)) from observations"
    assert lake.execute(count).fetchall() == crawls.rows(count) == [(80, 80)]


def test_a_loader_whose_lease_ended_under_way_loads_nothing(crawls, opened, data_home, monkeypatch):
    crawls.land(0, crawls.car("a"), is_finished=False)
    slow, quick = opened(), opened()
    claims = Claims(slow)
    (file,) = landing_folder(slow, data_home.landing).new_files(slow).parts
    assert claims.claim([file]) == [file]
    assert Claims(quick).claim([file]) == []

    def load_too_late() -> None:
        slow.execute("insert into landing_files values (?, 'loaded', null, 1, now())", [file])
        monkeypatch.setenv(ENVIRONMENT_VARIABLE, crawls.day(LEASE_MINUTES / 24 / 60).isoformat())
        load_landing(quick, data_home.landing)

    with pytest.raises(ClaimLost):
        claims.load([file], load_too_late)
    query = "select count(*) from landing_files"
    assert slow.execute(query).fetchall() == quick.execute(query).fetchall() == [(1,)]


def test_a_corrupt_file_is_given_back_for_others_to_try(crawls, opened, data_home):
    writer = crawls.land(0, crawls.car("a"), is_finished=False)
    (part,) = Path(writer.folder).glob("part-*")
    whole = part.read_bytes()
    part.write_bytes(whole[:-5])
    one, other = opened(), opened()
    assert len(load_landing(one, data_home.landing).newly_corrupt) == 1
    part.write_bytes(whole)
    assert load_landing(other, data_home.landing).rows == 1
