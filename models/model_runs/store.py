"""Model runs that several machines share: copies in ``$TASADOR_MODELS/<market>/<model_run_id>/``, any fsspec URL.

A folder arrives there and here whole or not at all, and nothing that lies there is ever overwritten.
"""

import os
import shutil
import tempfile
from pathlib import Path

import fsspec

from crawler.errors import TasadorError
from crawler.files import files_at, make_folder, put_whole
from models.model_runs.manifest import MANIFEST_NAME, file_sha256, read_manifest


def send_model_run(folder: Path) -> None:
    """Copy a model run to the store, if there is one: the manifest last, so that whoever finds it finds the rest."""
    if store := _store():
        files, root = store
        for name in read_manifest(folder).files:
            target = f"{root}/{_key(folder)}/{name}"
            make_folder(files, target.rpartition("/")[0])
            files.put_file(str(folder / name), target)
        put_whole(files, f"{root}/{_key(folder)}/{MANIFEST_NAME}", (folder / MANIFEST_NAME).read_bytes())


def fetch_model_run(folder: Path) -> None:
    """Bring a model run that is not here from the store, if it is there, each file checked by its sha256.

    Raises:
        OutdatedModelRun, TasadorError: its manifest is refused, or a file is missing or not what was sent.
    """
    store = _store()
    if store is None or folder.exists() or not store[0].exists(f"{store[1]}/{_key(folder)}/{MANIFEST_NAME}"):
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    building = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", suffix=".writing", dir=folder.parent))
    try:
        _fetch(*store, folder, building)
        building.chmod(0o755)  # mkdtemp keeps others out
        building.rename(folder)
    except OSError:
        if not folder.exists():  # another process of this machine was quicker
            raise
    finally:
        shutil.rmtree(building, ignore_errors=True)


def stored_model_runs() -> set[str]:
    """Return the names of the model runs that the store has whole; none where there is no store."""
    store = _store()
    found = store[0].glob(f"{store[1]}/*/*/{MANIFEST_NAME}") if store else []
    return {path.rsplit("/", 2)[-2] for path in found}


def delete_model_run(folder: Path) -> None:
    """Delete a model run here and in the store."""
    shutil.rmtree(folder, ignore_errors=True)
    if (store := _store()) and store[0].exists(f"{store[1]}/{_key(folder)}"):
        store[0].rm(f"{store[1]}/{_key(folder)}", recursive=True)


def _store() -> tuple[fsspec.AbstractFileSystem, str] | None:
    url = os.environ.get("TASADOR_MODELS")
    return files_at(url) if url else None


def _key(folder: Path) -> str:
    return f"{folder.parent.name}/{folder.name}"


def _fetch(files: fsspec.AbstractFileSystem, root: str, folder: Path, building: Path) -> None:
    origin = f"{root}/{_key(folder)}"
    (building / MANIFEST_NAME).write_bytes(files.cat_file(f"{origin}/{MANIFEST_NAME}"))
    for name, described in read_manifest(building).files.items():
        target = (building / name).resolve()
        if not target.is_relative_to(building.resolve()):
            raise TasadorError(f"{origin}: a model run must lie in its own folder, got a file {name!r}")
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            files.get_file(f"{origin}/{name}", str(target))
        except FileNotFoundError as error:
            raise _not_as_sent(origin, name, "is missing") from error
        if file_sha256(target) != described["sha256"]:
            raise _not_as_sent(origin, name, "has changed since it was sent")


def _not_as_sent(origin: str, name: str, what: str) -> TasadorError:
    return TasadorError(f"{origin}: {name} {what}: copy the folder there from where it was trained, or retrain")
