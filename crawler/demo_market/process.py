"""Runs the demo market in a process of its own, which ends with the ``with`` block, or with us."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO, Any
from urllib.request import ProxyHandler, Request, build_opener

from crawler.errors import TasadorError

STOP_SECONDS = 5


@dataclass(frozen=True, slots=True)
class RunningDemoMarket:
    """A demo market that answers at ``url``."""

    url: str

    @property
    def start_url(self) -> str:
        """The first result page, where a crawl begins."""
        return f"{self.url}/cars?page=1"

    def set_day(self, day: int) -> None:
        """Move the market to another simulated day."""
        self._control("POST", f"/_day/{day}")

    def served(self) -> dict[str, Any]:
        """Return the market's own account of what it served and what it broke, as Served.account says."""
        account: dict[str, Any] = json.loads(self._control("GET", "/_served"))
        return account

    def _control(self, method: str, path: str) -> bytes:
        opener = build_opener(ProxyHandler({}))  # a proxy does not know our loopback
        with opener.open(Request(f"{self.url}{path}", method=method)) as response:
            content: bytes = response.read()
            return content


@contextmanager
def running_demo_market(
    *,
    size: int = 1500,
    seed: int = 7,
    day: int = 0,
    listings: Path | None = None,
    faults: Mapping[str, float] | None = None,
    needs_javascript: bool = False,
    first_date: date | None = None,
) -> Iterator[RunningDemoMarket]:
    """Start a demo market on a free port, invented or from a table, and end it with the block.

    Args:
        size: how many invented cars are live on day 0.
        seed: another seed is another market.
        day: the simulated day to begin with.
        listings: serve the rows of this table instead.
        faults: the rate of each fault that shall happen, as {"500": 0.02}; see faults.py.
        needs_javascript: show cars only after a script ran.
        first_date: the date of day 0, for the sitemap.

    Raises:
        TasadorError: it did not start; the message is its own.
    """
    command = [sys.executable, "-m", "crawler.demo_market", "--until-stdin-closes"]
    command += [f"--size={size}", f"--seed={seed}", f"--day={day}", *([f"--listings={listings}"] if listings else [])]
    command += [f"--fault={kind}={rate}" for kind, rate in (faults or {}).items()]
    command += ["--javascript"] * needs_javascript + ([f"--first-date={first_date}"] if first_date else [])
    with (
        tempfile.TemporaryFile() as complaints,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=complaints) as process,
    ):
        try:
            yield RunningDemoMarket(_url(process, complaints))
        finally:
            _stop(process)


def _url(process: "subprocess.Popen[bytes]", complaints: IO[bytes]) -> str:
    assert process.stdout
    ready = process.stdout.readline()
    if ready:
        return str(json.loads(ready)["url"])
    process.wait()
    complaints.seek(0)
    said = complaints.read().decode().strip().splitlines() or [f"exit code {process.returncode}"]
    raise TasadorError(f"the demo market did not start: {said[-1]}")


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
