"""The memory: when a detail is worth a request, and that it is a summary of what has landed and of nothing else."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.clock import ENVIRONMENT_VARIABLE
from crawler.items import Listing
from crawler.landing import Kind, LandingWriter
from crawler.memory import DetailQueue, Memory
from crawler.sites import Market, Site
from crawler.spiders.sitemap import changed_at

SITE = Site("cars.test", Market("test", "USD", "mi"))
DAY = datetime(2026, 3, 4, 5, tzinfo=UTC)
FIRST, SECOND, THIRD = "20260304T050000Z-000001", "20260305T050000Z-000002", "20260306T050000Z-000003"
Sighting = tuple[str, Listing, Kind]


def car(n: int, price: str = "$20,000") -> Listing:
    return Listing(source_id=f"car-{n}", url=f"http://127.0.0.1/car/{n}", price=price)


def on_results(n: int, price: str = "$20,000") -> Sighting:
    return "results", car(n, price), "price"


def on_its_page(n: int) -> Sighting:
    return "detail", replace(car(n), mileage="10,000 mi."), "price"


@pytest.fixture(autouse=True)
def first_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, DAY.isoformat())


@pytest.fixture
def memory(tmp_path: Path) -> Callable[..., Memory]:
    return lambda run, **settings: Memory(str(tmp_path), replace(SITE, **settings), run)


@pytest.fixture
def land(tmp_path: Path, memory: Callable[..., Memory]) -> Callable[..., list[bool]]:
    """Land sightings in a run as the pipeline does, and return which of them were news."""

    def land_now(run: str, sightings: Iterable[Sighting], is_flushed: bool = True) -> list[bool]:
        remembered = memory(run)
        writer = LandingWriter(str(tmp_path), SITE, run, on_part=remembered.keep)
        writer.resume()
        rows = [writer.row(listing, kind=kind, page=page, scraped_at=None) for page, listing, kind in sightings]
        news = [remembered.remember(row) for row in rows]
        for row in rows:
            writer.land(row)
        if is_flushed:
            writer.flush()
        remembered.connection.close()
        return news

    return land_now


def everything(memory: Memory) -> list[tuple[object, ...]]:
    return memory.connection.execute("select * from listings order by listing_id").fetchall()


def test_a_new_listing_is_asked_for(memory) -> None:
    assert memory(FIRST).plan(str(car(1).url), car(1)) == "ask"


def test_a_listing_whose_card_is_as_it_was_is_spared(memory, land) -> None:
    land(FIRST, [on_results(1), on_its_page(1)])
    assert memory(SECOND).plan(str(car(1).url), car(1)) == "spare"


def test_a_changed_price_is_a_changed_card(memory, land) -> None:
    land(FIRST, [on_results(1), on_its_page(1)])
    assert memory(SECOND).plan(str(car(1).url), car(1, "$19,000")) == "ask"


def test_a_changed_card_whose_detail_never_came_is_asked_for_again(memory, land) -> None:
    land(FIRST, [on_results(1), on_its_page(1)])
    land(SECOND, [on_results(1, "$19,000")])
    assert memory(THIRD).plan(str(car(1).url), car(1, "$19,000")) == "ask"


def test_a_listing_that_was_only_ever_a_card_is_asked_for(memory, land) -> None:
    land(FIRST, [on_results(1)])
    assert memory(SECOND).plan(str(car(1).url), car(1)) == "ask"


def test_a_detail_that_is_too_old_is_asked_for_again(memory, land, monkeypatch) -> None:
    land(FIRST, [on_results(1), on_its_page(1)])
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, (DAY + timedelta(days=10, seconds=1)).isoformat())
    assert memory(SECOND, detail_max_age_days=10).plan(str(car(1).url), car(1)) == "ask"
    assert memory(SECOND, detail_max_age_days=11).plan(str(car(1).url), car(1)) == "spare"


def test_a_detail_landed_in_this_very_run_is_not_asked_for_again(memory, land) -> None:
    land(FIRST, [on_results(1), on_its_page(1)])
    assert memory(FIRST).plan(str(car(1).url), car(1, "$19,000")) == "landed"


@pytest.mark.parametrize(
    ("lastmod", "plan"),
    [
        ("2026-03-03", "spare"),
        ("2026-03-04", "ask"),  # at any time of that day
        ("2026-03-04T04:59:59Z", "spare"),
        ("2026-03-04T05:00:01+00:00", "ask"),
        ("2026-03-04T04:00:00-05:00", "ask"),
        ("yesterday", "spare"),
        ("9999-12-31", "spare"),
        (None, "spare"),
    ],
)
def test_a_sitemaps_lastmod_after_the_last_reading_asks_for_the_page(memory, land, lastmod, plan) -> None:
    land(FIRST, [on_its_page(1)])
    assert memory(SECOND).plan(str(car(1).url), changed_at=changed_at(lastmod)) == plan


def test_a_card_without_the_sites_id_is_known_by_its_address(memory, land) -> None:
    card = Listing(url=car(1).url, price="$20,000")
    land(FIRST, [("results", card, "price"), on_its_page(1)])
    assert memory(SECOND).plan(str(card.url), card) == "spare"
    assert memory(SECOND).listing_at(card.url) == "cars.test:car-1"


def test_the_same_card_is_news_once_a_run_and_in_the_next_run_again(land) -> None:
    assert land(FIRST, [on_results(1), on_results(2), on_results(1)]) == [True, True, False]
    assert land(FIRST, [on_results(1), on_results(1, "$19,000")]) == [False, True]
    assert land(SECOND, [on_results(1)]) == [True]


def test_a_detail_is_news_once_a_run(land) -> None:
    assert land(FIRST, [on_results(1), on_its_page(1), on_its_page(1)]) == [True, True, False]


def test_what_had_not_landed_is_forgotten(memory, land) -> None:
    land(FIRST, [on_results(1)])
    land(FIRST, [on_results(2), on_its_page(2)], is_flushed=False)
    assert memory(FIRST).listings_seen() == 1
    assert memory(FIRST).plan(str(car(2).url), car(2)) == "ask"


def test_a_part_that_landed_just_before_a_kill_is_taken_in(tmp_path, memory) -> None:
    writer = LandingWriter(str(tmp_path), SITE, FIRST)
    writer.write(car(1), page="detail")
    writer.flush()
    assert memory(FIRST).plan(str(car(1).url), car(1)) == "landed"


@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_bytes(b"no database" * 500)])
def test_a_memory_that_is_lost_or_unreadable_is_made_anew_from_what_has_landed(tmp_path, memory, land, damage) -> None:
    land(FIRST, [on_results(1), on_its_page(1), on_results(2)])
    land(SECOND, [on_results(1, "$19,000"), on_its_page(1), on_results(2), on_its_page(3)])
    before = memory(THIRD)
    known = everything(before)
    before.connection.close()
    damage(next((tmp_path / "cars.test").glob(".memory*")))
    assert len(known) == 3
    assert everything(memory(THIRD)) == known


def test_what_is_no_longer_among_the_landing_files_is_forgotten(tmp_path, memory, land) -> None:
    land(FIRST, [on_results(1), on_its_page(1)])
    land(SECOND, [on_results(2), on_its_page(2)])
    next((tmp_path / "cars.test" / FIRST).glob("part-*")).unlink()
    assert [row[0] for row in everything(memory(THIRD))] == ["cars.test:car-2"]


def test_a_corrupt_part_stops_no_crawl(tmp_path, memory, land) -> None:
    land(FIRST, [on_results(1), on_its_page(1)])
    (tmp_path / "cars.test" / FIRST / "part-00001.jsonl.zst").write_bytes(b"torn")
    assert memory(SECOND).plan(str(car(1).url), car(1)) == "spare"


def test_an_import_is_not_remembered(tmp_path, memory) -> None:
    writer = LandingWriter(str(tmp_path), SITE, "import-0123456789abcdef")
    writer.write(car(1), page="file")
    writer.flush()
    assert everything(memory(FIRST)) == []


def test_the_queue_gives_each_address_once_in_order_and_none_that_is_spared() -> None:
    queue = DetailQueue()
    added = [queue.add(f"/car/{n}", is_seen=n == 0, is_asked=n != 2) for n in (0, 1, 2, 1, 3)]
    assert added == [True, True, True, False, True]
    assert queue.take(2) == [("/car/0", True), ("/car/1", False)]
    assert queue.take(2) == [("/car/3", False)]
    assert queue.take(2) == []
    queue.add("/car/4", is_seen=False, is_asked=True)
    assert queue.take(2) == [("/car/4", False)]
