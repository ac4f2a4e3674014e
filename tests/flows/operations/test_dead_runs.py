"""Which runs `tasador up` has begin anew, at a real Prefect server on loopback: those that are its own to run."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import yaml
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.exceptions import ObjectAlreadyExists
from prefect.states import Pending

from flows.operations import dead_runs
from flows.operations.dead_runs import begin_anew, stillborn
from flows.operations.registration import process_pools

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server(serving, tmp_path_factory: pytest.TempPathFactory) -> Iterator:
    with serving(tmp_path_factory.mktemp("prefect")) as server:
        yield server


@pytest.fixture
def taken(server) -> dict[str, str]:
    """Runs that a worker has taken, by work pool and queue."""
    client = server.client
    flow = client.create_flow_from_name("taken")
    runs = {}
    for pool, queue in [("near", "crawl"), ("near", "score"), ("far", "crawl")]:
        create_pool(client, pool, "process")
        name = f"{pool} {queue}"
        deployment = client.create_deployment(flow, name, work_pool_name=pool, work_queue_name=queue)
        runs[name] = str(client.create_flow_run_from_deployment(deployment, state=Pending()).id)
    return runs


def create_pool(client, name: str, kind: str) -> None:
    with suppress(ObjectAlreadyExists):
        client.create_work_pool(WorkPoolCreate(name=name, type=kind))


def test_a_run_that_never_began_is_put_back_by_whoever_runs_its_pool_and_queue(
    server, taken, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = server.client
    assert stillborn(client, ["near", "far"], [], ()) == set()  # they have five minutes
    monkeypatch.setattr(dead_runs, "LONGEST_BEGINNING", timedelta(0))
    assert stillborn(client, ["near"], ["crawl"], ()) == {taken["near crawl"]}
    assert stillborn(client, ["near"], [], ()) == {taken["near crawl"], taken["near score"]}
    assert stillborn(client, ["near", "far"], [], [taken["far crawl"]]) == {taken["near crawl"], taken["near score"]}
    assert stillborn(client, [], [], ()) == set()

    begin_anew(client, [str(uuid4()), *stillborn(client, ["near"], ["crawl"], ())], "its worker died")
    states = {name: client.read_flow_run(run).state.name for name, run in taken.items()}
    assert states == {"near crawl": "AwaitingRetry", "near score": "Pending", "far crawl": "Pending"}


def test_containers_are_not_ours_to_run(server, tmp_path: Path) -> None:
    create_pool(server.client, "near", "process")
    create_pool(server.client, "pods", "kubernetes")
    path = tmp_path / "prefect.yaml"
    pools = ("near", "pods", "new")
    path.write_text(yaml.safe_dump({"deployments": [{"work_pool": {"name": pool}} for pool in pools]}))
    assert process_pools(server.client, path) == ["near", "new"]
