"""Landing files: whole parts, the manifest last, and what a killed process leaves."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import fsspec
import pytest
import zstandard

from crawler.identity import listing_id
from crawler.items import Listing
from crawler.landing import LandingWriter, local_folder, read_lines, read_manifest
from crawler.sites import Market, Site

SITE = Site("cars.test", Market("test", "USD", "mi"))


def car(n: int) -> Listing:
    return Listing(source_id=f"car-{n}", price=f"${20_000 + n:,}", extra={"badge": "Good"})


def folder_of(writer: LandingWriter) -> Path:
    return Path(writer.path)


def test_rows_come_back_as_they_were_written(tmp_path: Path) -> None:
    writer = LandingWriter(str(tmp_path), SITE)
    writer.write(car(1), page="results")
    writer.reject("gone", url="http://127.0.0.1/car/2")
    writer.flush()
    observed, rejected = read_lines(str(folder_of(writer) / "part-00000.jsonl.zst"))
    assert observed["listing"] == {"source_id": "car-1", "price": "$20,001", "extra": {"badge": "Good"}}
    assert (observed["listing_id"], observed["kind"], observed["page"]) == ("cars.test:car-1", "price", "results")
    assert (observed["currency"], observed["distance_unit"], observed["market"]) == ("USD", "mi", "test")
    assert (rejected["reject_reason"], rejected["url"]) == ("gone", "http://127.0.0.1/car/2")


def test_a_part_holds_at_most_its_number_of_rows(tmp_path: Path) -> None:
    writer = LandingWriter(str(tmp_path), SITE, rows_per_part=10)
    for n in range(25):
        writer.write(car(n), page="detail")
    manifest = writer.finish(reason="finished", is_complete=True, scope=["all"])
    parts = sorted(folder_of(writer).glob("part-*.jsonl.zst"))
    assert [len(read_lines(str(part))) for part in parts] == [10, 10, 5]
    assert (manifest.rows, manifest.parts, manifest.rejects) == (25, 3, 0)


def test_a_part_is_renamed_into_place_when_it_is_old_even_if_no_row_comes(tmp_path: Path) -> None:
    writer = LandingWriter(str(tmp_path), SITE, seconds_per_part=0.05)
    writer.write(car(1), page="detail")
    while not writer.parts:
        writer.flush_if_old()
    assert len(read_lines(str(folder_of(writer) / "part-00000.jsonl.zst"))) == 1


def test_nothing_open_makes_no_empty_part(tmp_path: Path) -> None:
    writer = LandingWriter(str(tmp_path), SITE)
    writer.flush()
    assert writer.finish(reason="finished", is_complete=True, scope=[]).parts == 0
    assert [path.name for path in folder_of(writer).iterdir()] == ["manifest.json"]


def test_the_manifest_is_read_back_whole(tmp_path: Path) -> None:
    writer = LandingWriter(str(tmp_path), SITE)
    writer.write(car(1), page="detail")
    manifest = writer.finish(reason="finished", is_complete=True, scope=["a", "b"], stats={"requests": 3})
    assert read_manifest(writer.folder) == manifest
    assert json.loads((folder_of(writer) / "manifest.json").read_text())["is_complete"] is True


def test_no_temporary_file_looks_like_a_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seen at the moment of the rename: what a reader that globs for parts would find."""
    writer = LandingWriter(str(tmp_path), SITE)
    writer.write(car(1), page="detail")
    seen: list[tuple[list[Path], list[Path]]] = []

    def replace(temporary: Path, target: Path) -> None:
        seen.append((list(temporary.parent.iterdir()), list(temporary.parent.glob("part-*.jsonl.zst"))))
        temporary.rename(target)

    monkeypatch.setattr(Path, "replace", replace)
    writer.flush()
    assert [(len(every), len(parts)) for every, parts in seen] == [(1, 0)]


def test_a_full_disk_loses_no_row_and_leaves_no_manifest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = LandingWriter(str(tmp_path), SITE)
    writer.write(car(1), page="detail")
    with monkeypatch.context() as full:
        full.setattr(Path, "write_bytes", _no_space)
        with pytest.raises(OSError, match="No space left"):
            writer.finish(reason="finished", is_complete=True, scope=[])
    assert not (folder_of(writer) / "manifest.json").exists()
    writer.flush()
    assert len(read_lines(str(folder_of(writer) / "part-00000.jsonl.zst"))) == 1


def _no_space(*_: object) -> None:
    raise OSError(28, "No space left on device")


WRITE_UNTIL_KILLED = """
import sys, itertools
from crawler.items import Listing
from crawler.landing import LandingWriter
from crawler.sites import Market, Site
writer = LandingWriter(sys.argv[1], Site("cars.test", Market("test", "USD", "mi")), "run", rows_per_part=7)
for n in itertools.count():
    writer.write(Listing(source_id=str(n), title="x" * 1000), page="detail")
    if n == 500:
        print("going", flush=True)
"""


def test_a_killed_writer_leaves_whole_parts_and_no_manifest(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", WRITE_UNTIL_KILLED, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "going\n"
        process.send_signal(signal.SIGKILL)
    folder = tmp_path / "cars.test" / "run"
    parts = sorted(folder.glob("part-*.jsonl.zst"))
    ids = [row["listing"]["source_id"] for part in parts for row in read_lines(str(part))]
    assert len(ids) > 500 - 7  # the part that was open is lost
    assert ids == [str(n) for n in range(len(ids))]
    assert not (folder / "manifest.json").exists()


def test_an_object_store_gets_the_same_files() -> None:
    writer = LandingWriter("memory://landing", SITE, "run")
    writer.write(car(1), page="detail")
    manifest = writer.finish(reason="finished", is_complete=True, scope=[])
    files = fsspec.filesystem("memory")
    assert files.ls("/landing/cars.test/run", detail=False) == [
        "/landing/cars.test/run/manifest.json",
        "/landing/cars.test/run/part-00000.jsonl.zst",
    ]
    assert read_manifest("memory://landing/cars.test/run") == manifest
    assert zstandard.decompress(files.cat("/landing/cars.test/run/part-00000.jsonl.zst")).endswith(b"\n")


def test_locks_and_logs_lie_on_this_machine_even_for_an_object_store(tmp_path: Path, monkeypatch) -> None:
    assert local_folder(str(tmp_path), "cars.test") == tmp_path / "cars.test"
    monkeypatch.setenv("TASADOR_HOME", str(tmp_path / "data"))
    assert local_folder("memory://landing", "cars.test") == tmp_path / "data" / "landing" / "cars.test"


def test_a_price_cut_is_the_same_listing() -> None:
    dear = Listing(title="2019 Invented Roadster", mileage="10,001 mi.", price="$20,000")
    cheap = Listing(title="2019 invented  Roadster", mileage="10,001 mi.", price="$19,000")
    other = Listing(title="2019 Invented Roadster", mileage="10,002 mi.", price="$20,000")
    assert listing_id("cars.test", dear) == listing_id("cars.test", cheap) != listing_id("cars.test", other)


def test_identity_is_the_own_id_then_the_url_then_the_vin() -> None:
    whole = Listing(source_id="7", url="http://x/7", vin="1HGCM82633A004352")
    assert listing_id("s", whole) == "s:7"
    assert listing_id("s", Listing(url=whole.url, vin=whole.vin)) == "s:http://x/7"
    assert listing_id("s", Listing(vin=whole.vin)) == "s:1HGCM82633A004352"
