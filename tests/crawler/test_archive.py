"""Kept pages: standard WARC files, whole or absent, each content once, nothing of the person who reads."""

import gzip
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import fsspec
import pytest
from warcio.archiveiterator import ArchiveIterator

from crawler.archive import ArchiveWriter, drop_pages, page_files, prune, read_index, read_pages
from crawler.clock import ENVIRONMENT_VARIABLE
from crawler.process import crawl
from crawler.sites import Market, Site

SITE = Site("cars.test", Market("test", "USD", "mi"), archive=True, archive_days=10)
FILES = fsspec.filesystem("file")
NOON = datetime(2025, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Set the clock to a day, counted from NOON."""
    return lambda day: monkeypatch.setenv(ENVIRONMENT_VARIABLE, (NOON + timedelta(days=day)).isoformat())


def keep(landing: Path, run: str, **bodies: str) -> ArchiveWriter:
    writer = ArchiveWriter(str(landing), SITE, run)
    for name, body in bodies.items():
        writer.write(f"http://cars.test/{name}", body.encode(), "text/html; charset=utf-8")
    writer.flush()
    return writer


def records(path: str | Path) -> list[tuple[str, str, bytes]]:
    with Path(path).open("rb") as file:
        return [
            (record.rec_type, record.rec_headers.get_header("WARC-Target-URI"), record.content_stream().read())
            for record in ArchiveIterator(file, check_digests=True)
        ]


def test_pages_come_back_as_they_were_read(tmp_path: Path) -> None:
    writer = ArchiveWriter(str(tmp_path), SITE, "run")
    writer.write("http://cars.test/1", "Škoda".encode("iso-8859-2"), "text/html; charset=iso-8859-2", NOON)
    writer.flush()
    ((page, _),) = read_pages(FILES, page_files(str(tmp_path), SITE.name)[0])
    assert (page.text, page.sighting.url, page.sighting.at) == ("Škoda", "http://cars.test/1", NOON)


def test_any_warc_reader_reads_the_files_and_their_digests_hold(tmp_path: Path) -> None:
    keep(tmp_path, "run", a="one", b="two", c="one")
    (file,) = page_files(str(tmp_path), SITE.name)
    assert records(file) == [
        ("response", "http://cars.test/a", b"one"),
        ("response", "http://cars.test/b", b"two"),
        ("revisit", "http://cars.test/c", b""),
    ]


def test_the_index_says_what_the_file_holds_and_is_not_needed(tmp_path: Path) -> None:
    keep(tmp_path, "run", a="one", b="two", c="one")
    (file,) = page_files(str(tmp_path), SITE.name)
    index = read_index(FILES, file)
    assert [entry.is_revisit for entry in index] == [False, False, True]
    Path(file.replace(".warc.gz", ".index.jsonl")).unlink()
    assert read_index(FILES, file) == index


def test_a_content_is_kept_once_also_across_crawls_until_it_would_be_deleted(tmp_path: Path, at) -> None:
    for day, run in ((0, "run-a"), (9, "run-b"), (11, "run-c")):
        at(day)
        keep(tmp_path, run, a="one")
    kinds = [records(file)[0][0] for file in page_files(str(tmp_path), SITE.name)]
    assert kinds == ["response", "revisit", "response"]


def test_old_pages_are_deleted_but_not_what_younger_ones_refer_to(tmp_path: Path, at) -> None:
    at(0)
    keep(tmp_path, "run-a", a="one")
    keep(tmp_path, "run-b", b="two")
    at(9)
    keep(tmp_path, "run-c", a="one")
    at(12)
    assert prune(str(tmp_path), SITE) == 1
    assert [Path(file).parent.name for file in page_files(str(tmp_path), SITE.name)] == ["run-a", "run-c"]
    at(20)
    assert prune(str(tmp_path), SITE) == 2
    assert not list(tmp_path.rglob("pages-*"))


def test_dropped_pages_are_gone_and_the_others_unchanged(tmp_path: Path) -> None:
    keep(tmp_path, "run", a="one", b="two", c="one")
    (file,) = page_files(str(tmp_path), SITE.name)
    first, second, third = read_index(FILES, file)
    drop_pages(FILES, file, {first, third})
    assert records(file) == [("response", "http://cars.test/b", b"two")]
    assert read_index(FILES, file) == [second]
    drop_pages(FILES, file, {second})
    assert not list(tmp_path.rglob("pages-*"))


def test_a_resumed_run_continues_after_the_files_that_it_has(tmp_path: Path) -> None:
    keep(tmp_path, "run", a="one")
    keep(tmp_path, "run", b="two")
    assert [Path(file).name for file in page_files(str(tmp_path), SITE.name)] == [
        "pages-00000.warc.gz",
        "pages-00001.warc.gz",
    ]


def test_a_full_file_is_followed_by_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.archive.BYTES_PER_FILE", 1)
    keep(tmp_path, "run", a="one", b="two")
    assert len(page_files(str(tmp_path), SITE.name)) == 2


def test_an_object_store_keeps_the_same_files() -> None:
    writer = ArchiveWriter("memory://kept", SITE, "run")
    writer.write("http://cars.test/1", b"one", "text/html")
    writer.flush()
    files = fsspec.filesystem("memory")
    ((page, _),) = read_pages(files, page_files("memory://kept", SITE.name)[0])
    assert page.body == b"one"


@pytest.fixture(scope="module")
def shop(serve, result_page, car_page):
    """Two cars, a page without one, and a result page that leads to all three."""
    shop = serve()
    shop.routes |= {
        "/cars": result_page({1: "/car/1", 2: "/car/2", 3: "/car/3"}),
        "/car/1": car_page(1),
        "/car/2": car_page(2),
        "/car/3": "<p>no car that today's page class could read</p>",
    }
    return shop


def test_a_crawl_keeps_detail_pages_at_the_time_of_their_observation(shop, make_site, landed, tmp_path: Path) -> None:
    manifest = crawl(make_site(f"{shop.url}/cars", archive=True), str(tmp_path))
    (file,) = page_files(str(tmp_path), "cars.test")
    pages = {page.sighting.url: page for page, _ in read_pages(FILES, file)}
    assert set(pages) == {f"{shop.url}/car/{n}" for n in (1, 2, 3)}
    assert pages[f"{shop.url}/car/1"].text == shop.routes["/car/1"]
    seen = {
        row["listing"]["url"]: row["scraped_at"] for row in landed(tmp_path, manifest) if row.get("page") == "detail"
    }
    assert {url: pages[url].sighting.at.isoformat() for url in seen} == seen


def test_a_site_that_does_not_ask_for_it_keeps_no_page(shop, make_site, tmp_path: Path) -> None:
    crawl(make_site(f"{shop.url}/cars"), str(tmp_path))
    assert not list(tmp_path.rglob("pages-*"))


def test_neither_addresses_nor_cookies_nor_requests_are_kept(shop, make_site, tmp_path: Path) -> None:
    crawl(make_site(f"{shop.url}/cars", archive=True), str(tmp_path))
    (file,) = tmp_path.rglob("pages-*.warc.gz")
    content = gzip.decompress(file.read_bytes())
    assert not any(name in content for name in (b"IP-Address", b"Cookie", b"User-Agent", b"WARC-Type: request"))


@pytest.mark.parametrize("archive", [True, False])
def test_a_crawl_deletes_pages_that_are_too_old(shop, make_site, tmp_path: Path, at, archive: bool) -> None:
    at(0)
    keep(tmp_path, "run-a", a="one")
    at(11)
    crawl(make_site(f"{shop.url}/cars", archive=archive, archive_days=10), str(tmp_path))
    assert not (tmp_path / "cars.test/run-a/pages-00000.warc.gz").exists()
    assert bool(page_files(str(tmp_path), "cars.test")) == archive
