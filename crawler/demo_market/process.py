"""Runs the demo market in a process of its own, which ends with the ``with`` block, or with us."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO
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
        request = Request(f"{self.url}/_day/{day}", method="POST")
        with build_opener(ProxyHandler({})).open(request):  # a proxy does not know our loopback
            pass


@contextmanager
def running_demo_market(
    *, size: int = 1500, seed: int = 7, day: int = 0, listings: Path | None = None
) -> Iterator[RunningDemoMarket]:
    """Start a demo market on a free port, invented or from a table, and end it with the block.

    Raises:
        TasadorError: it did not start; the message is its own.
    """
    command = [sys.executable, "-m", "crawler.demo_market", "--until-stdin-closes"]
    command += [f"--size={size}", f"--seed={seed}", f"--day={day}", *([f"--listings={listings}"] if listings else [])]
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
