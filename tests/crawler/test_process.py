"""A crawl in a process of its own: progress, limits, one at a time, and what is left when it dies."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler import process
from crawler.errors import TasadorError, UsageError
from crawler.landing import read_lines
from crawler.process import CrawlProgress, crawl

REPOSITORY = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def site(serve, car_page, result_page):
    """Two result pages of ten cars each, and their details."""
    site = serve()
    site.routes |= {f"/car/{n}": car_page(n) for n in range(20)}
    site.routes["/cars?page=1"] = result_page({n: f"/car/{n}" for n in range(10)}, "/cars?page=2")
    site.routes["/cars?page=2"] = result_page({n: f"/car/{n}" for n in range(10, 20)})
    return site


@pytest.fixture
def hanging(site):
    """The same site, whose second result page comes only when released; says when it was asked for."""
    asked, released = threading.Event(), threading.Event()

    def hang() -> str:
        asked.set()
        released.wait(30)
        return ""

    site.routes["/cars?page=2"] = hang
    yield site, asked, released
    released.set()


def test_it_works_from_any_working_directory(site, make_site, tmp_path, monkeypatch) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "scrapy.py").write_text("raise SystemExit('a file of the user was imported')")
    monkeypatch.chdir(elsewhere)
    manifest = crawl(make_site(f"{site.url}/cars?page=1"), "landing")
    assert (manifest.rows, manifest.is_complete) == (40, True)
    assert (elsewhere / "landing/cars.test" / manifest.crawl_run_id / "manifest.json").exists()


def test_every_observation_has_the_time_that_the_caller_fixes(site, make_site, landed, tmp_path) -> None:
    day = datetime(2026, 3, 4, 5, tzinfo=UTC)
    manifest = crawl(make_site(f"{site.url}/cars?page=1"), str(tmp_path), now=day)
    assert {row["scraped_at"] for row in landed(tmp_path, manifest)} == {day.isoformat()}
    assert manifest.crawl_run_id.startswith("20260304T050000Z-")
    assert manifest.started_at == manifest.finished_at == day.isoformat()


def test_progress_ends_with_the_final_counts(site, make_site, tmp_path) -> None:
    seen: list[CrawlProgress] = []
    crawl(make_site(f"{site.url}/cars?page=1"), str(tmp_path), on_progress=seen.append)
    assert seen[-1] == CrawlProgress(pages=23, listings=40)  # robots.txt is a page too
    assert str(seen[-1]) == "23 pages, 40 observations"


def test_a_caller_that_fails_takes_its_crawl_with_it(hanging, make_site, tmp_path) -> None:
    site, _, released = hanging

    def fail(progress: CrawlProgress) -> None:
        released.set()
        raise RuntimeError("the caller is gone")

    with pytest.raises(RuntimeError, match="the caller is gone"):
        crawl(make_site(f"{site.url}/cars?page=1"), str(tmp_path), on_progress=fail)
    assert crawl(make_site(f"{site.url}/cars?page=1"), str(tmp_path)).site == "cars.test"


def test_start_urls_replace_the_configured_ones_and_are_the_scope(site, make_site, tmp_path) -> None:
    second = f"{site.url}/cars?page=2"
    manifest = crawl(make_site(f"{site.url}/cars?page=1"), str(tmp_path), start_urls=[second])
    assert (manifest.scope, manifest.rows) == ([second], 20)


def test_a_second_crawl_of_a_site_is_refused_while_one_runs(hanging, make_site, tmp_path) -> None:
    site, asked, released = hanging
    first = threading.Thread(target=crawl, args=(make_site(f"{site.url}/cars?page=1"), str(tmp_path)))
    first.start()
    assert asked.wait(20)
    with pytest.raises(TasadorError, match=r"^cars.test is being crawled by another process: wait until it has ended$"):
        crawl(make_site(f"{site.url}/cars?page=2"), str(tmp_path))
    released.set()
    first.join(60)
    assert len(list((tmp_path / "cars.test").glob("*.log"))) == 1
    assert len(list((tmp_path / "cars.test").glob("*/manifest.json"))) == 1


def test_a_crawl_that_hangs_is_killed_at_its_time_limit(hanging, make_site, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(process, "GRACE_SECONDS", 0.5)
    site, *_ = hanging
    with pytest.raises(TasadorError) as error:
        crawl(make_site(f"{site.url}/cars?page=1"), str(tmp_path), time_limit=3)
    message = str(error.value)
    assert message.startswith("the crawl of cars.test died (exit code -9")
    assert "\n" not in message
    assert Path(message.rpartition("its log is ")[2]).read_text()


def test_what_a_site_is_asked_stands_in_no_process_list(site, make_site, tmp_path) -> None:
    page, running = site.routes.pop("/cars?page=1"), []
    site.routes["/cars?page=1&key=hunter22"] = lambda: running.extend(command_lines()) or page
    assert crawl(make_site(f"{site.url}/cars?page=1&key=hunter22"), str(tmp_path)).is_complete
    assert [line for line in running if "crawler.process" in line]
    assert not [line for line in running if "hunter22" in line]


def command_lines() -> Iterator[str]:
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):  # it has ended
            yield path.read_text(errors="replace")


def test_an_order_longer_than_an_argument_may_be_reaches_the_crawl(site, make_site, tmp_path) -> None:
    others = (f"{site.url}/cars?page=2&{'x' * 100}{number}" for number in range(1_500))
    manifest = crawl(make_site(f"{site.url}/cars?page=1", *others, max_pages=2), str(tmp_path))
    assert len(manifest.scope) == 1_501


def test_a_crawl_past_the_sites_time_limit_ends_by_itself_and_is_not_complete(site, make_site, tmp_path) -> None:
    slow = make_site(f"{site.url}/cars?page=1", time_limit_seconds=1, delay_seconds=0.4)
    manifest = crawl(slow, str(tmp_path))
    assert (manifest.finish_reason, manifest.is_complete) == ("closespider_timeout", False)


def test_a_killed_crawl_leaves_whole_parts_and_no_manifest(hanging, tmp_path) -> None:
    site, asked, _ = hanging
    child = _native(site.url, tmp_path, "-s", "SECONDS_PER_PART=0")
    assert asked.wait(20)
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    parts = sorted(tmp_path.glob("landing/lot/*/part-*.jsonl.zst"))
    assert len([row for part in parts for row in read_lines(str(part))]) >= 10
    assert list(tmp_path.glob("landing/lot/*/manifest.json")) == []


def test_rows_land_by_the_clock_while_the_site_is_silent(hanging, tmp_path, wait_until) -> None:
    site, asked, _ = hanging
    child = _native(site.url, tmp_path, "-s", "SECONDS_PER_PART=0.5")
    try:
        assert asked.wait(20)
        wait_until(lambda: sum(1 for _ in tmp_path.glob("landing/lot/*/part-*.jsonl.zst")) > 0)
    finally:
        child.kill()
        child.wait()


def _native(url: str, folder: Path, *arguments: str) -> "subprocess.Popen[bytes]":
    """Run `scrapy crawl` itself, as people do in the repository."""
    config = folder / "tasador.toml"
    config.write_text(
        f'[markets.us]\ncurrency = "USD"\n[sites.lot]\nmarket = "us"\ndelay_seconds = 0\n'
        f'start_urls = ["{url}/cars?page=1"]\n'
    )
    command = [sys.executable, "-m", "scrapy", "crawl", "result_pages", "-a", "site=lot", *arguments]
    environment = os.environ | {"TASADOR_CONFIG": str(config), "TASADOR_HOME": str(folder)}
    return subprocess.Popen(command, cwd=REPOSITORY, env=environment, stderr=subprocess.DEVNULL)


def test_scrapy_crawl_works_natively(site, tmp_path) -> None:
    assert _native(site.url, tmp_path).wait(60) == 0
    assert len(list(tmp_path.glob("landing/lot/*/manifest.json"))) == 1


def test_scrapy_crawl_takes_a_start_url(site, tmp_path) -> None:
    assert _native(site.url, tmp_path, "-a", f"start_url={site.url}/cars?page=2").wait(60) == 0
    assert not [path for path in site.asked if path.endswith("page=1")]
    assert len(site.asked) == 12  # robots.txt, the page, ten cars


def test_a_site_without_start_urls_is_refused(make_site, tmp_path) -> None:
    with pytest.raises(UsageError, match=r"sites.cars.test.start_urls must name at least one URL"):
        crawl(make_site(), str(tmp_path))


def test_a_site_of_others_is_not_asked_without_a_contact(make_site, tmp_path, monkeypatch) -> None:
    monkeypatch.delenv("TASADOR_CONTACT", raising=False)
    with pytest.raises(UsageError, match="TASADOR_CONTACT must be a URL or an e-mail address"):
        crawl(make_site("https://cars.invalid/"), str(tmp_path))


def test_the_contact_is_sent_with_every_request(site, make_site, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("TASADOR_CONTACT", "mailto:me@example.org")
    crawl(make_site(f"{site.url}/cars?page=1"), str(tmp_path))
    assert all(agent.endswith("(+mailto:me@example.org)") for agent in site.user_agents)


def test_a_proxy_is_not_asked_for_our_own_machine(site, make_site, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert crawl(make_site(f"{site.url}/cars?page=1"), str(tmp_path)).is_complete


def test_a_landing_folder_that_cannot_be_written_is_one_line(make_site, tmp_path) -> None:
    (tmp_path / "landing").write_text("a file")
    with pytest.raises(TasadorError, match="cannot be written"):
        crawl(make_site("http://127.0.0.1:9/"), str(tmp_path / "landing"))
