"""The doctor names what is the matter and what to do, and changes nothing; only what is wrong ends with exit code 1."""

import json
import os
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from crawler.home import Home, home
from crawler.items import Listing
from crawler.landing import LandingWriter
from crawler.sites import Market, Site
from flows.steps import doctor_machine
from flows.steps.doctor import examine
from flows.steps.doctor_machine import examine_machine
from flows.steps.refresh import refresh
from warehouse.connection import connect
from warehouse.load import load_landing
from warehouse.refresh import refresh as refresh_warehouse
from warehouse.training import freeze, training_set

SITE = Site("cars.example", Market("us", "USD", "mi"))


def land(data: Home, crawl_run_id: str | None = None, *, is_finished: bool = True) -> Path:
    writer = LandingWriter(data.landing, SITE, crawl_run_id)
    for number in range(3):
        writer.write(Listing(source_id=str(number), make="Honda", model="Civic", price="$9,000"), page="results")
    writer.flush()
    if is_finished:
        writer.finish(reason="finished", is_complete=True, scope=["all"])
    return Path(writer.path)


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A data folder that nothing is the matter with, but for the contact that the shipped sites want."""
    monkeypatch.delenv("TASADOR_LANDING", raising=False)
    monkeypatch.setenv("TASADOR_CONTACT", "someone@example.com")
    folder = home(tmp_path / "data")
    land(folder)
    refresh(folder)
    return folder


def found(data: Home) -> dict[str, tuple[str, str]]:
    """What is not as it should be: the state and the words of each subject, but for the machine's."""
    machine = ("python", "packages", "extras", "disk")
    findings = [finding for finding in examine(data) if finding.subject not in machine and finding.state != "ok"]
    assert all(finding.remedy for finding in findings)
    return {finding.subject: (finding.state, finding.words) for finding in findings}


@pytest.mark.parametrize(
    ("train", "state", "words"),
    [
        (["scikit-learn", "packaging", "not-there"], "ok", "not installed: train"),
        (["scikit-learn", "skops", "not-there"], "warning", "not-there missing"),
    ],
)
def test_an_extra_is_wanted_where_a_package_is_that_nothing_else_brings(
    data: Home, monkeypatch: pytest.MonkeyPatch, train: list[str], state: str, words: str
) -> None:
    asked = [f"{name}; extra == 'train'" for name in train]
    monkeypatch.setattr(doctor_machine, "requires", lambda _: ["click", "scikit-learn; extra == 'score'", *asked])
    extras = next(finding for finding in examine_machine(data) if finding.subject == "extras")
    assert (extras.state, extras.words) == (state, words)


def test_nothing_is_the_matter_and_nothing_is_changed(data: Home) -> None:
    before = {path: path.lstat().st_mtime_ns for path in data.root.rglob("*") if path.is_file()}
    assert found(data) == {}
    assert {path: path.lstat().st_mtime_ns for path in data.root.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    ("constraints", "state"),
    [
        (f"Scrapy=={version('scrapy')}\nprompt_toolkit=={version('prompt_toolkit')}\n", "ok"),
        ("prompt_toolkit==1.0\n", "warning"),
    ],
)
def test_packages_are_compared_however_their_names_are_spelt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, constraints: str, state: str
) -> None:
    monkeypatch.setattr(doctor_machine, "requires", lambda _: ["scrapy>=2", "prompt-toolkit>=3"])
    monkeypatch.setattr(doctor_machine, "CONSTRAINTS", tmp_path / "constraints.txt")
    (tmp_path / "constraints.txt").write_text(constraints, encoding="utf-8")
    (packages,) = [finding for finding in examine_machine(home(tmp_path)) if finding.subject == "packages"]
    assert packages.state == state


def test_packages_are_no_fault_where_no_tested_versions_are_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor_machine, "CONSTRAINTS", tmp_path / "constraints.txt")
    (packages,) = [finding for finding in examine_machine(home(tmp_path)) if finding.subject == "packages"]
    assert packages.state == "ok"


def test_an_empty_data_folder_is_no_fault(tmp_path: Path, tasador: Callable[..., Any]) -> None:
    answer = tasador("doctor", home=tmp_path / "nothing")
    assert answer.code == 0
    assert "has none yet" in answer.out
    assert not (tmp_path / "nothing").exists()


def test_what_has_landed_and_is_not_loaded_is_told(data: Home) -> None:
    land(data)
    assert found(data)["landing"] == ("warning", "1 file not loaded, 0 loaded and not in the tables")


def test_a_corrupt_landing_file_is_wrong(data: Home, tasador: Callable[..., Any]) -> None:
    (land(data) / "part-00000.jsonl.zst").write_bytes(b"broken")
    assert tasador("refresh", home=data.root).code == 1
    state, words = found(data)["landing"]
    assert (state, "part-00000.jsonl.zst" in words) == ("wrong", True)
    answer = tasador("doctor", home=data.root)
    assert answer.code == 1
    assert "✗" in answer.out


def test_a_crawl_that_never_ended_is_told_after_a_day(data: Home) -> None:
    land(data, "20250301T060000Z-abcdef", is_finished=False)
    refresh(data)
    assert "20250301T060000Z-abcdef" in found(data)["landing"][1]


def test_who_holds_the_warehouse_is_named(data: Home, tasador: Callable[..., Any]) -> None:
    with connect(data):
        answer = tasador("doctor", "--json", home=data.root)
    assert answer.code == 0
    (warehouse,) = [finding for finding in json.loads(answer.out) if finding["subject"] == "warehouse"]
    assert f"PID {os.getpid()}" in warehouse["words"]


def test_a_broken_warehouse_is_wrong_and_the_published_file_still_answers(
    data: Home, tasador: Callable[..., Any]
) -> None:
    data.warehouse.write_bytes(b"no database at all, " * 1000)
    assert found(data)["warehouse"][0] == "wrong"
    assert tasador("sql", "select count(*) from listings", home=data.root).code == 0


def test_a_failing_check_is_wrong(data: Home) -> None:
    with connect(data) as connection:
        connection.execute("update listings set asking_price = -1")
    state, words = found(data)["checks"]
    assert (state, "listings_are_plausible" in words) == ("wrong", True)


def test_payloads_that_an_older_parser_read_are_told(data: Home) -> None:
    with connect(data) as connection:
        connection.execute("update parsed_listings set parser_version = 0")
    assert "read by an older parser" in found(data)["parser"][1]


def test_a_missing_dangling_or_old_market_is_told(data: Home) -> None:
    version = data.market.resolve()
    land(data)
    with connect(data) as connection:
        load_landing(connection, data.landing)
        refresh_warehouse(connection)
    assert found(data)["market.duckdb"] == ("warning", "1 crawl run not published")
    version.unlink()
    assert "points to" in found(data)["market.duckdb"][1]
    data.market.unlink()
    assert "is not there yet" in found(data)["market.duckdb"][1]


def test_models_and_snapshots_that_nobody_names_are_told(data: Home) -> None:
    with connect(data) as connection:
        freeze(training_set(connection, "us"), data.snapshots)
    assert "1 snapshot that no model run names" in found(data)["models"][1]
    with connect(data) as connection:
        connection.execute("insert into model_runs by name select 'run-1' as model_run_id, 'us' as market")
    assert "1 model run without a folder, as run-1" in found(data)["models"][1]


def test_only_old_temporary_files_are_left_over_and_only_fix_removes_them(
    data: Home, tasador: Callable[..., Any]
) -> None:
    long_ago = time.time() - 7200
    old = [data.root / name for name in ("warehouse.duckdb.rebuilding", "market/market-9.building", "a/b.writing")]
    for path in old:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"half")
        os.utime(path, (long_ago, long_ago))
    young = data.root / "young.writing"
    young.write_bytes(b"half")
    assert found(data)["leftovers"] == ("warning", f"3 temporary files of killed processes, as {sorted(old)[0].name}")
    answer = tasador("doctor", "--fix", home=data.root)
    assert answer.code == 0
    assert all(f"removed {path}" in answer.out for path in old)
    assert not any(path.exists() for path in old)
    assert young.exists()
    assert found(data) == {}


def test_a_wrong_configuration_and_a_missing_contact_are_told(
    data: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TASADOR_CONTACT")
    assert "crawls of cars.com" in found(data)["contact"][1]
    monkeypatch.setenv("TASADOR_CONFIG", str(tmp_path / "mine.toml"))
    (tmp_path / "mine.toml").write_text("[sites.lot]\nmarket = 'nowhere'\n")
    assert found(data)["tasador.toml"][0] == "wrong"
