"""Stops and starts: kills at any moment, what the next start takes up, and that the warehouse loads the whole."""

import random
import signal
import subprocess
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from crawler import process
from crawler.errors import TasadorError
from crawler.landing import LandingWriter, read_lines
from crawler.process import crawl
from crawler.resume import run_to_continue
from crawler.sites import Market, Site
from warehouse.load import load_landing
from warehouse.migrate import migrate
from warehouse.transform import build

SITE = Site("cars.test", Market("test", "USD", "mi"))
RUN = "20260304T050000Z-00000a"
START = datetime(2026, 3, 4, 5, tzinfo=UTC)


@pytest.fixture
def killed_run(tmp_path: Path) -> str:
    """A run of one part that never wrote its manifest."""
    writer = LandingWriter(str(tmp_path), SITE, RUN)
    writer.reject("gone", url="http://127.0.0.1/car/1")
    writer.flush()
    return str(tmp_path)


def test_the_newest_run_is_continued_while_it_is_young(killed_run) -> None:
    assert run_to_continue(killed_run, SITE, START + timedelta(hours=11.9)) == RUN
    assert run_to_continue(killed_run, SITE, START + timedelta(hours=12)) is None
    assert run_to_continue(killed_run, SITE, START - timedelta(seconds=1)) is None


def test_a_run_that_has_ended_is_not_continued_nor_one_before_it(killed_run) -> None:
    LandingWriter(killed_run, SITE, "20260304T060000Z-00000b").finish(reason="finished", is_complete=True, scope=[])
    assert run_to_continue(killed_run, SITE, START + timedelta(hours=2)) is None


def test_an_import_is_never_continued(tmp_path) -> None:
    LandingWriter(str(tmp_path), SITE, "import-0123456789abcdef")
    assert run_to_continue(str(tmp_path), SITE) is None


def test_a_site_that_was_never_crawled_starts_anew(tmp_path) -> None:
    assert run_to_continue(str(tmp_path), SITE) is None


@pytest.fixture
def lot(serve, car_page, result_page):
    """Eight result pages of 50 cars each, and their details."""
    site = serve()
    site.routes |= {f"/car/{n}": car_page(n) for n in range(400)}
    for page in range(8):
        cars = {n: f"/car/{n}" for n in range(50 * page, 50 * page + 50)}
        site.routes[f"/cars?page={page}"] = result_page(cars, f"/cars?page={page + 1}" if page < 7 else "")
    return site


@pytest.fixture
def small_lot(serve, car_page, result_page):
    """One result page of 20 cars and their details."""
    site = serve()
    site.routes |= {f"/car/{n}": car_page(n) for n in range(20)}
    site.routes["/cars"] = result_page({n: f"/car/{n}" for n in range(20)})
    return site


@pytest.fixture
def kill_after(monkeypatch):
    """Kill the crawl's process so many seconds after its first page, or let it end by itself."""

    def crawl_and_kill(site: Site, landing: str, seconds: float) -> bool:
        started: list[subprocess.Popen[str]] = []
        popen = subprocess.Popen

        def remember(*arguments, **settings):
            started.append(popen(*arguments, **settings))
            return started[-1]

        def kill_soon(progress) -> None:
            if progress.pages and len(started) == 1:
                started.append(started[0])
                timer = threading.Timer(seconds, started[0].send_signal, [signal.SIGKILL])
                timer.daemon = True
                timer.start()

        monkeypatch.setattr(process.subprocess, "Popen", remember)
        try:
            crawl(site, landing, on_progress=kill_soon)
            return False
        except TasadorError:
            return True
        finally:
            monkeypatch.setattr(process.subprocess, "Popen", popen)

    return crawl_and_kill


def rows_of(landing: Path) -> list[dict]:
    return [row for part in sorted(landing.glob("*/*/part-*.jsonl.zst")) for row in read_lines(str(part))]


@pytest.mark.slow
def test_five_kills_at_random_moments_lose_nothing_and_land_nothing_twice(lot, make_site, kill_after, tmp_path) -> None:
    site = make_site(f"{lot.url}/cars?page=0", delay_seconds=0.02, concurrent_requests=2)
    dice = random.Random(7)
    kills = sum(kill_after(site, str(tmp_path), dice.uniform(0, 4)) for _ in range(5))
    manifest = crawl(site, str(tmp_path))
    landed = Counter((row["page"], row["listing_id"]) for row in rows_of(tmp_path))
    served = [f"cars.test:{lot.url}/car/{n}" for n in range(400)]
    assert kills >= 3
    assert landed == Counter([(page, listing) for page in ("results", "detail") for listing in served])
    assert len(list(tmp_path.glob("*/*/manifest.json"))) == 1
    assert (manifest.rows, manifest.is_complete) == (800, True)


@pytest.fixture
def stopped(small_lot, make_site, kill_after, tmp_path):
    """A crawl that was killed when it had landed something and had details left to do."""
    released = threading.Event()
    car = small_lot.routes["/car/3"]
    small_lot.routes["/car/3"] = lambda: released.wait(20) and car
    site = make_site(f"{small_lot.url}/cars", concurrent_requests=1)
    killing = threading.Thread(target=kill_after, args=(site, str(tmp_path), 6.5))
    killing.start()
    killing.join(60)
    released.set()
    return site, rows_of(tmp_path)


def test_a_continued_run_counts_what_landed_before_and_the_warehouse_takes_it_for_complete(
    stopped, small_lot, tmp_path
) -> None:
    site, before = stopped
    asked_before = Counter(small_lot.asked)
    warehouse = duckdb.connect()
    migrate(warehouse)
    load_landing(warehouse, str(tmp_path))
    manifest = crawl(site, str(tmp_path))
    landed_details = [row["listing"]["url"].removeprefix(small_lot.url) for row in before if row["page"] == "detail"]
    assert before and landed_details
    assert (manifest.rows, manifest.is_complete, manifest.stats["rows_landed_before"]) == (40, True, len(before))
    assert all(small_lot.asked.count(path) == asked_before[path] for path in landed_details)
    load_landing(warehouse, str(tmp_path))
    build(warehouse, "crawl_runs")
    query = "select crawl_run_id, landed_observations, is_complete from crawl_runs"
    assert warehouse.execute(query).fetchall() == [(manifest.crawl_run_id, 40, True)]


def test_anew_starts_a_new_run_and_leaves_the_killed_one(stopped, tmp_path) -> None:
    site, before = stopped
    manifest = crawl(site, str(tmp_path), anew=True)
    assert manifest.crawl_run_id != before[0]["crawl_run_id"]
    assert (manifest.is_complete, manifest.stats["rows_landed_before"]) == (True, 0)
    assert len(list(tmp_path.glob("*/*/manifest.json"))) == 1


def test_the_crawl_after_a_time_limit_takes_up_the_details_that_were_left(small_lot, make_site, tmp_path) -> None:
    url = f"{small_lot.url}/cars"
    first = crawl(make_site(url, delay_seconds=0.3, concurrent_requests=1, time_limit_seconds=2), str(tmp_path))
    assert (first.finish_reason, first.is_complete) == ("closespider_timeout", False)
    second = crawl(make_site(url), str(tmp_path))
    details = Counter(row["listing_id"] for row in rows_of(tmp_path) if row["page"] == "detail")
    assert second.is_complete and second.stats["details_saved"] > 0
    assert set(details.values()) == {1} and len(details) == 20
