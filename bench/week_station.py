"""One `tasador up` on a data folder of its own, on simulated days: how it is set up, asked and struck."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import yaml

from bench.postgres import free_port
from crawler.clock import ENVIRONMENT_VARIABLE
from crawler.home import Home
from flows.operations.processes import flow_runs, left_over

REPOSITORY = Path(__file__).resolve().parent.parent
STOP_SECONDS = 180.0

# On which day a deployment runs first, every how many days again, and how many seconds after such a day's beginning:
# the demo market has moved on by then, and daily has ended before the others begin.
SCHEDULES = {"daily": (0, 1, 10), "weekly": (1, 4, 105), "maintenance": (4, 7, 105)}
PARAMETERS = {"weekly": {"retrain_after_days": 3}}

# Slow enough that a crawl lands parts before it ends, and each of its listings is asked for anew each day.
CONFIG = """
[markets.demo]
currency = "USD"

[sites.demo]
market = "demo"
start_urls = ["{start_url}"]
delay_seconds = 0.06
concurrent_requests = 1
detail_max_age_days = 0

[alerts.dropped]
market = "demo"
kind = "price_drop"
where = "true"
to = ["{webhook}"]
"""


@dataclass(frozen=True, slots=True)
class Clock:
    """Simulated days: the first begins at ``since`` (Unix time), each takes so many real seconds."""

    instant: str
    since: int
    seconds_a_day: int
    days: int

    def begins(self, day: int) -> int:
        """Return the Unix time at which a day begins."""
        return self.since + day * self.seconds_a_day

    def __str__(self) -> str:
        return f"{self.instant}@{self.since}/{self.seconds_a_day}"


@dataclass(frozen=True, slots=True)
class Station:
    """A machine of its own for the length of a week: data folder, configuration and Prefect server."""

    name: str
    folder: Path
    clock: Clock
    settings: Mapping[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)

    @property
    def home(self) -> Home:
        """The data folder."""
        return Home(self.folder / "data")

    @property
    def api(self) -> str:
        """Where its Prefect server answers."""
        return f"http://127.0.0.1:{self.port}/api"

    def set_up(self, start_url: str, webhook: str) -> None:
        """Write tasador.toml and prefect.yaml."""
        self.folder.mkdir()
        self._config.write_text(CONFIG.format(start_url=start_url, webhook=webhook))
        content = yaml.safe_load((REPOSITORY / "prefect.yaml").read_text(encoding="utf-8"))
        for deployment in content["deployments"]:
            name = deployment["name"]
            deployment["schedules"] = _schedules(name, self.clock)
            deployment["parameters"] = deployment.get("parameters", {}) | PARAMETERS.get(name, {})
        self._deployments.write_text(yaml.safe_dump(content))

    @contextmanager
    def running(self) -> Iterator[None]:
        """Start `tasador up` and stop it with the block."""
        command = [sys.executable, "-m", "flows.cli", "--home", str(self.home.root), "up", "--port", str(self.port)]
        with (self.folder / "up.log").open("wb") as log:
            up = subprocess.Popen(command, cwd=REPOSITORY, env=self._environment(), stdout=log, stderr=log)
        try:
            yield
        finally:
            up.terminate()
            up.wait(STOP_SECONDS)

    def is_ready(self) -> bool:
        """Return whether server, schedules and worker are there."""
        with suppress(httpx.HTTPError, KeyError):
            workers = self.ask("work_pools/tasador/workers/filter")
            return len(self.runs()) == expected_runs(self.clock.days) and bool(workers)
        return False

    def ask(self, path: str, **body: Any) -> list[dict[str, Any]]:
        """Return what Prefect's server answers. Raises httpx.HTTPError."""
        answer = httpx.post(f"{self.api}/{path}", json=body, timeout=30)
        answer.raise_for_status()
        found: list[dict[str, Any]] = answer.json()
        return found

    def runs(self) -> list[dict[str, Any]]:
        """Return all flow runs, by the time at which they were due."""
        return self.ask("flow_runs/filter", sort="EXPECTED_START_TIME_ASC")

    def under_way(self) -> dict[int, str]:
        """Return the flow run of each process that the worker began for one."""
        return flow_runs("worker", self.home.root)

    def kill_worker(self) -> None:
        """End the worker and all that it began, as a power cut does."""
        _kill(left_over("worker", self.home.root) | self.under_way())

    def kill_server(self) -> None:
        """End Prefect's server, without a word."""
        _kill(left_over("server", self.home.root))

    @property
    def _config(self) -> Path:
        return self.folder / "tasador.toml"

    @property
    def _deployments(self) -> Path:
        return self.folder / "prefect.yaml"

    def _environment(self) -> dict[str, str]:
        others = {name: value for name, value in os.environ.items() if not name.startswith(("TASADOR_", "PREFECT_"))}
        return {
            **others,
            **self.settings,
            ENVIRONMENT_VARIABLE: str(self.clock),
            "TASADOR_CONFIG": str(self._config),
            "TASADOR_PREFECT_YAML": str(self._deployments),
        }


def expected_runs(days: int) -> int:
    """Return how many runs so many days have."""
    return sum(len(range(first, days, every)) for first, every, _ in SCHEDULES.values())


def _schedules(deployment: str, clock: Clock) -> list[dict[str, Any]]:
    if deployment not in SCHEDULES or not (first := SCHEDULES[deployment])[0] < clock.days:
        return []
    day, every, seconds = first
    begins = datetime.fromtimestamp(clock.begins(day) + seconds, UTC)
    count = len(range(day, clock.days, every))
    rule = f"FREQ=SECONDLY;INTERVAL={every * clock.seconds_a_day};COUNT={count}"
    return [{"rrule": f"DTSTART:{begins:%Y%m%dT%H%M%SZ}\nRRULE:{rule}", "timezone": "UTC", "active": True}]


def _kill(pids: Mapping[int, str]) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def wait_until(moment: float) -> None:
    """Wait until a Unix time."""
    time.sleep(max(0.0, moment - time.time()))
