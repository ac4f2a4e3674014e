"""Two compressed weeks on the demo market side by side, under one clock: one undisturbed, one with five disasters.

``python -m bench.week`` runs two of `tasador up`, each with Prefect's server, schedules and worker, for seven simulated
days. The disturbed week's server keeps its state in PostgreSQL, the other's in SQLite. Of the disturbed one the worker
is killed (-9, with all that it began) in the middle of a crawl, of a retraining and of a scoring, and the server and
PostgreSQL are restarted in the middle of a crawl. A JSON line each says how long it took until the run went on and was
completed; then a line for each published table and for the alerts says whether both weeks have the same. Exit code 1
where they do not, where a match was told twice, or where a run has not been completed.

What is left out of the comparison, and why, stands in bench/week_compare.py.
"""

import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import click
import httpx

from bench.postgres import Postgres, find_programs, running_postgres
from bench.week_compare import FINAL, compared_messages, compared_tables, ended_runs
from bench.week_station import Clock, Station, wait_until
from crawler.demo_market.process import running_demo_market

FIRST_DAY = date(2026, 3, 2)
START_SECONDS = 220.0
# What is to be disturbed may last for a second.
SECONDS_BETWEEN_GLANCES = 0.05
SECONDS_BETWEEN_LOOKS = 1.0

Is = Callable[[Station], bool]


@click.command()
@click.option("--size", default=200, show_default=True, help="Live listings on the first day; 300 train the networks.")
@click.option("--seconds-a-day", default=360, show_default=True, help="A run is picked up 95 to 135 s after a kill.")
@click.option("--days", default=7, show_default=True)
@click.option("--keep", type=click.Path(path_type=Path), help="Where everything is to lie, and stay.")
def main(size: int, seconds_a_day: int, days: int, keep: Path | None) -> None:
    """Run both weeks, and compare them."""
    programs = find_programs()
    if programs is None:
        sys.exit("there is no PostgreSQL here: install Debian's package postgresql")
    with tempfile.TemporaryDirectory(prefix="tasador-week-") as folder:
        is_equal = True
        for line in measure(keep or Path(folder), programs, size, seconds_a_day, days):
            print(json.dumps(line), flush=True)
            is_equal &= line.get("is_equal", True)
    sys.exit(not is_equal)


def measure(folder: Path, programs: Path, size: int, seconds_a_day: int, days: int) -> Iterator[dict[str, Any]]:
    """Yield a line for each disaster and each comparison; a line of a comparison says whether it ``is_equal``."""
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        postgres = stack.enter_context(running_postgres(programs))
        postgres.run("createdb", "prefect")
        market = stack.enter_context(running_demo_market(size=size, first_date=FIRST_DAY))
        webhook, told = stack.enter_context(receiving())
        clock = Clock(f"{FIRST_DAY}T03:00Z", int(time.time() + START_SECONDS), seconds_a_day, days)
        undisturbed = Station("undisturbed", folder / "undisturbed", clock)
        address = f"postgresql+asyncpg://tasador@127.0.0.1:{postgres.port}/prefect"
        settings = {"PREFECT_API_DATABASE_CONNECTION_URL": address}
        disturbed = Station("disturbed", folder / "disturbed", clock, settings)
        for station in (undisturbed, disturbed):
            station.set_up(market.start_url, f"{webhook}/{station.name}")
            stack.enter_context(station.running())
        until(lambda: undisturbed.is_ready() and disturbed.is_ready(), clock.since)
        disasters = stack.enter_context(ThreadPoolExecutor(1))
        coming: list[Future[dict[str, Any]]] = []
        for day in range(days):
            wait_until(clock.begins(day))
            market.set_day(day)
            coming += [disasters.submit(strike, disturbed, postgres, day)] * (day in DISASTERS)
        ends = clock.begins(days)
        with suppress(TimeoutError):
            until(lambda: all(has_ended(station) for station in (undisturbed, disturbed)), ends)
        yield from (future.result() for future in coming)
        yield from map(ended_runs, (undisturbed, disturbed))
    yield from compared_tables(undisturbed.home, disturbed.home)
    yield compared_messages(told["undisturbed"], told["disturbed"])


def strike(station: Station, postgres: Postgres, day: int) -> dict[str, Any]:
    """Wait until the station is at what is to be disturbed that day, disturb it, and say how its run went on."""
    name, is_at_it, disturb = DISASTERS[day]
    ends = station.clock.begins(day + 1)
    try:
        until(lambda: is_at_it(station), ends, SECONDS_BETWEEN_GLANCES)
        (run_id, *_) = set(station.under_way().values())
        disturb(station, postgres)
        struck = time.time()
        answering = until(lambda: is_answering(station), ends) - struck
        picked_up = until(lambda: is_begun_anew(station, run_id), ends) - struck if name.startswith("worker") else None
        completed = until(lambda: state(station, run_id) in FINAL, ends) - struck
    except TimeoutError:
        return {"disaster": name, "day": day, "is_equal": False}
    return {
        "disaster": name,
        "day": day,
        "server_answers_after": round(answering, 1),
        "picked_up_after": picked_up and round(picked_up, 1),
        "ended_after": round(completed, 1),
        "state": state(station, run_id),
    }


def until(is_so: Callable[[], bool], moment: float, pause: float = SECONDS_BETWEEN_LOOKS) -> float:
    """Wait until something is so and return the Unix time. Raises TimeoutError where it is not so at ``moment``."""
    while not is_so():
        if time.time() > moment:
            raise TimeoutError
        time.sleep(pause)
    return time.time()


def is_crawling(station: Station) -> bool:
    """Whether a crawl has landed a part, and has not ended."""
    runs = [part.parent for part in Path(station.home.landing).glob("demo/*/part-*.zst")]
    return any(not (run / "manifest.json").exists() for run in runs)


def is_training(station: Station) -> bool:
    """Whether an estimator is being trained."""
    return any(b"models.train.worker" in _command(pid) for pid in station.under_way())


def is_scoring(station: Station) -> bool:
    """Whether listings are being priced."""
    return (station.home.root / ".scoring" / "listings.parquet").exists()


def is_answering(station: Station) -> bool:
    """Whether Prefect's server answers, its database too."""
    with suppress(httpx.HTTPError):
        return bool(station.runs())
    return False


def state(station: Station, run_id: str) -> str | None:
    """Return the kind of state that a flow run is in, None while the server does not say so."""
    return found["state_type"] if (found := _run(station, run_id)) else None


def is_begun_anew(station: Station, run_id: str) -> bool:
    """Whether a flow run was begun again."""
    found = _run(station, run_id)
    return bool(found and found["run_count"] > 1)


def has_ended(station: Station) -> bool:
    """Whether all runs of the week have ended."""
    with suppress(httpx.HTTPError):
        return all(run["state_type"] in FINAL for run in station.runs())
    return False


# By day: what happens, when, and how.
DISASTERS: dict[int, tuple[str, Is, Callable[[Station, Postgres], None]]] = {
    2: ("worker killed in a crawl", is_crawling, lambda station, _: station.kill_worker()),
    3: ("server killed in a crawl", is_crawling, lambda station, _: station.kill_server()),
    4: ("PostgreSQL restarted in a crawl", is_crawling, lambda _, postgres: postgres.restart()),
    5: ("worker killed in a retraining", is_training, lambda station, _: station.kill_worker()),
    6: ("worker killed in a scoring", is_scoring, lambda station, _: station.kill_worker()),
}


@contextmanager
def receiving() -> Iterator[tuple[str, dict[str, list[str]]]]:
    """Take what alerts tell at ``<address>/<week>``; yield the address and the matches of each week as they came."""
    told: dict[str, list[str]] = {"undisturbed": [], "disturbed": []}

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            told[self.path.strip("/")] += [json.dumps(match, sort_keys=True) for match in message["matches"]]
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", told
        server.shutdown()


def _run(station: Station, run_id: str) -> dict[str, Any] | None:
    with suppress(httpx.HTTPError):
        return next((run for run in station.runs() if run["id"] == run_id), None)
    return None


def _command(pid: int) -> bytes:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


if __name__ == "__main__":
    main()
