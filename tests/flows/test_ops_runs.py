"""What ran is told by ops_runs and stations, whoever ran it and however it ended."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

from crawler.clock import ENVIRONMENT_VARIABLE
from crawler.errors import TasadorError
from crawler.home import Home
from crawler.landing import Manifest
from flows.show import published
from flows.steps import crawl as crawl_steps
from flows.steps.crawl import crawl_site
from flows.steps.import_table import import_table, open_source
from flows.steps.maintain import compact
from flows.steps.publish import publish
from flows.steps.recorded import recorded
from flows.steps.refresh import refresh
from warehouse import publish as publishing
from warehouse.connection import connect
from warehouse.ops_runs import part_of
from warehouse.publish import KEPT_VERSIONS

CARS = "Make,Model,Year,Price,Mileage\n" + "".join(f"Honda,Civic,{2000 + n},${9_000 + n},41000\n" for n in range(20))
RUNS = "select station, subject, outcome, error, rows from ops_runs order by ops_run_id"

DAYS = "select station, subject, started_at::date::varchar from ops_runs"
STATIONS = """
select station, subject, last_succeeded_at, last_outcome, failures_in_a_row, last_error
from stations
where station in ('crawl', 'report')
order by all
"""

KILLED = """
import os, signal, sys
from pathlib import Path
from crawler.home import Home
from flows.steps.recorded import recorded
with recorded(Home(Path(sys.argv[1])), "retrain", "us"):
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def data(tmp_path: Path) -> Home:
    """A data folder with an imported table."""
    table = tmp_path / "cars.csv"
    table.write_text(CARS)
    home = Home(tmp_path / "data")
    import_table(home, open_source(home, table, site="cars.com"))
    return home


@pytest.fixture
def busy(data: Home) -> Iterator[Callable[[], None]]:
    """Another process has the warehouse open, until it is told to let go."""
    code = "import sys, duckdb; c = duckdb.connect(sys.argv[1]); print(); sys.stdin.read()"
    command = [sys.executable, "-c", code, str(data.warehouse)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        process.stdout.readline()
        yield lambda: (process.communicate(""), None)[1]
        process.kill()


def runs(home: Home) -> list[tuple[object, ...]]:
    return published(home, RUNS).rows()


def test_a_station_and_those_that_are_part_of_it_leave_a_row_each(data: Home) -> None:
    assert runs(data) == [
        ("import", "cars.com", "succeeded", None, 20),
        ("refresh", None, "succeeded", None, 20),
        ("publish", None, "succeeded", None, None),
    ]
    row = published(data, "from ops_runs where station = 'import'").row(0, named=True)
    assert row["host"] and row["version"] and row["seconds"] > 0
    assert row["started_at"] <= row["finished_at"] and row["flow_run_id"] is None


def test_when_each_station_last_succeeded_is_one_select(data: Home) -> None:
    with pytest.raises(TasadorError), recorded(data, "refresh"):
        raise TasadorError("the disk is full")
    found = published(data, "from stations order by station, subject").rows(named=True)
    told = {row["station"]: (row["last_outcome"], row["failures_in_a_row"], row["last_error"]) for row in found}
    assert told == {
        "import": ("succeeded", 0, None),
        "publish": ("succeeded", 0, None),
        "refresh": ("failed", 1, "the disk is full"),
    }
    assert all(row["last_succeeded_at"] and row["hours_since_success"] == 0 for row in found)


def test_a_failure_is_one_line_without_secrets(data: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMTP_PASSWORD", "hunter22")
    with pytest.raises(ValueError), recorded(data, "alerts"):
        raise ValueError("hunter22 is wrong\nfor postgresql://me:abc@h.example")
    assert runs(data)[-1] == (
        "alerts",
        None,
        "failed",
        "ValueError: *** is wrong for postgresql://me:***@h.example",
        None,
    )


def test_a_run_whose_process_was_killed_has_died(data: Home) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED, str(data.root)])
    assert killed.returncode == -signal.SIGKILL
    with recorded(data, "report"):
        with recorded(data, "retrain", "us"):
            pass
        publish(data)
        assert ("report", None, "succeeded", None, None) not in runs(data), "it has not ended yet"
    found = published(data, "from ops_runs where station = 'retrain' order by ops_run_id").rows(named=True)
    assert [(row["outcome"], row["seconds"] is None, row["finished_at"] is None) for row in found] == [
        ("died", True, True),
        ("succeeded", False, False),
    ]


def test_a_crawl_that_the_site_refused_is_told_with_its_run(data: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    refused = Manifest(
        "20250301T000000Z-00000a", "demo", "demo", "", "", "blocked", False, [], 0, 0, 0, health="blocked"
    )
    monkeypatch.setattr(crawl_steps, "run_crawl", lambda *_, **__: refused)
    with pytest.raises(TasadorError):
        crawl_site(data, "demo")
    row = published(data, "from ops_runs order by ops_run_id desc limit 1").row(0, named=True)
    assert (row["station"], row["subject"], row["outcome"], row["crawl_run_id"]) == (
        "crawl", "demo", "failed", "20250301T000000Z-00000a",
    )  # fmt: skip
    assert "the crawl of demo brought no listing" in row["error"]


def test_the_run_of_a_flow_is_named(data: Home) -> None:
    with part_of("0195-of-prefect"):
        refresh(data)
    assert published(data, "select distinct station from ops_runs where flow_run_id = '0195-of-prefect'").height == 2


def test_what_ran_while_another_process_wrote_is_told_by_the_next_station(
    data: Home, busy: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.steps.recorded.WAIT_SECONDS", 0.0)
    with recorded(data, "crawl", "cars.com"):
        pass
    assert "crawl" not in [station for station, *_ in runs(data)]
    busy()
    refresh(data)
    assert [station for station, *_ in runs(data)][-3:] == ["crawl", "refresh", "publish"]
    assert not list((data.root / ".ops_runs").iterdir())


def test_maintenance_forgets_what_ran_long_ago_but_not_the_last_success(
    data: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(day: str, station: str, subject: str | None, *, fails: bool = False) -> None:
        monkeypatch.setenv(ENVIRONMENT_VARIABLE, f"{day}T06:00:00+00:00")
        with recorded(data, station, subject) as run:
            run.error = "blocked" if fails else None

    run("2024-01-01", "crawl", "a")
    run("2024-01-02", "crawl", "a", fails=True)
    run("2024-01-03", "crawl", "a")
    run("2024-01-04", "crawl", "a", fails=True)  # what came since the last success stays: failures in a row
    run("2024-01-01", "crawl", "b")
    run("2025-12-01", "crawl", "b")
    run("2024-01-01", "report", None)
    run("2024-01-02", "report", None)
    run("2025-11-30", "crawl", "b", fails=True)
    before = published(data, STATIONS).rows()
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, "2026-01-01T06:00:00+00:00")
    compact(data)
    kept = published(data, f"{DAYS} where station in ('crawl', 'report') order by all").rows()
    assert kept == [
        ("crawl", "a", "2024-01-03"),
        ("crawl", "a", "2024-01-04"),
        ("crawl", "b", "2025-11-30"),
        ("crawl", "b", "2025-12-01"),
        ("report", None, "2024-01-02"),
    ]
    assert published(data, STATIONS).rows() == before


def test_a_machine_that_only_crawls_gets_no_warehouse(tmp_path: Path) -> None:
    home = Home(tmp_path / "crawler")
    with recorded(home, "crawl", "demo"):
        pass
    assert not home.warehouse.exists()
    assert len(list((home.root / ".ops_runs").iterdir())) == 1


def test_a_station_goes_on_where_it_cannot_be_recorded(data: Home, caplog: pytest.LogCaptureFixture) -> None:
    (data.root / ".ops_runs").rmdir()
    (data.root / ".ops_runs").write_text("in the way")
    with recorded(data, "crawl", "demo") as run:
        run.rows = 3
    assert [line for line in caplog.messages if "is not recorded" in line]


def test_that_something_ran_publishes_nothing_else_anew(data: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    before, version = published(data, "from schema_version").rows(), data.market.resolve()
    with duckdb.connect(str(version), read_only=True) as reader:
        monkeypatch.setattr(publishing, "_copy", lambda *_: pytest.fail("everything was written anew"))
        refresh(data)
        assert reader.execute("select count(*) from ops_runs").fetchone() == (3,), "who has it open keeps it"
    assert published(data, "from schema_version").rows() == before
    assert data.market.resolve() != version
    assert [station for station, *_ in runs(data)][3:] == ["refresh", "publish"]
    assert (
        published(data, "select comment from duckdb_columns() where table_name = 'ops_runs'").null_count().item() == 0
    )
    assert len(list(data.market_versions.iterdir())) <= KEPT_VERSIONS


def test_a_published_version_of_before_is_left_alone(data: Home) -> None:
    with connect(data) as connection, connection.cursor() as old:
        old.execute(
            f"attach '{data.market_versions}/market-9.duckdb' as old; create table old.listings as from listings"
        )
        old.execute("detach old")
    data.market.unlink()
    data.market.symlink_to("market/market-9.duckdb")
    with recorded(data, "crawl", "demo"):
        pass
    assert data.market.resolve().name == "market-9.duckdb"
