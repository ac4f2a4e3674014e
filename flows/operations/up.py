"""What `tasador up` runs, and in what order: server, what is registered with it, worker; stopped in reverse."""

import signal
import socket
import sys
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from httpx import HTTPError

from crawler.errors import TasadorError, UsageError
from crawler.home import Home
from crawler.locks import alone
from flows.operations.dead_runs import begin_anew, stillborn
from flows.operations.processes import end, flow_runs, left_over, mark
from flows.operations.registration import connected, deployments_path, process_pools, register, work_pools
from flows.operations.services import SECONDS_BETWEEN_LOOKS, Say, Service
from flows.operations.settings import prefect_folder, write_api_url

START_SECONDS = 180.0
STOP_SECONDS = 20.0
SECONDS_BETWEEN_REVIVALS = 60.0

STOPPED = "tasador up was stopped before the run had ended"
NEVER_BEGAN = "its worker died before the run had begun"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to run: on which data folder, under which address, and how long runs may take to end when it stops."""

    home: Home
    api_url: str
    host: str
    port: int
    server: bool
    worker: bool
    queues: tuple[str, ...]
    limit: int
    grace_seconds: float

    @property
    def logs(self) -> Path:
        """The folder of the logs."""
        return prefect_folder(self.home) / "logs"

    @property
    def worker_name(self) -> str:
        """The name of the worker: those of different queues may share a data folder."""
        return "-".join(["worker", *sorted(self.queues)])


def keep_running(wanted: Wanted, say: Say, on_started: Callable[[], None]) -> None:
    """Run what is wanted until Ctrl-C or SIGTERM; ``on_started`` is called when all of it answers.

    Raises:
        InUseError: another `tasador up` does the same on this data folder.
        UsageError: the port is taken.
        TasadorError: something did not start.
    """
    services: list[Service] = []
    with ExitStack() as stack, interrupted_by(signal.SIGTERM):
        for name in ["server"] * wanted.server + [wanted.worker_name] * wanted.worker:
            lock = prefect_folder(wanted.home) / f"{name}.lock"
            stack.enter_context(alone(lock, f"another `tasador up` keeps the {name} of {wanted.home.root} running"))
            end(partial(left_over, name, wanted.home.root), STOP_SECONDS)
        try:
            pools = _start(wanted, services, say)
            on_started()
            _look_after(wanted, pools, services, say)
        except KeyboardInterrupt:
            say("stopping")
        finally:
            _stop(wanted, services, say)


@contextmanager
def interrupted_by(number: signal.Signals) -> Iterator[None]:
    """Take a signal for Ctrl-C."""
    before = signal.signal(number, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(number, before)


def answers(api_url: str) -> bool:
    """Return whether a Prefect server answers there."""
    with connected(api_url) as client:
        return client.api_healthcheck() is None


def _start(wanted: Wanted, services: list[Service], say: Say) -> list[str]:
    """Start all that is wanted; return the work pools whose runs are a worker's of ours."""
    path, python = deployments_path(), sys.executable
    work_pools(path)  # one that cannot be read is told before anything starts
    if wanted.server:
        _require_free(wanted.host, wanted.port)
        command = ["-m", "prefect", "server", "start", "--host", wanted.host, "--port", str(wanted.port)]
        services.append(_service(wanted, "server", [python, *command]))
        services[-1].start()
        say("starting Prefect's server")
        services[-1].await_ready(lambda: answers(wanted.api_url), START_SECONDS)
        write_api_url(wanted.home, wanted.api_url)
        with connected(wanted.api_url) as client:
            say(f"registering the deployments of {path}")
            register(client, path, prefect_folder(wanted.home))
    elif not answers(wanted.api_url):
        raise TasadorError(f"no Prefect server answers at {wanted.api_url}: start it, or set PREFECT_API_URL")
    with connected(wanted.api_url) as client:
        pools = process_pools(client, path) if wanted.worker else []
    for pool in pools:
        command = [python, "-m", "flows.operations.worker", pool, *wanted.queues, f"--limit={wanted.limit}"]
        services.append(_service(wanted, wanted.worker_name, command))
        services[-1].start()
    return pools


def _service(wanted: Wanted, name: str, command: list[str]) -> Service:
    return Service(name, command, mark(name, wanted.home.root), wanted.logs / f"{name}.log")


def _require_free(host: str, port: int) -> None:
    """Make sure that nobody listens on a port. Raises UsageError."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind(address)
    except OSError as error:
        raise UsageError(
            f"--host and --port must be an address that is free, got {host}:{port}: {error.strerror}"
        ) from error


def _look_after(wanted: Wanted, pools: Collection[str], services: list[Service], say: Say) -> None:
    """Keep all running until we are told to stop."""
    looked_at = time.monotonic()
    while True:
        for service in services:
            service.look_after(say)
        if pools and time.monotonic() - looked_at > SECONDS_BETWEEN_REVIVALS:
            looked_at = time.monotonic()
            with suppress(HTTPError), connected(wanted.api_url) as client:  # the server may be starting again
                never_began = stillborn(client, pools, wanted.queues, _under_way(wanted).values())
                begin_anew(client, never_began, NEVER_BEGAN)
        time.sleep(SECONDS_BETWEEN_LOOKS)


def _stop(wanted: Wanted, services: list[Service], say: Say) -> None:
    """End the workers, then the server; runs may go on for a while, and are begun anew at the next start after that."""
    workers = [service for service in services if service.name == wanted.worker_name]
    if workers:
        _stop_workers(wanted, workers, say)
    for service in services:
        service.end(STOP_SECONDS)


def _stop_workers(wanted: Wanted, workers: list[Service], say: Say) -> None:
    for worker in workers:
        worker.tell_to_end()
    if count := len(set(_under_way(wanted).values())):
        say(f"runs under way: {count}; they have {wanted.grace_seconds:.0f} s to end, Ctrl-C ends them now")
    with suppress(KeyboardInterrupt):
        deadline = time.monotonic() + wanted.grace_seconds
        while _under_way(wanted) and time.monotonic() < deadline:
            time.sleep(SECONDS_BETWEEN_LOOKS)
    ended = set(_under_way(wanted).values())
    end(partial(_under_way, wanted), STOP_SECONDS)
    for worker in workers:
        worker.end(STOP_SECONDS)
    if ended:
        say(f"runs ended, which begin anew at the next start: {len(ended)}")
        with suppress(HTTPError), connected(wanted.api_url) as client:  # or it hears no heartbeat when it is back
            begin_anew(client, ended, STOPPED)


def _under_way(wanted: Wanted) -> dict[int, str]:
    return flow_runs(wanted.worker_name, wanted.home.root)
