"""What is promised of unattended runs, at a real Prefect server on loopback."""

import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import uuid4

import pytest
import yaml
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterDeploymentId
from prefect.client.schemas.objects import FlowRun
from prefect.client.schemas.schedules import RRuleSchedule
from prefect.client.schemas.sorting import FlowRunSort
from prefect.states import AwaitingRetry, Cancelled, Completed, Crashed, Failed, Late, Pending, Running

from crawler.demo_market.process import running_demo_market
from flows.operations import automations
from flows.operations.automations import HEARTBEAT, register_automations
from flows.operations.superseded import STARTED_ANEW

pytestmark = pytest.mark.slow

REPOSITORY = Path(__file__).resolve().parents[3]
DEPLOYMENTS = yaml.safe_load((REPOSITORY / "prefect.yaml").read_text(encoding="utf-8"))["deployments"]
SHORT_SILENCE = timedelta(seconds=10)
LONG = 240.0  # for several heartbeats, of which a busy server may miss some
CONFIG = """
[markets.demo]
currency = "USD"

[sites.demo]
market = "demo"
"""


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tasador.toml whose only site cannot be crawled: it has no start URL."""
    path = tmp_path / "tasador.toml"
    path.write_text(CONFIG)
    monkeypatch.setenv("TASADOR_CONFIG", str(path))
    return path


@pytest.fixture
def told(config: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """The messages that reach the webhook of [notify], whose path is a secret of the environment."""
    messages: list[Any] = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            messages.append((self.path, json.loads(body)))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("TOLD_SECRET", "s3cret")
        address = f"http://127.0.0.1:{server.server_port}/$TOLD_SECRET"
        config.write_text(f'{CONFIG}\n[notify]\nto = ["{address}"]\n')
        yield messages
        server.shutdown()


def test_one_command_registers_every_deployment_of_the_clone(prefect_server) -> None:
    registered = {each.name: each for each in prefect_server.client.read_deployments()}
    assert registered.keys() == {each["name"] for each in DEPLOYMENTS}
    for each in DEPLOYMENTS:
        deployment = registered[each["name"]]
        assert [schedule.active for schedule in deployment.schedules] == [each["schedules"][0]["active"]]
        assert deployment.global_concurrency_limit.limit == 1
        assert deployment.concurrency_options.collision_strategy == "ENQUEUE"
        assert set(deployment.tags) == set(each["tags"])


def test_of_the_runs_that_a_schedule_missed_only_the_newest_works(prefect_server, config, until) -> None:
    runs = missed_runs(prefect_server, "alerts", until)
    assert len(runs) == 3
    for run in runs:
        prefect_server.prefect("flow-run", "execute", str(run.id), TASADOR_CONFIG=str(config))
    assert [state_name(prefect_server, run) for run in runs] == ["Superseded", "Superseded", "Completed"]


def test_a_run_that_a_person_started_stands_aside_for_none(prefect_server, config, until) -> None:
    missed = missed_runs(prefect_server, "alerts", until)
    by_hand = new_run(prefect_server, "alerts")
    assert by_hand.expected_start_time > missed[-1].expected_start_time
    prefect_server.prefect("flow-run", "execute", str(missed[-1].id), TASADOR_CONFIG=str(config))
    assert state_name(prefect_server, missed[-1]) == "Completed"


def test_a_run_that_fails_is_told_once_with_its_reason_and_a_link(prefect_server, told, config, until) -> None:
    registered = register_automations(prefect_server.client)
    before = prefect_server.client.read_automations()
    assert sorted(each.name for each in before) == sorted(registered)
    register_automations(prefect_server.client)
    assert prefect_server.client.read_automations() == before
    runs = [new_run(prefect_server, "crawl-demo") for _ in range(2)]
    prefect_server.prefect("flow-run", "execute", str(runs[0].id), TASADOR_CONFIG=str(config))
    until(lambda: told)
    for _ in range(2):  # a client that got no answer sends a state again
        prefect_server.client.set_flow_run_state(runs[0].id, Failed(message="again"), force=True)
    prefect_server.client.set_flow_run_state(runs[1].id, Failed(message="of another reason"), force=True)
    until(lambda: len(told) > 1)
    assert [message["title"] for _, message in told] == ["Tasador: crawl-demo failed"] * 2
    reasons = ["sites.demo.start_urls must name at least one URL", "of another reason"]
    for run, reason, (path, message) in zip(runs, reasons, told, strict=True):
        assert path == "/s3cret"
        assert reason in message["text"]
        assert f"/runs/flow-run/{run.id}" in message["text"]
    kept = [file.read_bytes() for file in Path(prefect_server.environment["PREFECT_HOME"]).glob("prefect.db*")]
    assert kept and not any(b"s3cret" in content for content in kept)


def test_a_run_whose_heartbeat_is_lost_is_started_anew_twice_and_then_told(
    prefect_server, told, until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(automations, "SILENCE", SHORT_SILENCE)
    register_automations(prefect_server.client)
    run = new_run(prefect_server, "refresh")
    begin(prefect_server, run)
    until(beating(prefect_server, run, lambda: state_name(prefect_server, run) == "AwaitingRetry"), LONG)
    begin(prefect_server, run)
    prefect_server.client.set_flow_run_state(run.id, Crashed(message="it was killed"))
    until(lambda: state_name(prefect_server, run) == "AwaitingRetry")
    assert told == []
    begin(prefect_server, run)
    prefect_server.client.set_flow_run_state(run.id, Crashed(message="it was killed"))
    until(lambda: told)
    assert [message["title"] for _, message in told] == ["Tasador: refresh crashed"]
    assert state_name(prefect_server, run) == "Crashed"


def test_a_run_that_completed_is_not_begun_anew_by_a_heartbeat_that_came_late(
    prefect_server, until, config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(automations, "SILENCE", SHORT_SILENCE)
    register_automations(prefect_server.client)
    run = new_run(prefect_server, "refresh")
    begin(prefect_server, run)
    prefect_server.client.set_flow_run_state(run.id, Completed())
    until(lambda: events(prefect_server, "prefect.flow-run.Completed", resource=run))
    refused = partial(events, prefect_server, "prefect.automation.action.failed", related=run)
    until(beating(prefect_server, run, refused), LONG)
    assert state_name(prefect_server, run) == "Completed"


def test_a_run_that_completed_while_it_was_marked_as_crashed_is_not_done_twice(prefect_server, config) -> None:
    run = new_run(prefect_server, "refresh")
    begin(prefect_server, run)
    # in this order where the server is slower to start it anew than it is to complete
    for state in (Crashed(message="its heartbeat was lost"), Completed(), AwaitingRetry(message=STARTED_ANEW)):
        prefect_server.client.set_flow_run_state(run.id, state)
    prefect_server.prefect("flow-run", "execute", str(run.id), TASADOR_CONFIG=str(config))
    state = prefect_server.client.read_flow_run(run.id).state
    assert (state.name, state.message) == ("Completed", "it had completed before it was started anew")


def test_a_deployment_is_told_that_is_not_completed_in_time_and_one_that_is_completed_is_not(
    prefect_server, told, until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(automations, "STALE", dict.fromkeys(("daily", "weekly"), timedelta(seconds=10)))
    register_automations(prefect_server.client)
    late = [new_run(prefect_server, name) for name in ("daily", "weekly")]
    for run in late:
        prefect_server.client.set_flow_run_state(run.id, Late(), force=True)

    def completed_weekly_or_told() -> bool:
        prefect_server.client.set_flow_run_state(new_run(prefect_server, "weekly").id, Completed(), force=True)
        return bool(told)

    def titles() -> set[str]:
        return {message["title"] for _, message in told}

    until(completed_weekly_or_told)
    daily, weekly = (f"Tasador: {name} has not been completed for 0 hours" for name in ("daily", "weekly"))
    assert titles() == {daily}
    until(lambda: titles() == {daily, weekly})
    assert all("tasador up --status" in message["text"] for _, message in told)
    for run in late:  # so that no worker of another test takes them
        prefect_server.client.set_flow_run_state(run.id, Cancelled(), force=True)


def test_nobody_is_told_any_more_who_is_taken_out_of_the_configuration(prefect_server, told, config) -> None:
    before = register_automations(prefect_server.client)
    config.write_text(CONFIG)
    after = register_automations(prefect_server.client)
    assert sorted(after) == sorted(each.name for each in prefect_server.client.read_automations())
    assert len(after) == 2 < len(before)


def test_a_crawl_and_a_refresh_leave_their_counts_to_be_looked_at(prefect_server, config) -> None:
    with running_demo_market(size=50) as market:
        config.write_text(f'{CONFIG}start_urls = ["{market.start_url}"]\ndelay_seconds = 0\n')
        for name in ("crawl-demo", "refresh"):
            run = new_run(prefect_server, name)
            prefect_server.prefect("flow-run", "execute", str(run.id), TASADOR_CONFIG=str(config))
            assert state_name(prefect_server, run) == "Completed"
    left = {each.key: each for each in prefect_server.client.read_latest_artifacts()}
    assert {"landed": "observations", "rows": 100} in json.loads(left["crawl-demo"].data)
    assert left["crawl-demo"].description.startswith("healthy: ")
    assert left["crawling-demo"].data == 100
    assert {"table": "listings", "rows": 50} in json.loads(left["tables"].data)
    (reconciled,) = json.loads(left["reconciliation"].data)
    assert (reconciled["landed_rows"], reconciled["listings"]) == (100, 50)  # in the results, and by its own page


def test_a_site_is_crawled_in_parts_by_runs_of_their_own(prefect_server, config) -> None:
    landing = Path(prefect_server.environment["TASADOR_HOME"]) / "landing" / "demo"
    with running_demo_market(size=50) as market:
        both = [market.start_url, f"{market.start_url}&sort=price"]
        config.write_text(f"{CONFIG}start_urls = {json.dumps(both)}\ndelay_seconds = 0\n")
        for partition in ("1/2", "2/2"):
            run = new_run(prefect_server, "crawl-demo", partition=partition)
            prefect_server.prefect("flow-run", "execute", str(run.id), TASADOR_CONFIG=str(config))
            assert state_name(prefect_server, run) == "Completed"
    (whole,) = landing.glob("*-000002/manifest.json")
    assert json.loads(whole.read_text())["is_complete"]


def state_name(server, run: FlowRun) -> str:
    return server.client.read_flow_run(run.id).state.name


def deployment_id(server, name: str):
    return next(each.id for each in server.client.read_deployments() if each.name == name)


def new_run(server, deployment: str, **parameters: str) -> FlowRun:
    return server.client.create_flow_run_from_deployment(deployment_id(server, deployment), parameters=parameters)


def missed_runs(server, name: str, until: Callable[..., None]) -> list[FlowRun]:
    """Have a schedule make three runs, and wait until all of them are due."""
    deployment = deployment_id(server, name)
    first = datetime.now(UTC) + timedelta(seconds=20)
    rule = f"DTSTART:{first:%Y%m%dT%H%M%S}Z\nRRULE:FREQ=SECONDLY;INTERVAL=1;COUNT=3"
    server.client.create_deployment_schedules(deployment, [(RRuleSchedule(rrule=rule), True)])
    chosen = FlowRunFilter(deployment_id=FlowRunFilterDeploymentId(any_=[deployment]))

    def runs() -> list[FlowRun]:
        found = server.client.read_flow_runs(flow_run_filter=chosen, sort=FlowRunSort.EXPECTED_START_TIME_ASC)
        return [run for run in found if run.auto_scheduled and run.expected_start_time >= first.replace(microsecond=0)]

    until(lambda: len(runs()) == 3 and runs()[-1].expected_start_time < datetime.now(UTC))
    return runs()


def begin(server, run: FlowRun) -> None:
    server.client.set_flow_run_state(run.id, Pending(), force=True)
    server.client.set_flow_run_state(run.id, Running())


def events(server, name: str, **of: FlowRun) -> list[Any]:
    """Return what the server told of a kind whose ``resource``, or something ``related``, is a run."""
    runs = {what: {"id": [f"prefect.flow-run.{run.id}"]} for what, run in of.items()}
    asked = {"filter": {"event": {"name": [name]}} | runs}
    return server.client.request("POST", "/events/filter", json=asked).json()["events"]


def beating(server, run: FlowRun, is_so: Callable[[], object]) -> Callable[[], object]:
    """Return ``is_so`` with a heartbeat every three silences: what was registered just now may miss the first."""
    beats = count(time.monotonic(), 3 * SHORT_SILENCE.total_seconds())
    due = next(beats)

    def is_so_by_now() -> object:
        nonlocal due
        if time.monotonic() >= due:
            emit_heartbeat(server, run)
            due = next(beats)
        return is_so()

    return is_so_by_now


def emit_heartbeat(server, run: FlowRun) -> None:
    event = {
        "id": str(uuid4()),
        "occurred": datetime.now(UTC).isoformat(),
        "event": HEARTBEAT,
        "resource": {"prefect.resource.id": f"prefect.flow-run.{run.id}"},
        "related": [
            {
                "prefect.resource.id": f"prefect.deployment.{run.deployment_id}",
                "prefect.resource.role": "deployment",
            }
        ],
    }
    server.client.request("POST", "/events", json=[event])
