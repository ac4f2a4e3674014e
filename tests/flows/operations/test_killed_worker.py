"""A worker that is killed with all that it began, as by a power cut, at a real Prefect server on loopback."""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from datetime import timedelta
from pathlib import Path

import pytest

from crawler.demo_market.process import running_demo_market
from crawler.home import Home
from crawler.landing import read_lines
from flows.operations import automations
from flows.operations.automations import register_automations
from flows.operations.processes import flow_runs, left_over, mark

pytestmark = pytest.mark.slow

SECONDS = 120.0
CONFIG = """
[markets.demo]
currency = "USD"

[sites.demo]
market = "demo"
start_urls = ["{start_url}"]
delay_seconds = 0.1
concurrent_requests = 1
"""


@pytest.fixture
def start_worker(prefect_server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """Starts a worker for the site demo, which takes ten seconds and more to crawl."""
    config = tmp_path / "tasador.toml"
    monkeypatch.setenv("TASADOR_CONFIG", str(config))
    ours = {"TASADOR_CONFIG": str(config), "TASADOR_HOME": str(tmp_path)} | mark("worker", tmp_path)
    with ExitStack() as stack:
        market = stack.enter_context(running_demo_market(size=80))
        config.write_text(CONFIG.format(start_url=market.start_url))

        def start() -> None:
            command = [sys.executable, "-m", "flows.operations.worker", "tasador"]
            stack.enter_context(subprocess.Popen(command, env=prefect_server.environment | ours))

        yield start
        kill_worker(tmp_path)


def kill_worker(folder: Path) -> None:
    for pid in left_over("worker", folder) | flow_runs("worker", folder):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def test_a_crawl_whose_worker_is_killed_goes_on_by_itself_and_lands_each_listing_once(
    prefect_server, start_worker, tmp_path: Path, until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(automations, "SILENCE", timedelta(seconds=35))  # a heartbeat comes every 30
    register_automations(prefect_server.client)
    (deployment,) = (each.id for each in prefect_server.client.read_deployments() if each.name == "crawl-demo")
    run = prefect_server.client.create_flow_run_from_deployment(deployment).id
    crawls = Path(Home(tmp_path).landing) / "demo"

    start_worker()
    until(lambda: list(crawls.glob("*/part-*")), SECONDS)
    kill_worker(tmp_path)
    assert not list(crawls.glob("*/manifest.json"))
    start_worker()
    until(lambda: prefect_server.client.read_flow_run(run).state.is_completed(), 2 * SECONDS)

    assert prefect_server.client.read_flow_run(run).run_count == 2
    assert len(list(crawls.glob("*/manifest.json"))) == 1
    landed = Counter(
        row["listing_id"]
        for part in crawls.glob("*/part-*")
        for row in read_lines(str(part))
        if row["page"] == "detail"
    )
    assert set(landed.values()) == {1}
    assert len(landed) == 80
