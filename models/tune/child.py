"""The parent's side of a trial: a child process that measures parameters fold by fold, and is started anew if it dies.

It is ``python -m models.tune.worker`` for the reasons that models.train.training has for its own.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from crawler.errors import TasadorError


class TrialFailedError(Exception):
    """Parameters could not be measured; the message says why in one line."""


class Child:
    """The process that measures one estimator on a market of a snapshot; ``defaults`` are what its class has.

    Raises:
        TasadorError: it does not come up, since the snapshot cannot be read or a library is missing.
    """

    def __init__(self, snapshot: Path, market: str, estimator: str, folds: int, seed: int, threads: int) -> None:
        asked = {"market": market, "estimator": estimator, "folds": folds, "seed": seed, "threads": threads}
        self._request = json.dumps({"snapshot": str(snapshot), **asked})
        self._environment = os.environ | {"OMP_NUM_THREADS": str(threads)}
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115  # it lives as long as the child
        self.process = self._start()
        told = self._read()
        if "defaults" not in told:
            self.__exit__()
            raise TasadorError(f"tuning {estimator} of {market} does not begin: {told['failure']}")
        self.defaults: dict[str, Any] = told["defaults"]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._stop()
        self._stderr.close()

    def measure(self, fold: int, params: Mapping[str, Any]) -> float:
        """Return the error of these parameters on a fold, by models trained on the others.

        Raises:
            TrialFailedError: the estimator refuses them, or its process died.
        """
        if self.process.poll() is not None:
            self._stop()
            self.process = self._start()
            self._read()
        try:
            assert self.process.stdin is not None
            self.process.stdin.write(json.dumps({"fold": fold, "params": params}) + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            raise TrialFailedError(self._end()) from None
        told = self._read()
        if "value" not in told:
            raise TrialFailedError(told["failure"])
        return float(told["value"])

    def _start(self) -> "subprocess.Popen[str]":
        command = [sys.executable, "-P", "-m", "models.tune.worker", self._request]
        # A process group of its own: Ctrl-C reaches it once, by us.
        return subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._stderr, text=True,
            env=self._environment, process_group=0,
        )  # fmt: skip

    def _stop(self) -> None:
        self.process.terminate()
        self.process.communicate()

    def _read(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        told: dict[str, Any] = json.loads(line) if line else {"failure": self._end()}
        return told

    def _end(self) -> str:
        returncode = self.process.wait()
        if returncode < 0:
            return f"its process was killed by {signal.Signals(-returncode).name}: is memory short?"
        self._stderr.seek(0)
        said = self._stderr.read().decode(errors="replace").strip().splitlines()
        return said[-1] if said else f"its process ended with exit code {returncode}"
