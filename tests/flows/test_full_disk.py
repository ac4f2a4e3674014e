"""A full disk stops a refresh in one line; what was published answers, and with room again nothing is missing."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.warehouse_kills import answers, hashes, land, one_moment
from crawler.errors import TasadorError
from crawler.home import Home, home
from flows.steps.backup import back_up
from flows.steps.refresh import refresh

MEGABYTES = 32


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of MEGABYTES; the test is skipped where mounting one is not allowed."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("a small file system cannot be mounted here")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def leave(folder: Path, kilobytes: int) -> None:
    """Fill a disk but for so many kilobytes."""
    ballast = folder / "ballast"
    ballast.unlink(missing_ok=True)
    with ballast.open("wb") as file:
        for _ in range(max(0, shutil.disk_usage(folder).free // 1024 - kilobytes)):
            file.write(bytes(1024))


@pytest.mark.parametrize("kilobytes", [0, *(pytest.param(n, marks=pytest.mark.slow) for n in (300, 700, 1_500, 3_000))])
def test_a_full_disk_is_one_line_and_with_room_everything_completes(
    small_disk: Path, tmp_path: Path, kilobytes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TASADOR_LANDING", raising=False)
    full, roomy = home(small_disk / "data"), home(tmp_path / "roomy")
    with one_moment():
        crawl(full, roomy, 0)
        refresh(full)
        refresh(roomy)
        crawl(full, roomy, 1)
        refresh(roomy)
        leave(small_disk, kilobytes)
        with pytest.raises(TasadorError, match=r"is full: nothing is lost.*Free some space"):
            refresh(full)
        assert answers(full)
        (small_disk / "ballast").unlink()
        refresh(full)
        assert hashes(full) == hashes(roomy)


def crawl(full: Home, roomy: Home, day: int) -> None:
    land(full, day, 4_000)
    shutil.copytree(full.landing, roomy.landing, dirs_exist_ok=True)


def test_a_backup_that_does_not_fit_leaves_nothing(small_disk: Path, tmp_path: Path) -> None:
    data = home(tmp_path / "data")
    with one_moment():
        land(data, 0, 100)
        refresh(data)
    leave(small_disk, 500)
    with pytest.raises(TasadorError, match="is full"):
        back_up(data, small_disk)
    assert [path.name for path in small_disk.iterdir()] == ["ballast"]
