"""A crawl in parts: they divide the site, land side by side, and the last one says that all are in."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.errors import UsageError
from crawler.landing import LandingWriter, read_manifest
from crawler.partitioned import crawl_partition, crawl_partitions
from crawler.partitions import (
    Partition,
    all_partitions,
    finish_whole,
    read_partition,
    run_of_the_day,
    run_to_join,
    with_shared_manners,
)
from crawler.queries import Query, shared_out

RUN = "20260301T000000Z-00000a"


@pytest.fixture
def lot(serve, car_page, result_page):
    """Three queries of four cars each."""
    site = serve()
    site.routes |= {f"/car/{n}": car_page(n) for n in range(12)}
    site.routes |= {f"/cars/{q}": result_page({n: f"/car/{n}" for n in range(4 * q, 4 * q + 4)}) for q in range(3)}
    return site


@pytest.fixture
def site(lot, make_site):
    return make_site(*(f"{lot.url}/cars/{query}" for query in range(3)))


def listing_ids(landing: Path) -> list[str]:
    from crawler.landing import read_lines

    rows = [row for part in landing.glob("*/*/part-*.jsonl.zst") for row in read_lines(str(part))]
    return [row["listing_id"] for row in rows if row["page"] == "results"]


@pytest.mark.parametrize("count", [1, 2, 3, 5, 7])
def test_the_parts_of_a_crawl_are_each_query_once(count: int) -> None:
    make = {"parameter": "make", "values": ["honda", "ford", "tesla"]}
    price = {"from": "low", "to": "high", "between": [0, 100]}
    queries = [Query(f"https://lot.test/{n}", (make, price)) for n in range(2)]
    parts = [shared_out(queries, part.number, count) for part in all_partitions(count)]
    urls = [query.url for part in parts for query in part]
    assert all(parts)
    assert len(urls) == len(set(urls)) >= count
    assert urls == [query.url for part in all_partitions(count) for query in shared_out(queries, part.number, count)]


def test_all_parts_together_ask_no_faster_than_one_crawl(make_site) -> None:
    part = with_shared_manners(make_site(delay_seconds=1.0, concurrent_requests=2), Partition(2, 4))
    assert (part.delay_seconds, part.concurrent_requests) == (4.0, 1)


def test_parts_in_processes_land_side_by_side_as_one_crawl(site, tmp_path) -> None:
    manifest = crawl_partitions(site, str(tmp_path), 2)
    folders = sorted(path.name for path in (tmp_path / site.name).iterdir() if path.is_dir())
    run = manifest.crawl_run_id
    assert folders == [run, f"{run}.1of2", f"{run}.2of2"]
    assert (manifest.is_complete, manifest.partition, manifest.rows) == (True, None, 24)
    assert manifest.scope == list(site.start_urls)
    assert sorted(manifest.stats["partitions"]) == ["1of2", "2of2"]
    assert len(listing_ids(tmp_path)) == len(set(listing_ids(tmp_path))) == 12
    assert read_manifest(f"{tmp_path}/{site.name}/{run}") == manifest


def test_the_whole_has_no_manifest_before_the_last_part_is_in(site, tmp_path) -> None:
    first = crawl_partition(site, str(tmp_path), Partition(1, 2), crawl_run_id=RUN)
    assert (first.crawl_run_id, first.partition, first.is_complete) == (f"{RUN}.1of2", "1of2", True)
    assert not (tmp_path / site.name / RUN).exists()
    crawl_partition(site, str(tmp_path), Partition(2, 2), crawl_run_id=RUN)
    assert read_manifest(f"{tmp_path}/{site.name}/{RUN}").is_complete


def test_a_part_that_was_not_complete_makes_the_whole_incomplete(site, lot, tmp_path) -> None:
    lot.routes["/cars/1"] = (500, "down")
    manifest = crawl_partitions(site, str(tmp_path), 3)
    assert not manifest.is_complete
    assert manifest.health != "healthy"
    assert manifest.health_reason.startswith("part 2of3: ")


def test_a_part_that_has_landed_is_not_crawled_again_under_the_same_id(site, tmp_path) -> None:
    crawl_partition(site, str(tmp_path), Partition(1, 2), crawl_run_id=RUN)
    with pytest.raises(UsageError, match=r"whose part 1/2 has not landed yet, got '20260301T000000Z-00000a'"):
        crawl_partition(site, str(tmp_path), Partition(1, 2), crawl_run_id=RUN)


def test_a_new_start_crawls_only_the_parts_that_are_missing(site, lot, tmp_path) -> None:
    now = datetime(2026, 3, 1, 2, tzinfo=UTC)
    crawl_partition(site, str(tmp_path), Partition(1, 2), crawl_run_id=RUN, now=now)
    asked = lot.asked.copy()
    assert crawl_partitions(site, str(tmp_path), 2, now=now).crawl_run_id == RUN
    assert not {path for path in lot.asked[len(asked) :] if path != "/robots.txt"} & set(asked)


def test_only_a_young_crawl_of_as_many_parts_is_joined(site, tmp_path) -> None:
    folder = tmp_path / site.name / f"{RUN}.1of4"
    folder.mkdir(parents=True)
    at = datetime(2026, 3, 1, 2, tzinfo=UTC)
    assert run_to_join(str(tmp_path), site, 4, at) == RUN
    assert run_to_join(str(tmp_path), site, 2, at) is None
    assert run_to_join(str(tmp_path), site, 4, at.replace(day=2)) is None


def test_machines_agree_on_the_run_of_the_day() -> None:
    morning, evening = (datetime(2026, 3, 1, hour, tzinfo=UTC) for hour in (1, 22))
    assert run_of_the_day(Partition(1, 4), morning) == run_of_the_day(Partition(4, 4), evening) == f"{RUN[:-1]}4"


def test_a_site_is_divided_into_no_more_parts_than_it_has(site, tmp_path) -> None:
    with pytest.raises(UsageError, match=r"partitions must be at most 3 for cars.test, .*, got 4"):
        crawl_partitions(site, str(tmp_path), 4)


@pytest.mark.parametrize("words", ["0/4", "5/4", "1", "a/b", "1/4/2", "-1/4", ""])
def test_a_partition_is_its_number_and_their_count(words: str) -> None:
    with pytest.raises(UsageError, match="partition must be its number and their count, as 1/4"):
        read_partition(words)


def test_the_manifest_of_the_whole_is_the_same_whoever_writes_it(make_site, tmp_path) -> None:
    site = make_site("https://lot.test/")
    for part in all_partitions(3):
        writer = LandingWriter(str(tmp_path), site, f"{RUN}.{part.name}")
        writer.finish(reason="finished", is_complete=True, scope=["https://lot.test/"], stats={"requests": part.number})
    first, second = (finish_whole(str(tmp_path), site, RUN, 3) for _ in range(2))
    assert first == second
    assert first and first.stats["requests"] == 6
    assert json.loads((tmp_path / site.name / RUN / "manifest.json").read_text())["partition"] is None
    shutil.rmtree(tmp_path / site.name / f"{RUN}.2of3")
    assert finish_whole(str(tmp_path), site, RUN, 3) is None
