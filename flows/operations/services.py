"""A program that is to run all the time: started, started again where it ends, its log kept small. Knows no Prefect."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from crawler.errors import TasadorError

LONGEST_DELAY = 60.0
STEADY_SECONDS = 120.0  # whoever ran so long is started again at once, however often it ended before
LOG_BYTES = 10_000_000
SECONDS_BETWEEN_LOOKS = 0.2

# How a person is told what happened.
Say = Callable[[str], None]


@dataclass
class Service:
    """A child process in a session of its own: Ctrl-C reaches it only through us. What it says is in its log."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    process: "subprocess.Popen[bytes] | None" = None
    started_at: float = 0.0
    ends: int = 0
    due_at: float | None = None

    def start(self) -> None:
        """Start the program."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self.started_at, self.due_at = time.monotonic(), None
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=os.environ | self.environment,
                start_new_session=True,
            )

    @property
    def is_running(self) -> bool:
        """Whether the program runs."""
        return self.process is not None and self.process.poll() is None

    def look_after(self, say: Say) -> None:
        """Start the program again where it ended: at first after a second, each time after twice as long."""
        keep_small(self.log)
        now = time.monotonic()
        if self.is_running:
            self.ends = 0 if now - self.started_at > STEADY_SECONDS else self.ends
        elif self.due_at is None:
            delay = min(2.0**self.ends, LONGEST_DELAY)
            self.ends, self.due_at = self.ends + 1, now + delay
            say(f"{self.why_ended()}; it is started again in {delay:.0f} s")
        elif now >= self.due_at:
            self.start()

    def why_ended(self) -> str:
        """Return in words how the program ended."""
        assert self.process
        code = self.process.poll() or 0
        how = f"was ended by signal {-code}" if code < 0 else f"ended with exit code {code}"
        return f"the {self.name} {how}, see {self.log}"

    def await_ready(self, is_ready: Callable[[], bool], seconds: float) -> None:
        """Wait until the program answers.

        Raises:
            TasadorError: it ended before, or takes longer than ``seconds``.
        """
        deadline = time.monotonic() + seconds
        while not is_ready():
            if not self.is_running:
                raise TasadorError(self.why_ended())
            if time.monotonic() > deadline:
                raise TasadorError(f"the {self.name} did not answer within {seconds:.0f} s, see {self.log}")
            time.sleep(SECONDS_BETWEEN_LOOKS)

    def tell_to_end(self) -> None:
        """Ask the program to end."""
        if self.is_running:
            assert self.process
            self.process.terminate()

    def end(self, seconds: float) -> None:
        """End the program, by force where it takes longer than ``seconds``."""
        self.tell_to_end()
        if self.process:
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(seconds)
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def keep_small(log: Path) -> None:
    """Begin a log anew where it grew large, keeping the last as ``<name>.1``; who writes it notices nothing."""
    if log.exists() and log.stat().st_size > LOG_BYTES:
        log.with_name(f"{log.name}.1").write_bytes(log.read_bytes())
        os.truncate(log, 0)
