"""Restore a backup: unpacked beside, verified, put in place, refreshed and published."""

import fcntl
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from crawler.clock import now
from crawler.errors import TasadorError, UsageError
from crawler.home import Home
from crawler.sites import read_lake
from flows.steps.backup import FOLDERS, WAREHOUSE_NAME
from flows.steps.refresh import Refreshed, refresh
from warehouse.backup import Manifest, unpack_archive
from warehouse.compaction import put_into_lake
from warehouse.connection import connect
from warehouse.full_disk import full_disk_told

BUILDING_NAME = ".restoring"


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored, what the refresh after it did, and the folder of what stood there before, if anything did."""

    manifest: Manifest
    refreshed: Refreshed
    replaced: Path | None


def restore(home: Home, archive: Path, *, replace: bool = False) -> Restored:
    """Bring back a backup, then load what has landed beside it, refresh and publish.

    Everything is unpacked and verified before anything takes its place; the warehouse does so last.

    Args:
        home: the data folder.
        archive: what ``back_up`` wrote, of a file or of a lake.
        replace: move what stands in its way to ``replaced-<time>`` in the data folder. What a lake holds is replaced.

    Raises:
        UsageError: the data folder, or the lake, holds something that would be replaced.
        TasadorError: the archive is damaged, the warehouse is in use, or the disk is full.
    """
    if not replace:
        _require_free(home, (WAREHOUSE_NAME, *FOLDERS))
    building = home.root / BUILDING_NAME
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    try:
        with full_disk_told(home.root):
            manifest = unpack_archive(archive, building)
            if not replace:
                _require_free(home, (path.name for path in building.iterdir()))
            replaced = _put_in_place(home, building)
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return Restored(manifest, refresh(home, anyway=True), replaced)


def _require_free(home: Home, names: Iterable[str]) -> None:
    for name in names:
        if (home.root / name).exists():
            raise UsageError(f"{home.root} must hold no {name}: give another --home, or --replace to move it aside")
    if read_lake() and _has_observations(home):
        raise UsageError("the lake must hold no observations: name another one, or give --replace")


def _has_observations(home: Home) -> bool:
    with connect(home) as connection:
        return connection.execute("from observations limit 1").fetchone() is not None


def _put_in_place(home: Home, building: Path) -> Path | None:
    """Move each restored entry to its place and what stood there aside; return where that is."""
    aside = home.root / f"replaced-{now():%Y%m%dT%H%M%SZ}"
    if read_lake():
        with connect(home) as connection:
            put_into_lake(connection, building / WAREHOUSE_NAME)
        (building / WAREHOUSE_NAME).unlink()
    with _nobody_writes(home.warehouse):
        for name in _warehouse_last(building):
            for standing in (home.root / name, home.root / f"{name}.wal"):  # a log left behind would be replayed
                if standing.exists():
                    aside.mkdir(exist_ok=True)
                    standing.rename(aside / standing.name)
            (building / name).rename(home.root / name)
    return aside if aside.exists() else None


def _warehouse_last(building: Path) -> list[str]:
    return sorted((path.name for path in building.iterdir()), key=lambda name: (name == WAREHOUSE_NAME, name))


@contextmanager
def _nobody_writes(warehouse: Path) -> Iterator[None]:
    """Hold the lock that DuckDB takes, without opening the file as a database: it may be a broken one."""
    if not warehouse.exists():
        yield
        return
    with warehouse.open("r+b") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise TasadorError(f"{warehouse} is in use: wait until what uses it has ended") from error
        yield
