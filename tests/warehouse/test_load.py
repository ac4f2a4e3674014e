"""Loading: idempotent, whole parts or nothing, and one bad file does not keep the others out."""

import json
from pathlib import Path
from typing import Any

import fsspec
import pytest
import zstandard

from crawler.errors import TasadorError
from crawler.landing import LandingWriter
from crawler.sites import Market, Site
from warehouse.load import LoadSummary, load_landing, require_intact

STATE = ("landing_files", "manifests", "observations", "payloads", "crawl_rejects")


def counts(crawls: Any) -> dict[str, int]:
    return {table: crawls.row(f"select count(*) from {table}")[0] for table in STATE}


def load(crawls: Any) -> LoadSummary:
    return load_landing(crawls.connection, crawls.home.landing)


def part_of(writer: LandingWriter, number: int = 0) -> Path:
    return Path(writer.folder) / f"part-{number:05d}.jsonl.zst"


def test_each_landed_line_becomes_an_observation_or_a_reject(crawls):
    crawls.land(0, crawls.car("a"), crawls.car("b"), presence=(crawls.car("c"),), rejects=("no listing",))
    summary = load(crawls)
    assert summary == LoadSummary(parts=1, rows=3, new_payloads=2, rejects=1)
    rows = crawls.rows("select line_number, listing_id, kind, payload_hash is null from observations order by all")
    assert rows == [
        (1, "cars.example:a", "price", False),
        (2, "cars.example:b", "price", False),
        (3, "cars.example:c", "presence", True),
    ]
    assert crawls.row("select reject_reason, line_number from crawl_rejects") == ("no listing", 4)


def test_loading_a_crawl_twice_changes_nothing(crawls):
    crawls.land(0, crawls.car("a"), rejects=("no listing",))
    load(crawls)
    before = counts(crawls)
    assert load(crawls) == LoadSummary()
    assert counts(crawls) == before


def test_a_payload_that_is_seen_again_is_stored_once(crawls):
    crawls.land(0, crawls.car("a"))
    crawls.land(1, crawls.car("a"))
    assert load(crawls).new_payloads == 1
    crawls.land(2, crawls.car("a"), crawls.car("a", "$19,000"))
    assert load(crawls).new_payloads == 1
    assert counts(crawls)["observations"] == 4


def test_the_same_words_in_another_currency_or_unit_are_another_payload(crawls):
    for number, market in enumerate([Market("us", "USD", "mi"), Market("ca", "CAD", "mi"), Market("de", "USD", "km")]):
        writer = LandingWriter(crawls.home.landing, Site(f"site{number}", market))
        writer.write(crawls.car("a"), page="results")
        writer.flush()
    assert load(crawls).new_payloads == 3


def test_a_manifest_that_arrives_after_its_parts_is_picked_up(crawls):
    writer = crawls.land(0, crawls.car("a"), is_finished=False)
    load(crawls)
    assert counts(crawls)["manifests"] == 0
    writer.finish(reason="finished", is_complete=True, scope=["all"])
    load(crawls)
    assert crawls.row("select crawl_run_id, is_complete, scope from manifests") == (writer.crawl_run_id, True, ["all"])


def test_a_manifest_says_how_its_crawl_went_and_an_old_one_nothing(crawls):
    crawls.land(0, crawls.car("a"), health="partial")
    old = Path(crawls.land(1, crawls.car("a")).folder) / "manifest.json"
    manifest = json.loads(old.read_text())
    old.write_text(
        json.dumps(
            {name: manifest[name] for name in manifest if not name.startswith(("health", "part"))}
            | {"parts": manifest["parts"]}
        )
    )
    load(crawls)
    assert crawls.rows("select health from manifests order by started_at") == [("partial",), (None,)]


def test_line_numbers_count_within_each_part(crawls):
    writer = LandingWriter(crawls.home.landing, Site("cars.example", Market("us", "USD", "mi")), rows_per_part=3)
    for number in range(7):
        writer.write(crawls.car(str(number)), page="results")
    writer.flush()
    load(crawls)
    rows = crawls.rows("select right(file, 20), line_number, listing_id from observations order by all")
    assert rows == [
        (f"part-{number // 3:05d}.jsonl.zst", number % 3 + 1, f"cars.example:{number}") for number in range(7)
    ]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"this is no zstandard",
        zstandard.compress(b'{"listing_id": "cars.example:a", "site"'),
        zstandard.compress(b'{"site": "cars.example", "market": "us", "crawl_run_id": "x", "listing_id": "a"}\n'),
        zstandard.compress(b"[1, 2]\n"),
    ],
    ids=["empty", "not zstandard", "cut off", "no observation", "not objects"],
)
def test_a_corrupt_part_is_left_out_whole_and_the_others_are_loaded(crawls, content):
    bad = part_of(crawls.land(0, crawls.car("a")))
    crawls.land(1, crawls.car("b"))
    good = bad.read_bytes()
    bad.write_bytes(content)
    with pytest.raises(TasadorError) as error:
        require_intact(load(crawls))
    assert str(bad) in str(error.value)
    assert "\n" not in str(error.value)
    assert crawls.rows("select listing_id from observations") == [("cars.example:b",)]

    again = load(crawls)
    assert list(again.corrupt) == [str(bad.relative_to(crawls.home.landing))]
    require_intact(again)  # it was said once
    bad.write_bytes(good)
    assert load(crawls).rows == 1
    assert crawls.row("select count(distinct listing_id) from observations") == (2,)


def test_of_many_parts_in_a_batch_exactly_the_corrupt_ones_are_left_out(crawls):
    parts = [part_of(crawls.land(0, crawls.car(str(number)))) for number in range(11)]
    for number in (0, 6, 7):
        parts[number].write_bytes(b"this is no zstandard")
    assert len(load(crawls).corrupt) == 3
    rows = crawls.rows("select listing_id from observations order by listing_id")
    assert rows == sorted((f"cars.example:{number}",) for number in range(11) if number not in (0, 6, 7))


def test_parts_are_loaded_in_batches_of_so_many_bytes(crawls, monkeypatch):
    monkeypatch.setattr("warehouse.load.BYTES_PER_TRANSACTION", 1)
    for day in range(3):
        crawls.land(day, crawls.car(str(day)))
    told: list[str] = []
    load_landing(crawls.connection, crawls.home.landing, told.append)
    assert told == [f"{done} of 3 parts, {done} observations" for done in (1, 2, 3)]


def test_a_truncated_part_is_corrupt_even_where_its_first_lines_can_be_read(crawls):
    bad = part_of(crawls.land(0, *(crawls.car(str(number)) for number in range(5000))))
    bad.write_bytes(bad.read_bytes()[:-2000])
    with pytest.raises(TasadorError, match="is corrupt"):
        require_intact(load(crawls))
    assert counts(crawls)["observations"] == 0


def test_a_corrupt_manifest_leaves_its_run_unfinished(crawls):
    writer = crawls.land(0, crawls.car("a"))
    (Path(writer.folder) / "manifest.json").write_text(json.dumps({"crawl_run_id": "x"}))
    with pytest.raises(TasadorError, match=r"manifest\.json is corrupt"):
        require_intact(load(crawls))
    assert counts(crawls) == {**counts(crawls), "observations": 1, "manifests": 0}


def test_a_part_that_is_still_being_written_is_not_read(crawls):
    part = part_of(crawls.land(0, crawls.car("a"), is_finished=False))
    part.rename(part.with_name(f"{part.name}.writing"))
    assert load(crawls) == LoadSummary()


def test_nothing_landed_is_nothing_to_load(crawls):
    assert load(crawls) == LoadSummary()


def test_the_landing_folder_may_be_an_object_store(crawls):
    landing = "memory://to_be_loaded"
    writer = LandingWriter(landing, Site("cars.example", Market("us", "USD", "mi")))
    writer.write(crawls.car("a"), page="results")
    writer.finish(reason="finished", is_complete=True, scope=["all"])
    try:
        assert load_landing(crawls.connection, landing).rows == 1
        assert load_landing(crawls.connection, landing) == LoadSummary()
        assert crawls.row("select file from observations") == (
            f"cars.example/{writer.crawl_run_id}/part-00000.jsonl.zst",
        )
    finally:
        fsspec.filesystem("memory").rm("/to_be_loaded", recursive=True)
