"""A small demo, run once for all tests that look at what it leaves."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class Answer:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str


def run_tasador(home: Path, *arguments: str, **environment: str) -> Answer:
    """Run `tasador` as a person would, in a process of its own."""
    command = [sys.executable, "-m", "flows.cli", "--home", str(home), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ | environment, timeout=600)
    return Answer(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def tasador(tmp_path: Path) -> Callable[..., Answer]:
    """Run `tasador` in an empty data folder, or in the one given as ``home``."""
    return lambda *arguments, home=tmp_path / "data", **environment: run_tasador(home, *arguments, **environment)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Answer]:
    """The data folder and the answer of a small `tasador demo`."""
    home = tmp_path_factory.mktemp("demo")
    answer = run_tasador(home, "demo", "--size", "400", "--days", "3")
    assert answer.code == 0, answer.err
    return home / "demo", answer
