"""What `tasador up` registers, at a real Prefect server: what was missed, and not what was taken out of its file."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterDeploymentId
from prefect.client.schemas.objects import FlowRun
from prefect.client.schemas.schedules import RRuleSchedule

from flows.operations.registration import register

pytestmark = pytest.mark.slow

FLOW = """
from prefect import flow


@flow
def registered():
    pass
"""


@pytest.fixture
def server(serving, tmp_path: Path) -> Iterator:
    with serving(tmp_path) as server:
        yield server


@pytest.fixture
def register_these(server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Registers deployments of a flow, by name, with a yearly schedule that is on or off."""
    (tmp_path / "flow_to_register.py").write_text(FLOW)
    (tmp_path / "tasador.toml").write_text("")
    monkeypatch.setenv("TASADOR_CONFIG", str(tmp_path / "tasador.toml"))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    for name in ("PREFECT_API_URL", "PREFECT_HOME"):
        monkeypatch.setenv(name, server.environment[name])

    def register_these(**is_active: bool) -> None:
        deployments = [
            {
                "name": name,
                "entrypoint": "flow_to_register.registered",
                "work_pool": {"name": "registered"},
                "schedules": [{"cron": "0 3 1 1 *", "timezone": "UTC", "active": active}],
            }
            for name, active in is_active.items()
        ]
        path = tmp_path / "prefect.yaml"
        path.write_text(yaml.safe_dump({"name": "registered", "pull": [], "deployments": deployments}))
        register(server.client, path, tmp_path)

    return register_these


def test_what_was_missed_is_due_once_and_what_was_taken_out_of_the_file_is_gone(server, register_these, until) -> None:
    by_hand = ids(server).keys()
    register_these(on=True, off=False, withdrawn=True)
    kept = ids(server)
    assert kept.keys() == by_hand | {"on", "off", "withdrawn"}
    have_missed(server, kept["on"], until)
    have_missed(server, kept["off"], until)

    register_these(on=True, off=False)
    assert ids(server) == {name: key for name, key in kept.items() if name != "withdrawn"}
    (made_up,) = due(server, kept["on"])
    assert not made_up.auto_scheduled  # a run that the schedule made has the parameters of then
    assert due(server, kept["off"]) == []

    register_these(on=True, off=False)
    assert [run.id for run in due(server, kept["on"])] == [made_up.id]


def ids(server) -> dict[str, object]:
    return {each.name: each.id for each in server.client.read_deployments()}


def have_missed(server, deployment, until: Callable[..., None]) -> None:
    """Have a schedule make two runs, and wait until both are due."""
    first = datetime.now(UTC) + timedelta(seconds=8)
    rule = f"DTSTART:{first:%Y%m%dT%H%M%S}Z\nRRULE:FREQ=SECONDLY;INTERVAL=1;COUNT=2"
    server.client.create_deployment_schedules(deployment, [(RRuleSchedule(rrule=rule), True)])
    until(lambda: len(due(server, deployment)) == 2)


def due(server, deployment) -> list[FlowRun]:
    chosen = FlowRunFilter(deployment_id=FlowRunFilterDeploymentId(any_=[deployment]))
    runs = server.client.read_flow_runs(flow_run_filter=chosen)
    return [run for run in runs if run.expected_start_time < datetime.now(UTC)]
