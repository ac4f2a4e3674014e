"""How the files of a data folder are: what was left over, and what nobody names any more."""

import shutil
import time
from collections.abc import Iterator, Mapping, Set
from pathlib import Path

from crawler.files import files_at, is_local
from crawler.home import Home
from flows.show import size
from flows.steps.findings import Finding, counted, ok, warning
from models.model_runs.store import stored_model_runs
from warehouse.publish import KEPT_VERSIONS

# How our temporary files and folders are called while they are written; and where DuckDB puts what memory cannot hold.
LEFTOVERS = ("*.writing", "*.writing.wal", "*.building*", "*.rebuilding*", ".restoring", "*.new", "*.duckdb.tmp")
# Younger ones may be somebody's work.
LEFT_AFTER_SECONDS = 3600.0


def leftovers(home: Home) -> list[Path]:
    """Return the temporary files and folders that a killed process has left in the data folder."""
    folders = {home.root} | ({Path(files_at(home.landing)[1])} if is_local(home.landing) else set())
    found = {path for folder in folders for pattern in LEFTOVERS for path in folder.rglob(pattern)}
    oldest = time.time() - LEFT_AFTER_SECONDS
    return sorted(path for path in found if path.lstat().st_mtime < oldest and found.isdisjoint(path.parents))


def remove_leftovers(home: Home) -> list[Path]:
    """Remove them and return what was removed."""
    removed = leftovers(home)
    for path in removed:
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    return removed


def examine_files(home: Home) -> Iterator[Finding]:
    """Tell what was left over by processes that were killed, and by restores."""
    left = leftovers(home)
    if left:
        words = f"{counted(len(left), 'temporary file')} of killed processes, as {left[0].name}"
        yield warning("leftovers", words, "run `tasador doctor --fix`, which removes them")
    else:
        yield ok("leftovers", "no temporary files of killed processes")
    for aside in sorted(home.root.glob("replaced-*")):
        yield warning("leftovers", f"{aside} is what a restore replaced", "delete it when you do not miss it")
    versions = list(home.market_versions.glob("market-*.duckdb"))
    if len(versions) > KEPT_VERSIONS:
        words = f"{len(versions)} versions of market.duckdb, {KEPT_VERSIONS} are kept"
        yield warning("leftovers", words, "the next `tasador publish` removes the oldest")


def examine_models(home: Home, model_runs: Mapping[str, str], retired: Set[str]) -> Iterator[Finding]:
    """Tell which model folders and snapshots no model run of the warehouse names, and which are missing.

    ``model_runs`` has the path of the snapshot of each; the folders of those that are ``retired`` may be missing.
    """
    folders = [path.parent for path in home.models.glob("*/[!.]*/manifest.json")]
    unknown = [path for path in folders if path.name not in model_runs]
    snapshots = {Path(path).name for path in model_runs.values() if path}
    unused = [path for path in home.snapshots.glob("*.parquet") if path.name not in snapshots]
    for paths, what in ((unknown, "model folder"), (unused, "snapshot")):
        if paths:
            words = f"{counted(len(paths), what)} that no model run names, as {paths[0]} ({size(_total(paths))} in all)"
            yield warning("models", words, "delete them, unless a training is running")
    missing = sorted(set(model_runs) - {path.name for path in folders} - stored_model_runs() - retired)
    if missing:
        words = f"{counted(len(missing), 'model run')} without a folder, as {missing[0]}"
        yield warning("models", words, "a champion without its folder cannot score: `tasador restore`, or retrain")
    if not (unknown or unused or missing):
        yield ok("models", f"{len(folders)} model runs, {len(snapshots)} snapshots")


def _total(paths: list[Path]) -> int:
    files = (file for path in paths for file in (path.rglob("*") if path.is_dir() else (path,)))
    return sum(file.stat().st_size for file in files if file.is_file())
