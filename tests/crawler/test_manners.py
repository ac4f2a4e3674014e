"""A site is asked as it asks to be: Crawl-delay, Retry-After, and nothing more once it has refused."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from time import monotonic
from typing import Any

import pytest
from scrapy.http import Response

from crawler.manners import SECONDS_WHERE_NONE_ARE_NAMED, seconds_to_wait
from crawler.process import crawl

RESULTS = "/cars?page={}"


@dataclass
class Timed:
    """Three result pages and the details of their cars, and when each of them was asked for."""

    site: Any
    times: dict[str, list[float]] = field(default_factory=dict)

    def answer(self, path: str, *answers: Any) -> None:
        """Let a path give these answers, the last of them forever."""
        left = list(answers)

        def next_answer() -> Any:
            self.times.setdefault(path, []).append(monotonic())
            return left.pop(0) if len(left) > 1 else left[0]

        self.site.routes[path] = next_answer

    @property
    def moments(self) -> list[float]:
        """When anything was asked for, in order."""
        return sorted(moment for moments in self.times.values() for moment in moments)


@pytest.fixture
def timed(serve, car_page, result_page) -> Timed:
    timed = Timed(serve())
    for page in (1, 2, 3):
        cars = {n: f"/car/{n}" for n in range(4 * page, 4 * page + 4)}
        timed.answer(RESULTS.format(page), result_page(cars, RESULTS.format(page + 1) if page < 3 else ""))
        for n, path in cars.items():
            timed.answer(path, car_page(n))
    return timed


def test_the_crawl_delay_of_robots_txt_is_kept_between_two_requests(timed, make_site, tmp_path) -> None:
    timed.site.routes["/robots.txt"] = "User-agent: *\nCrawl-delay: 0.4\n"
    timed.site.routes[RESULTS.format(2)] = "<title>no cars</title>"
    crawl(make_site(f"{timed.site.url}{RESULTS.format(1)}"), str(tmp_path))
    moments = timed.moments
    assert len(moments) == 5
    assert min(later - earlier for earlier, later in pairwise(moments)) > 0.35


def test_a_crawl_delay_that_no_crawl_can_keep_is_a_refusal(timed, make_site, tmp_path) -> None:
    timed.site.routes["/robots.txt"] = "User-agent: *\nCrawl-delay: 3600\n"
    manifest = crawl(make_site(f"{timed.site.url}{RESULTS.format(1)}"), str(tmp_path))
    assert timed.site.asked == ["/robots.txt"]
    assert manifest.health == "blocked"
    assert "robots.txt asks for 3600 seconds between two requests" in manifest.health_reason


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_waited_for_and_nothing_is_asked_meanwhile(timed, make_site, tmp_path, status) -> None:
    second = timed.site.routes[RESULTS.format(2)]()
    timed.answer(RESULTS.format(2), (status, "slow down", {"Retry-After": "2"}), second)
    timed.times.clear()
    manifest = crawl(make_site(f"{timed.site.url}{RESULTS.format(1)}"), str(tmp_path))
    refused, again = timed.times[RESULTS.format(2)]
    assert again - refused >= 1.9
    assert [moment for moment in timed.moments if refused + 0.5 < moment < refused + 1.9] == []
    assert (manifest.health, manifest.is_complete, manifest.stats["listings"]) == ("healthy", True, 12)


def test_a_run_of_429s_is_a_block(timed, make_site, tmp_path) -> None:
    timed.answer(RESULTS.format(1), (429, "slow down", {"Retry-After": "0"}))
    manifest = crawl(make_site(f"{timed.site.url}{RESULTS.format(1)}"), str(tmp_path))
    assert len(timed.moments) == 3
    assert (manifest.finish_reason, manifest.health, manifest.is_complete) == ("blocked", "blocked", False)


def test_429s_with_pages_between_them_are_no_run(timed, make_site, tmp_path) -> None:
    refusal = (429, "slow down", {"Retry-After": "0"})
    for page in (1, 2, 3):
        answer = timed.site.routes[RESULTS.format(page)]()
        timed.answer(RESULTS.format(page), refusal, answer)
    assert crawl(make_site(f"{timed.site.url}{RESULTS.format(1)}"), str(tmp_path)).health == "healthy"


def test_a_site_that_asks_for_an_hour_is_left_alone(timed, make_site, tmp_path) -> None:
    timed.answer(RESULTS.format(1), (503, "maintenance", {"Retry-After": "3600"}))
    manifest = crawl(make_site(f"{timed.site.url}{RESULTS.format(1)}"), str(tmp_path))
    assert len(timed.moments) == 1
    assert (manifest.health, manifest.stats["rejects"]) == ("blocked", {"blocked": 1})
    assert "HTTP 503, and to be asked again after 3600 seconds" in manifest.health_reason


def test_after_a_block_nothing_more_is_asked_not_even_what_was_waiting(timed, make_site, tmp_path) -> None:
    timed.answer(RESULTS.format(2), (403, "no"))
    site = make_site(f"{timed.site.url}{RESULTS.format(1)}", delay_seconds=0.5, concurrent_requests=4)
    manifest = crawl(site, str(tmp_path))
    assert timed.site.asked == ["/robots.txt", RESULTS.format(1), RESULTS.format(2)]
    assert manifest.health == "blocked"
    assert "HTTP 403" in manifest.health_reason


def _at(seconds: float, zone: str = "GMT") -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds)).replace("+0000", zone)


@pytest.mark.parametrize(
    ("said", "is_so"),
    [
        ("17", lambda seconds: seconds == 17),
        (_at(9000), lambda seconds: 8000 < seconds <= 9000),
        (_at(9000, "-0000"), lambda seconds: 8000 < seconds <= 9000),
        (_at(-90), lambda seconds: seconds == 0),
        *(
            (said, lambda seconds: seconds == SECONDS_WHERE_NONE_ARE_NAMED)
            for said in ("", "-3", "soon", "\u00b2", "1e9")
        ),
    ],
    # Never the date itself: workers that collect in different seconds would disagree.
    ids=lambda value: "",
)
def test_retry_after_is_read_as_seconds_or_as_a_date(said: str, is_so: Callable[[float], bool]) -> None:
    assert is_so(seconds_to_wait(Response("http://127.0.0.1/", headers={"Retry-After": said})))


def test_where_no_time_is_named_it_is_a_minute() -> None:
    assert seconds_to_wait(Response("http://127.0.0.1/")) == SECONDS_WHERE_NONE_ARE_NAMED
