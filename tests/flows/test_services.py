"""A program that is to run all the time is started again where it ends, and ends with us; trivial programs stand in."""

import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from crawler.errors import TasadorError
from flows.operations import services
from flows.operations.processes import FLOW_RUN, end, flow_runs, left_over, mark
from flows.operations.services import Service, keep_small

FOREVER = "import time; print('here', flush=True); time.sleep(600)"
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('here', flush=True); time.sleep(600)"
RUN = [sys.executable, "-c", FOREVER]


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Callable[[str], Service]]:
    made: list[Service] = []

    def make(program: str) -> Service:
        made.append(Service("server", [sys.executable, "-c", program], mark("server", tmp_path), tmp_path / "logs/log"))
        return made[-1]

    yield make
    for each in made:
        each.end(0)


def look_until(true: Callable[[], bool], service: Service, said: list[str]) -> None:
    deadline = time.monotonic() + 30
    while not true():
        assert time.monotonic() < deadline, said
        service.look_after(said.append)


def is_here(service: Service) -> bool:
    return service.log.exists() and "here" in service.log.read_text()


def test_a_program_that_was_killed_is_started_again_and_it_is_said(
    service: Callable[[str], Service], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "LONGEST_DELAY", 0.01)
    kept, said = service(FOREVER), []
    kept.start()
    assert kept.process
    first = kept.process
    first.kill()
    first.wait()
    look_until(lambda: kept.is_running, kept, said)
    assert kept.process is not first
    assert said == [f"the server was ended by signal 9, see {kept.log}; it is started again in 0 s"]


def test_each_end_doubles_the_delay_up_to_the_longest(
    service: Callable[[str], Service], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [0.0]
    monkeypatch.setattr(services, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    failing, said = service("raise SystemExit(3)"), []
    for _ in range(8):
        failing.start()
        assert failing.process
        failing.process.wait()
        failing.look_after(said.append)
    assert [words.split()[-2] for words in said] == ["1", "2", "4", "8", "16", "32", "60", "60"]
    assert said[0].startswith("the server ended with exit code 3")


def test_who_ran_long_is_started_again_as_soon_as_at_first(
    service: Callable[[str], Service], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [0.0]
    monkeypatch.setattr(services, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    steady = service(FOREVER)
    steady.start()
    steady.ends = 5
    clock[0] = services.STEADY_SECONDS + 1
    steady.look_after(pytest.fail)
    assert steady.ends == 0


def test_who_does_not_listen_is_ended_by_force(service: Callable[[str], Service]) -> None:
    deaf = service(DEAF)
    deaf.start()
    deaf.await_ready(lambda: is_here(deaf), 30)
    deaf.end(0.1)
    assert deaf.process and deaf.process.returncode == -signal.SIGKILL


def test_a_program_that_ends_before_it_answers_is_an_error(service: Callable[[str], Service]) -> None:
    ending = service("raise SystemExit(3)")
    ending.start()
    with pytest.raises(TasadorError, match="the server ended with exit code 3, see "):
        ending.await_ready(lambda: False, 30)


def test_a_program_that_never_answers_is_an_error(service: Callable[[str], Service]) -> None:
    silent = service(FOREVER)
    silent.start()
    with pytest.raises(TasadorError, match="the server did not answer within 0 s"):
        silent.await_ready(lambda: False, 0)


def test_a_large_log_begins_anew_and_the_last_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "LOG_BYTES", 10)
    log = tmp_path / "log"
    with log.open("a") as written:
        written.write("a longer line\n")
        written.flush()
        keep_small(log)
        written.write("short\n")
    keep_small(log)
    assert (log.read_text(), (tmp_path / "log.1").read_text()) == ("short\n", "a longer line\n")


def test_what_a_killed_parent_left_is_found_and_ended(service: Callable[[str], Service], tmp_path: Path) -> None:
    left, other = service(FOREVER), service(FOREVER)
    other.environment = mark("server", tmp_path / "another")
    for each in (left, other):
        each.start()
        assert each.process
        each.await_ready(lambda each=each: is_here(each), 30)
    assert left_over("server", tmp_path) == {left.process.pid: "server"} and not left_over("worker", tmp_path)
    end(lambda: left_over("server", tmp_path), 30)
    assert not left_over("server", tmp_path)
    assert other.is_running


def test_runs_are_told_from_the_worker_that_began_them(tmp_path: Path) -> None:
    begin = (
        "import os, subprocess, sys; subprocess.run([sys.executable, '-c', sys.argv[1]], env=os.environ | {'%s': '7'})"
    )
    worker = Service(
        "worker", [sys.executable, "-c", begin % FLOW_RUN, FOREVER], mark("worker", tmp_path), tmp_path / "l"
    )
    worker.start()
    worker.await_ready(lambda: is_here(worker), 30)
    assert worker.process
    assert list(flow_runs("worker", tmp_path).values()) == ["7"]
    assert list(left_over("worker", tmp_path)) == [worker.process.pid]
    end(lambda: flow_runs("worker", tmp_path), 30)
    assert worker.process.wait(30) == 0
