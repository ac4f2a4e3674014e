"""A flow run that died and is begun anew does not do twice what leaves rows each time."""

import logging
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID

import pytest
from prefect.context import FlowRunContext

from crawler.errors import TasadorError
from crawler.home import Home
from flows.operations.done_before import done_before
from flows.steps.recorded import recorded
from warehouse.connection import connect
from warehouse.ops_runs import part_of

DIED = UUID(int=1)


@pytest.fixture
def data(tmp_path: Path) -> Home:
    """A data folder in which the flow run that died had crawled lot, and failed to crawl yard."""
    home = Home(tmp_path / "data")
    with part_of(str(DIED)):
        with connect(home), recorded(home, "crawl", "lot") as run:
            run.crawl_run_id = "20260302T030000Z-abcdef"
        with pytest.raises(TasadorError), recorded(home, "crawl", "yard"):
            raise TasadorError("it is away")
    return home


def begin(monkeypatch: pytest.MonkeyPatch, flow_run: UUID, times: int) -> None:
    context = SimpleNamespace(flow_run=SimpleNamespace(id=flow_run, run_count=times))
    monkeypatch.setattr(FlowRunContext, "get", lambda: context)
    monkeypatch.setattr("flows.operations.done_before.get_run_logger", logging.getLogger)


def test_a_run_begun_anew_finds_what_it_had_done(data, monkeypatch) -> None:
    begin(monkeypatch, DIED, 2)
    done = done_before(data, "crawl", "lot")
    assert done and done.crawl_run_id == "20260302T030000Z-abcdef"


def test_what_failed_is_done_again(data, monkeypatch) -> None:
    begin(monkeypatch, DIED, 2)
    assert done_before(data, "crawl", "yard") is None


def test_what_another_run_did_does_not_count(data, monkeypatch) -> None:
    begin(monkeypatch, UUID(int=2), 2)
    assert done_before(data, "crawl", "lot") is None


def test_a_run_that_begins_for_the_first_time_does_not_ask(data, monkeypatch) -> None:
    begin(monkeypatch, DIED, 1)
    with connect(data):  # which is nobody else's then
        assert done_before(data, "crawl", "lot") is None


def test_a_machine_without_a_warehouse_does_not_get_one(tmp_path, monkeypatch) -> None:
    begin(monkeypatch, DIED, 2)
    data = Home(tmp_path)
    assert done_before(data, "crawl", "lot") is None
    assert not data.warehouse.exists()
