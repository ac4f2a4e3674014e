"""The flows over a Dask cluster that runs already, of which a worker dies in the middle as a machine does."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace

import pytest

from crawler.home import Home
from flows.show import published
from flows.steps.import_table import import_table, open_source
from flows.steps.score import score

pytestmark = pytest.mark.slow

CONFIG = """
[markets.{0}]
currency = "USD"

[sites.{0}]
market = "{0}"
start_urls = ["http://127.0.0.1:9/"]
"""
CARS = "Make,Model,Year,Price,Mileage\n" + "".join(
    f"Honda,Civic,{2000 + n % 20},${9_000 + 37 * n},{41_000 + n}\n" for n in range(100)
)
MARKETS = ("east", "west")

# Trains two markets, too young for more than the baseline, and scores them, 20 listings a partition.
FLOWS = """
import shutil
import sys

from flows.retrain import retrain, retrain_task
from flows.score import score
from models.predict import batches

if __name__ == "__main__":
    batches.BATCH_ROWS = 20
    retrain_task.retry_delay_seconds = 1.0
    retrain()
    shutil.copytree(*sys.argv[1:])
    score()
"""

# What the worker loads that is not to live: its first partition kills it.
DEADLY = """
import os
import signal

from models.predict import partitions

partitions.predict_file = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
"""

PREDICTIONS = "select * exclude (scored_at) from predicted_prices order by all"
TRAINED = "select subject, flow_run_id from ops_runs where station = 'retrain' and outcome = 'succeeded' order by all"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A data folder with two markets."""
    config, table, home = tmp_path / "tasador.toml", tmp_path / "cars.csv", Home(tmp_path / "data")
    config.write_text("".join(map(CONFIG.format, MARKETS)))
    table.write_text(CARS)
    monkeypatch.setenv("TASADOR_CONFIG", str(config))
    for site in MARKETS:
        import_table(home, open_source(home, table, site=site))
    return home


@pytest.fixture
def running_cluster(tmp_path: Path, data: Home, until: Callable[..., None]) -> Iterator[SimpleNamespace]:
    """The address of a scheduler with two workers, and the worker that dies; they were told of no Prefect server."""
    (tmp_path / "deadly.py").write_text(DEADLY)
    log = tmp_path / "dask.log"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT")}
    with ExitStack() as stack, log.open("wb") as output:

        def start(*arguments: str) -> subprocess.Popen[bytes]:
            command = [sys.executable, "-m", "dask", *arguments, "--no-dashboard"]
            process = subprocess.Popen(command, stderr=output, env=environment, cwd=tmp_path)
            stack.callback(process.wait)
            stack.callback(process.kill)
            return process

        start("scheduler", "--host", "127.0.0.1", "--port", "0")
        until(lambda: re.search(r"Scheduler at:\s+(tcp://127\S+)", log.read_text()))
        address = re.search(r"Scheduler at:\s+(tcp://127\S+)", log.read_text())[1]
        worker = ("worker", address, "--nthreads", "1", "--no-nanny", "--local-directory", str(tmp_path))
        start(*worker)
        dying = start(*worker, "--preload", str(tmp_path / "deadly.py"))
        until(lambda: log.read_text().count("Register worker") == 2)
        yield SimpleNamespace(address=address, dying=dying)


def test_two_markets_are_trained_and_scored_as_by_one_process_though_a_worker_dies(
    prefect_server, running_cluster: SimpleNamespace, data: Home, tmp_path: Path
) -> None:
    script, copy = tmp_path / "both.py", Home(tmp_path / "copy")
    script.write_text(FLOWS)
    done = subprocess.run(
        [sys.executable, script, data.root, copy.root],
        capture_output=True,
        text=True,
        env=prefect_server.environment
        | {
            "TASADOR_CLUSTER": running_cluster.address,
            "TASADOR_CONFIG": os.environ["TASADOR_CONFIG"],
            "TASADOR_HOME": str(data.root),
        },
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    assert running_cluster.dying.wait() == -signal.SIGKILL
    trained = published(data, TRAINED).rows()
    assert [market for market, _ in trained] == list(MARKETS)
    assert len({flow_run_id for _, flow_run_id in trained} - {None}) == 1, "both are parts of one flow run"
    score(copy)
    assert published(data, PREDICTIONS).height == 2 * 100
    assert published(data, PREDICTIONS).equals(published(copy, PREDICTIONS))
