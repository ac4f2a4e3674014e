"""The slots of deployments and of sites at a real Prefect server: none is held for good by a run that died."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from select import select

import pytest
from prefect.client.schemas.objects import ConcurrencyLimitStrategy, ConcurrencyOptions
from prefect.states import Crashed, Pending

from flows.operations.settings import DEFAULTS
from flows.operations.stations import LEASE_SECONDS

pytestmark = pytest.mark.slow

SETTINGS = DEFAULTS | {"PREFECT_SERVER_SERVICES_REPOSSESSOR_LOOP_SECONDS": "1"}
ENQUEUE = ConcurrencyOptions(collision_strategy=ConcurrencyLimitStrategy.ENQUEUE, grace_period_seconds=600)
HOLDS = """
import sys
from flows.operations.stations import one_at_a_time

with one_at_a_time("site"):
    print("has it", flush=True)
    sys.stdin.read()
"""


def test_a_slot_outlives_the_server_and_comes_back_with_the_end_of_its_run_or_of_its_lease(
    serving, until, tmp_path: Path
) -> None:
    with serving(tmp_path, **SETTINGS) as server:
        flow = server.client.create_flow_from_name("slots")
        deployment = server.client.create_deployment(flow, "one", concurrency_limit=1, concurrency_options=ENQUEUE)
        first, second, third = (server.client.create_flow_run_from_deployment(deployment).id for _ in range(3))
        assert taken(server, first)
    with serving(tmp_path, **SETTINGS) as server:
        assert not taken(server, second)
        server.client.set_flow_run_state(first, Crashed(message="it was killed"))
        assert taken(server, second)
        assert not taken(server, third)
        let_leases_expire(tmp_path)
        until(lambda: taken(server, third))
        server.client.set_flow_run_state(third, Crashed(message="it was killed"))
        assert not leases(tmp_path)

        with ExitStack() as stack:
            one, other = (stack.enter_context(holder(server)) for _ in range(2))
            until(lambda: is_told(one) or is_told(other))
            has_it, waits = (one, other) if is_told(one) else (other, one)
            until(lambda: server.client.read_global_concurrency_limit_by_name("site").active_slots == 1)
            (expires_at,) = leases(tmp_path).values()
            has_it.kill()
            assert expires_at < datetime.now(UTC) + timedelta(seconds=LEASE_SECONDS)
            assert not is_told(waits)
            let_leases_expire(tmp_path)
            until(lambda: is_told(waits))


def taken(server, run) -> bool:
    """Have a worker take a run, and return whether it got a slot."""
    state = server.client.set_flow_run_state(run, Pending()).state
    assert state.name in ("Pending", "AwaitingConcurrencySlot")
    return state.is_pending()


@contextmanager
def holder(server) -> Iterator["subprocess.Popen[str]"]:
    """Start a process that takes the slot and keeps it."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", HOLDS], env=server.environment, text=True, **pipes) as process:
        try:
            yield process
        finally:
            process.kill()


def is_told(process: "subprocess.Popen[str]") -> bool:
    return bool(select([process.stdout], [], [], 0)[0])


def leases(folder: Path) -> dict[Path, datetime]:
    """Return when each slot that is held expires, by its file."""
    files = (folder / "concurrency_leases").glob("*-*.json")
    return {file: datetime.fromisoformat(json.loads(file.read_text())["expiration"]) for file in files}


def let_leases_expire(folder: Path) -> None:
    """Have it be an hour later for all slots that are held."""
    for file, expires_at in leases(folder).items():
        earlier = (expires_at - timedelta(hours=1)).isoformat()
        replace(file, json.loads(file.read_text()) | {"expiration": earlier})
    index = folder / "concurrency_leases" / "expirations.json"
    replace(
        index, {lease: (datetime.now(UTC) - timedelta(hours=1)).isoformat() for lease in json.loads(index.read_text())}
    )


def replace(file: Path, content: object) -> None:
    new = file.with_suffix(".new")
    new.write_text(json.dumps(content))
    new.replace(file)
