"""Stops and starts: kills at any moment, what the next start takes up, and that the warehouse loads the whole."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from bench.kills import measure
from crawler.landing import MANIFEST_NAME, LandingWriter, read_lines, run_started_at
from crawler.process import crawl
from crawler.resume import run_to_continue
from crawler.sites import Market, Site
from warehouse.load import load_landing
from warehouse.migrate import migrate
from warehouse.refresh import refresh

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
def small_lot(serve, car_page, result_page):
    """One result page of 20 cars and their details."""
    site = serve()
    site.routes |= {f"/car/{n}": car_page(n) for n in range(20)}
    site.routes["/cars"] = result_page({n: f"/car/{n}" for n in range(20)})
    return site


def rows_of(landing: Path) -> list[dict]:
    return [row for part in sorted(landing.glob("*/*/part-*.jsonl.zst")) for row in read_lines(str(part))]


@pytest.mark.slow
def test_five_kills_at_random_moments_lose_nothing_and_land_nothing_twice() -> None:
    outcome = measure(kills=5, listings=400)
    assert (outcome["kills"], outcome["is_exact"]) == (5, True), outcome


@pytest.fixture
def stopped(small_lot, make_site, car_page, tmp_path):
    """What a kill leaves: a run without a manifest, half of whose details did not come."""
    site = make_site(f"{small_lot.url}/cars")
    small_lot.routes |= {f"/car/{n}": (404, "later") for n in range(10, 20)}
    manifest = crawl(site, str(tmp_path))
    (tmp_path / site.name / manifest.crawl_run_id / MANIFEST_NAME).unlink()
    small_lot.routes |= {f"/car/{n}": car_page(n) for n in range(10, 20)}
    small_lot.asked.clear()
    return site, manifest.crawl_run_id


def test_a_continued_run_asks_for_what_is_left_and_counts_what_landed_before(stopped, small_lot, tmp_path) -> None:
    site, crawl_run_id = stopped
    manifest = crawl(site, str(tmp_path))
    assert manifest.crawl_run_id == crawl_run_id
    assert sorted(small_lot.asked) == sorted(["/robots.txt", "/cars", *(f"/car/{n}" for n in range(10, 20))])
    assert (manifest.rows, manifest.rejects, manifest.stats["rows_landed_before"]) == (40, 10, 30)
    assert manifest.started_at[:19] == run_started_at(crawl_run_id).isoformat()[:19]
    assert set(Counter((row["page"], row["listing_id"]) for row in rows_of(tmp_path) if "page" in row).values()) == {1}


def test_the_warehouse_takes_a_continued_run_that_it_had_loaded_half_of(stopped, tmp_path) -> None:
    site, crawl_run_id = stopped
    query = "select crawl_run_id, landed_observations, landed_rejects, is_complete from crawl_runs"
    warehouse = duckdb.connect()
    migrate(warehouse)

    def loaded() -> list[tuple]:
        load_landing(warehouse, str(tmp_path))
        refresh(warehouse)
        return warehouse.execute(query).fetchall()

    assert loaded() == [(crawl_run_id, 30, 10, False)]
    crawl(site, str(tmp_path))
    assert loaded() == [(crawl_run_id, 40, 10, True)]


def test_anew_starts_a_new_run_and_leaves_the_killed_one(stopped, tmp_path) -> None:
    site, crawl_run_id = stopped
    manifest = crawl(site, str(tmp_path), anew=True)
    assert manifest.crawl_run_id != crawl_run_id
    assert (manifest.rows, manifest.is_complete, manifest.stats["details_saved"]) == (30, True, 10)
    assert len(list(tmp_path.glob("*/*/manifest.json"))) == 1


def test_the_crawl_after_a_time_limit_takes_up_the_details_that_were_left(small_lot, make_site, tmp_path) -> None:
    url = f"{small_lot.url}/cars"
    first = crawl(make_site(url, delay_seconds=0.3, concurrent_requests=1, time_limit_seconds=2), str(tmp_path))
    assert (first.finish_reason, first.is_complete) == ("closespider_timeout", False)
    second = crawl(make_site(url), str(tmp_path))
    details = Counter(row["listing_id"] for row in rows_of(tmp_path) if row["page"] == "detail")
    assert second.is_complete and second.stats["details_saved"] > 0
    assert set(details.values()) == {1} and len(details) == 20
