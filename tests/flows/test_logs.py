"""Each line of the log is JSON and carries what it is about; no line holds a secret."""

import json
import logging
import threading
from contextvars import copy_context
from pathlib import Path
from typing import Any

import pytest

from crawler.clock import ENVIRONMENT_VARIABLE
from crawler.errors import TasadorError
from crawler.home import Home
from flows import logs
from flows.logs import log_path
from flows.steps.recorded import recorded
from warehouse.ops_runs import part_of

NOW = "2026-01-02T03:04:05+00:00"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, NOW)
    return Home(tmp_path / "data")


def lines(home: Home) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log_path(home).read_text(encoding="utf-8").splitlines()]


def test_whatever_is_logged_within_a_station_carries_its_ids(data: Home) -> None:
    with part_of("0195-of-prefect"), recorded(data, "score", "us") as run:
        run.model_run_id = "20260101T000000Z-forest-000000"
        logging.getLogger("warehouse.connection").warning("waiting for %s", "process 12")
    began, waited, ended = lines(data)
    assert [line["event"] for line in (began, waited, ended)] == [
        "score of us began", "waiting for process 12", "score of us succeeded",
    ]  # fmt: skip
    for line in (waited, ended):
        assert line["model_run_id"] == "20260101T000000Z-forest-000000"
        assert (line["time"], line["station"], line["subject"]) == (NOW, "score", "us")
        assert (line["ops_run_id"], line["flow_run_id"]) == (run.ops_run_id, "0195-of-prefect")
    assert (waited["level"], waited["seconds"], ended["seconds"]) == ("warning", None, run.seconds)


def test_a_station_within_another_has_its_own_lines(data: Home) -> None:
    with recorded(data, "import", "cars.com"), recorded(data, "refresh"):
        logging.getLogger("warehouse.load").info("loading")
    assert [line["station"] for line in lines(data)] == ["import", "refresh", "refresh", "refresh", "import"]


def test_two_stations_at_once_do_not_mix(tmp_path: Path) -> None:
    homes = [Home(tmp_path / name) for name in ("one", "other")]
    both = threading.Barrier(2)

    def run(home: Home) -> None:
        with recorded(home, "crawl", home.root.name):
            both.wait(10)
            logging.getLogger("crawler.process").info("crawling %s", home.root.name)
            both.wait(10)

    threads = [threading.Thread(target=copy_context().run, args=(run, home)) for home in homes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for home in homes:
        assert [line["subject"] for line in lines(home)] == [home.root.name] * 3
        assert lines(home)[1]["event"] == f"crawling {home.root.name}"


def test_what_is_logged_outside_of_stations_or_by_others_is_not_ours_to_keep(data: Home) -> None:
    with recorded(data, "refresh"):
        logging.getLogger("a library's").warning("not ours")
    logging.getLogger("warehouse.load").warning("after it")
    assert len(lines(data)) == 2


def test_no_line_holds_a_secret(data: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOK_TOKEN", "hunter22")
    with pytest.raises(TasadorError), recorded(data, "alerts"):
        logging.getLogger("flows.alerting").warning("hunter22 at https://me:abc@h.example/?key=def")
        raise TasadorError("dbname=cars password='g h i' and hunter22")
    text = log_path(data).read_text()
    assert not [secret for secret in ("hunter22", "abc", "def", "g h i") if secret in text]
    assert lines(data)[-1]["event"] == "alerts failed: dbname=cars password=*** and ***"
    assert lines(data)[-1]["level"] == "error" and "traceback" not in lines(data)[-1]


def test_a_defect_of_ours_keeps_its_traceback_without_secrets(data: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOK_TOKEN", "hunter22")
    with pytest.raises(ZeroDivisionError), recorded(data, "score"):
        raise ZeroDivisionError("by hunter22")
    traceback = lines(data)[-1]["traceback"]
    assert traceback.startswith("Traceback") and traceback.endswith("ZeroDivisionError: by ***")


def test_a_large_log_begins_anew_and_so_many_are_kept(data: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "LOG_BYTES", 1)
    monkeypatch.setattr(logs, "KEPT_LOGS", 2)
    for station in ("crawl", "refresh", "score"):
        with recorded(data, station):
            pass
    path = log_path(data)
    kept = [path, path.with_name("tasador.jsonl.1"), path.with_name("tasador.jsonl.2")]
    assert [json.loads(each.read_text())["event"] for each in kept] == [
        "score succeeded", "score began", "refresh succeeded",
    ]  # fmt: skip
    assert {each.name for each in path.parent.iterdir()} - {each.name for each in kept} == {".tasador.jsonl.lock"}


def test_a_terminal_shows_what_a_person_is_to_know_and_no_more(tasador, tmp_path: Path) -> None:
    table = tmp_path / "cars.csv"
    table.write_text("Make,Model,Year,Price,Mileage\nHonda,Civic,2019,$17000,41000\n")
    answer = tasador("import", str(table), "--site", "cars.com")
    assert [line for line in answer.err.splitlines() if not line.startswith(("✓", "…"))] == []
    answer = tasador("score", "--market", "us")
    assert answer.err.splitlines()[-1:] == ["tasador: market us has no champion yet: run `tasador retrain`"]
    assert "failed" not in answer.err
    stations = {line["station"] for line in lines(Home(tmp_path / "data"))}
    assert stations == {"import", "refresh", "publish"}
