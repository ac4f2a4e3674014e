"""Back up a data folder: what cannot be derived, and the warehouse as it stands, whatever that lies on."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from crawler.clock import now
from crawler.errors import TasadorError, UsageError
from crawler.files import files_at, is_local
from crawler.home import Home
from crawler.sites import CONFIG_NAME, config_path, read_lake
from flows.steps.recorded import recorded
from warehouse.backup import Manifest, write_archive
from warehouse.compaction import copy_warehouse, remove_database
from warehouse.connection import connect
from warehouse.full_disk import full_disk_told
from warehouse.landing_folder import landing_folder

# What no refresh brings back. The warehouse's derived tables come along: a copy of all is one statement, and a restore
# is usable at once. market.duckdb does not: a restore publishes.
FOLDERS = ("snapshots", "models", "reports", "profiles")
WAREHOUSE_NAME = "warehouse.duckdb"


@dataclass(frozen=True, slots=True)
class Backup:
    """Where a backup lies, its size in bytes, its files, and how many landing files are in no part of it."""

    path: Path
    size: int
    manifest: Manifest
    left_out: int


def back_up(home: Home, target: Path | None = None, *, with_landing: bool = False) -> Backup:
    """Write one archive of a data folder; nobody can write to the warehouse while it is copied.

    Args:
        home: the data folder.
        target: the archive, or a folder for it; by default ``backups`` in the data folder.
        with_landing: add the landing files and kept pages, where they lie in a folder.

    Raises:
        UsageError: the target is there already, or the landing files lie in an object store.
        TasadorError: there is nothing to back up, the warehouse is in use, or the disk is full.
    """
    if not (read_lake() or home.warehouse.exists()):
        raise TasadorError(f"{home.root} has no warehouse to back up: run `tasador refresh` first, or check --home")
    with recorded(home, "backup"):
        return _back_up(home, _target(home, target), with_landing)


def _back_up(home: Home, path: Path, with_landing: bool) -> Backup:
    copy = path.with_name(f"{path.name}.{WAREHOUSE_NAME}.writing")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with full_disk_told(path.parent):
            files = {WAREHOUSE_NAME: copy, **dict(_files(home, with_landing=with_landing))}
            with connect(home) as connection:
                copy_warehouse(connection, copy)
                folder = landing_folder(connection, home.landing)
                left_out = len(folder.new_files(connection).parts)
            manifest = write_archive(path, files)
    finally:
        remove_database(copy)
    return Backup(path, path.stat().st_size, manifest, 0 if with_landing else left_out)


def _target(home: Home, target: Path | None) -> Path:
    folder = target or home.root / "backups"
    is_file = target is not None and not target.is_dir()
    path = folder if is_file else folder / f"tasador-{now():%Y%m%dT%H%M%SZ}.tar.zst"
    if path.exists():
        raise UsageError(f"target must not exist yet, got {str(path)!r}")
    return path


def _files(home: Home, *, with_landing: bool) -> Iterator[tuple[str, Path]]:
    for name in FOLDERS:
        yield from _below(home.root / name, name)
    if with_landing:
        if not is_local(home.landing):
            raise UsageError(
                f"landing must be a folder to be backed up, got {home.landing!r}: copy it with its own tools"
            )
        yield from _below(Path(files_at(home.landing)[1]), "landing")
    if config_path().exists():
        yield CONFIG_NAME, config_path()


def _below(folder: Path, name: str) -> Iterator[tuple[str, Path]]:
    """Yield the files of a folder by their names in the archive; hidden and half-written ones are nobody's loss."""
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        is_passing = any(part.startswith(".") or part.endswith(".writing") for part in inside.parts)
        if path.is_file() and not is_passing:
            yield f"{name}/{inside.as_posix()}", path
