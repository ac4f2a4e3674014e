"""A backup comes back as it was: the same published tables, model runs that load and score; a damaged one does not."""

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
import zstandard

from crawler.errors import TasadorError, UsageError
from crawler.home import Home, home
from crawler.items import Listing
from crawler.landing import LandingWriter
from crawler.sites import Market, Site
from flows.steps.backup import back_up
from flows.steps.refresh import refresh
from flows.steps.restore import restore
from flows.steps.score import score
from models.estimators import ESTIMATOR_NAMES
from models.model_runs.registry import open_model_run
from warehouse.connection import connect

SITE = Site("cars.example", Market("us", "USD", "mi"))
# When it was published is no part of what was, nor that a restore ran.
PASSING = ("schema_version", "ops_runs")


def hashes(data: Home) -> dict[str, str]:
    """An ordered hash of each published table."""
    with duckdb.connect(str(data.market), read_only=True) as market:
        tables = {name for (name,) in market.execute("select table_name from duckdb_tables()").fetchall()}
        rows = {table: market.execute(f"from {table} order by all").fetchall() for table in tables.difference(PASSING)}
    return {table: hashlib.sha256(repr(found).encode()).hexdigest() for table, found in rows.items()}


def land(data: Home, *prices: int) -> None:
    writer = LandingWriter(data.landing, SITE)
    for number, price in enumerate(prices):
        car = Listing(source_id=str(number), make="Honda", model="Civic", model_year="2020", price=f"${price}")
        writer.write(car, page="results")
    writer.finish(reason="finished", is_complete=True, scope=["all"])


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A data folder of two crawls, refreshed and published."""
    monkeypatch.setenv("TASADOR_NOW", "2025-03-01T06:00:00+00:00")
    monkeypatch.delenv("TASADOR_LANDING", raising=False)
    folder = home(tmp_path / "data")
    for prices in ((9_000, 12_000, 15_000), (8_500, 12_000)):
        land(folder, *prices)
        refresh(folder)
    return folder


def test_a_demo_comes_back_with_the_same_tables_and_models_that_score(
    demo: tuple[Path, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TASADOR_NOW", "2026-11-22T12:00:00+00:00")
    before = home(tmp_path / "before")
    shutil.copytree(demo[0], before.root, symlinks=True)
    backup = back_up(before, tmp_path / "demo.tar.zst")
    refresh(before)
    again = home(tmp_path / "again")
    restored = restore(again, backup.path)
    assert restored.replaced is None
    assert hashes(again) == hashes(before)
    folders = [path.parent for path in again.models.glob("demo/*/manifest.json")]
    assert len(folders) == len(ESTIMATOR_NAMES)
    assert all(open_model_run(folder).out_of_fold.height for folder in folders)
    assert score(again) == score(before)
    assert hashes(again) == hashes(before)


def test_a_backup_with_its_landing_can_be_loaded_anew(data: Home, tmp_path: Path) -> None:
    backup = back_up(data, tmp_path / "all.tar.zst", with_landing=True)
    again = home(tmp_path / "again")
    assert restore(again, backup.path).refreshed.load.rows == 0
    again.warehouse.unlink()
    assert refresh(again).load.rows == 5
    assert hashes(again) == hashes(data)


def test_what_landed_since_is_loaded_by_the_restore(data: Home, tmp_path: Path) -> None:
    backup = back_up(data, tmp_path)
    land(data, 7_000)
    assert back_up(data, tmp_path / "later.tar.zst").left_out == 1
    refresh(data)
    wanted = hashes(data)
    data.warehouse.write_bytes(b"broken")
    restored = restore(data, backup.path, replace=True)
    assert restored.refreshed.load.rows == 1
    assert hashes(data) == wanted
    assert restored.replaced is not None
    assert (restored.replaced / "warehouse.duckdb").read_bytes() == b"broken"


def test_a_small_backup_takes_the_place_of_much_more(data: Home, tmp_path: Path) -> None:
    backup, wanted = back_up(data, tmp_path), hashes(data)
    land(data, *range(9_000, 9_100))
    refresh(data)
    shutil.rmtree(data.landing)
    restore(data, backup.path, replace=True)
    assert hashes(data) == wanted


def test_a_data_folder_in_use_is_not_restored_over(data: Home, tmp_path: Path) -> None:
    backup, wanted = back_up(data, tmp_path), data.warehouse.read_bytes()
    with pytest.raises(UsageError, match=r"must hold no warehouse.duckdb: give another --home, or --replace"):
        restore(data, backup.path)
    assert data.warehouse.read_bytes() == wanted
    assert not (data.root / ".restoring").exists()


def test_a_warehouse_in_use_is_not_restored_over(data: Home, tasador: Callable[..., Any], tmp_path: Path) -> None:
    archive = back_up(data, tmp_path).path
    with connect(data):
        answer = tasador("restore", str(archive), "--replace", home=data.root)
    assert answer.code == 1
    assert "is in use" in answer.err
    assert not list(data.root.glob("replaced-*"))


def _cut(content: bytes) -> bytes:
    return content[: len(content) // 2]


def _flip_in_the_warehouse(content: bytes) -> bytes:
    plain = bytearray(zstandard.ZstdDecompressor().decompressobj().decompress(content))
    plain[200_000] ^= 1
    return zstandard.compress(bytes(plain))


def _without_manifest(content: bytes) -> bytes:
    plain = zstandard.ZstdDecompressor().decompressobj().decompress(content)
    return zstandard.compress(plain[: plain.rindex(b"backup.json")] + bytes(1024))


@pytest.mark.parametrize("damage", [_cut, _flip_in_the_warehouse, _without_manifest, lambda content: b"no archive"])
def test_a_damaged_backup_changes_nothing(data: Home, tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    archive = back_up(data, tmp_path).path
    archive.write_bytes(damage(archive.read_bytes()))
    for folder in (home(tmp_path / "again"), data):
        before = {path: path.stat().st_mtime_ns for path in folder.root.rglob("*") if path.is_file()}
        with pytest.raises(TasadorError, match=r"no whole backup|is damaged"):
            restore(folder, archive, replace=True)
        assert {path: path.stat().st_mtime_ns for path in folder.root.rglob("*") if path.is_file()} == before


def test_nothing_half_written_is_left_and_no_backup_is_overwritten(data: Home, tmp_path: Path) -> None:
    archive = back_up(data, tmp_path / "one.tar.zst").path
    content = archive.read_bytes()
    with pytest.raises(UsageError, match="target must not exist yet"):
        back_up(data, archive)
    assert archive.read_bytes() == content
    assert not [path for path in tmp_path.iterdir() if ".writing" in path.name]


def test_the_commands_say_what_they_did(data: Home, tasador: Callable[..., Any], tmp_path: Path) -> None:
    backed_up = tasador("backup", str(tmp_path), home=data.root)
    assert backed_up.code == 0, backed_up.err
    archive = backed_up.out.split()[0]
    restored = tasador("restore", archive, home=tmp_path / "again")
    assert restored.code == 0, restored.err
    assert "files of 2025-03-01T06:00:00 UTC are back" in restored.out
    refused = tasador("restore", archive, home=tmp_path / "again")
    assert refused.code == 2
    assert "--replace" in refused.err
    compacted = tasador("compact", home=data.root)
    assert "MB before" in compacted.out
    with connect(data) as connection:
        assert connection.execute("select count(*) from observations").fetchone() == (5,)


def test_there_is_nothing_to_back_up_before_the_first_refresh(tmp_path: Path) -> None:
    with pytest.raises(TasadorError, match="has no warehouse to back up"):
        back_up(home(tmp_path / "nothing"))
    assert not (tmp_path / "nothing").exists()
