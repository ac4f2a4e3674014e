"""A crawl that landed in parts is one crawl run of the warehouse, and proves a listing gone once all parts are in."""

from collections.abc import Callable
from typing import Any

import pytest

from crawler.landing import LandingWriter
from crawler.partitions import all_partitions, finish_whole
from crawler.sites import Market, Site

SITE = Site("cars.example", Market("us", "USD", "mi"))


@pytest.fixture
def land_part(crawls: Any) -> Callable[..., None]:
    """Land one part of a day's crawl in two parts, with the cars of these ids, and load what is there."""

    def land(day: int, number: int, *ids: str, is_complete: bool = True) -> None:
        run = f"2025030{day + 1}T000000Z-000002"
        crawls.at(crawls.day(day + number / 100))
        writer = LandingWriter(crawls.home.landing, SITE, f"{run}.{all_partitions(2)[number - 1].name}")
        for source_id in ids:
            writer.write(crawls.car(source_id), page="results")
        writer.finish(
            reason="finished", is_complete=is_complete, scope=["all"], health="healthy", health_reason="as usual"
        )
        finish_whole(crawls.home.landing, SITE, run, 2)
        crawls.load(day + 0.5, is_finished=False)

    return land


def runs(crawls: Any) -> list[tuple[Any, ...]]:
    return crawls.rows("select crawl_run_id, is_complete, landed_observations from crawl_runs order by 1")


def test_the_parts_are_one_crawl_run_complete_when_all_are_in(crawls: Any, land_part: Callable[..., None]) -> None:
    land_part(0, 1, "a", "b")
    assert runs(crawls) == [("20250301T000000Z-000002", False, 2)]
    land_part(0, 2, "c")
    assert runs(crawls) == [("20250301T000000Z-000002", True, 3)]


def test_a_listing_is_gone_when_all_parts_of_two_later_crawls_miss_it(
    crawls: Any, land_part: Callable[..., None]
) -> None:
    land_part(0, 1, "stays", "sold")
    land_part(0, 2, "moves")
    for number in (1, 2):
        land_part(1, number, "stays", "moves")
    land_part(2, 1, "stays", "moves")
    assert crawls.rows("select status from listings where status = 'gone'") == []
    land_part(2, 2)
    assert crawls.rows("select listing_id from listings where status = 'gone'") == [("cars.example:sold",)]


def test_an_incomplete_part_proves_nothing_gone(crawls: Any, land_part: Callable[..., None]) -> None:
    land_part(0, 1, "a", "b")
    land_part(0, 2, "c")
    for day in (1, 2):
        land_part(day, 1, "a")
        land_part(day, 2, is_complete=False)
    assert crawls.rows("select status from listings where status = 'gone'") == []


def test_a_crawl_in_one_piece_covers_an_earlier_one_in_parts(crawls: Any, land_part: Callable[..., None]) -> None:
    land_part(0, 1, "a", "b")
    land_part(0, 2, "c")
    for day in (1, 2):
        crawls.load(day, crawls.car("a"), crawls.car("c"))
    assert crawls.rows("select listing_id from listings where status = 'gone'") == [("cars.example:b",)]
