"""Crawls that land in an object store: what is there, what is taken up again, and that nobody's part is overwritten."""

from collections import Counter
from typing import Any

import pytest

from crawler.archive import page_files
from crawler.errors import TasadorError
from crawler.files import files_at, find_files
from crawler.landing import MANIFEST_NAME, LandingWriter, read_lines, read_manifest
from crawler.process import crawl
from crawler.sites import Market, Site

SITE = Site("cars.test", Market("test", "USD", "mi"))
RUN = "20260304T050000Z-00000a"


@pytest.fixture
def landing(bucket: str, tmp_path, monkeypatch) -> str:
    monkeypatch.setenv("TASADOR_HOME", str(tmp_path / "data"))
    return f"{bucket}/landing"


def rows_of(landing: str) -> list[dict[str, Any]]:
    files, root = files_at(landing)
    return [row for part in sorted(files.glob(f"{root}/*/*/part-*")) for row in read_lines(f"s3://{part}")]


@pytest.mark.slow
def test_a_killed_crawl_is_continued_from_what_the_store_has(
    landing, serve, car_page, result_page, make_site, tmp_path
) -> None:
    lot = serve()
    lot.routes |= {"/cars": result_page({n: f"/car/{n}" for n in range(20)})}
    lot.routes |= {f"/car/{n}": car_page(n) if n < 10 else (404, "later") for n in range(20)}
    site = make_site(f"{lot.url}/cars", archive=True)
    first = crawl(site, landing)
    folder = f"{landing}/{site.name}/{first.crawl_run_id}"
    files, path = files_at(folder)
    files.rm_file(f"{path}/{MANIFEST_NAME}")  # as a kill before it
    lot.routes |= {f"/car/{n}": car_page(n) for n in range(10, 20)}
    lot.asked.clear()
    manifest = crawl(site, landing)
    assert manifest == read_manifest(folder)
    assert sorted(lot.asked) == sorted(["/robots.txt", "/cars", *(f"/car/{n}" for n in range(10, 20))])
    assert (manifest.rows, manifest.stats["rows_landed_before"]) == (40, 30)
    seen = Counter((row["page"], row["listing_id"]) for row in rows_of(landing) if "page" in row)
    assert len(seen) == 40 and set(seen.values()) == {1}
    assert page_files(landing, site.name)
    left_here = {found.suffix for found in (tmp_path / "data" / "landing" / site.name).iterdir()}
    assert left_here >= {".log", ".sqlite"} and not left_here & {".zst", ".json", ".gz"}


def test_two_machines_in_one_crawl_run_never_overwrite_each_others_parts(landing) -> None:
    one, other = (LandingWriter(landing, SITE, RUN) for _ in range(2))
    for number, writer in enumerate((one, other, one)):
        writer.reject("gone", url=f"http://127.0.0.1/{number}")
        writer.flush()
    assert [row["url"][-1] for row in rows_of(landing)] == ["0", "1", "2"]


def test_a_part_that_the_store_was_sent_twice_is_there_once(landing, monkeypatch) -> None:
    writer = LandingWriter(landing, SITE, RUN)
    put = writer.files.pipe_file

    def put_twice(*arguments: Any, **how: Any) -> None:
        put(*arguments, **how)
        put(*arguments, **how)

    monkeypatch.setattr(writer.files, "pipe_file", put_twice)
    writer.reject("gone", url="http://127.0.0.1/1")
    writer.flush()
    assert len(rows_of(landing)) == 1 and writer.parts == 1


def test_a_bucket_that_is_not_there_is_not_made(bucket) -> None:
    writer = LandingWriter(f"{bucket}-misspelt/landing", SITE)
    writer.reject("gone", url="http://127.0.0.1/1")
    with pytest.raises(FileNotFoundError, match="bucket does not exist"):
        writer.flush()


def test_what_another_machine_lands_is_seen_at_once(landing) -> None:
    files, root = files_at(landing)
    assert files.glob(f"{root}/*/*/*") == []
    LandingWriter(landing, SITE, RUN).finish(reason="finished", is_complete=True, scope=[])
    assert len(files.glob(f"{root}/*/*/*")) == 1


def test_a_thousand_crawl_runs_are_no_thousand_requests(landing, monkeypatch) -> None:
    for number in range(5):
        LandingWriter(landing, SITE, f"{RUN[:-1]}{number}").finish(reason="finished", is_complete=True, scope=[])
    files, root = files_at(landing)
    asked, ask = [], type(files)._lsdir

    def counted(*arguments: Any, **how: Any) -> Any:
        asked.append(arguments)
        return ask(*arguments, **how)

    monkeypatch.setattr(type(files), "_lsdir", counted)
    assert len(find_files(files, root, "*/*/manifest.json")) == 5
    assert len(asked) == 1


def test_a_store_whose_package_is_missing_says_what_to_install() -> None:
    with pytest.raises(TasadorError, match=r"pip install 'tasador\[object-store\]'"):
        files_at("gs://bucket/landing")
