"""Folders that lie on this machine or in an object store, by one address: a path or an fsspec URL as ``s3://bucket/x``.

Knows nothing of what the files hold.
"""

import re
from pathlib import Path

import fsspec
from fsspec.implementations.local import LocalFileSystem
from fsspec.utils import glob_translate

from crawler.errors import TasadorError


def files_at(url: str) -> tuple[fsspec.AbstractFileSystem, str]:
    """Return the file system of a folder and the folder's path in it, without a slash at its end.

    A folder is listed anew each time, as other machines may write to it.

    Raises:
        TasadorError: the package that reads such an object store is not installed.
    """
    try:
        files, path = fsspec.core.url_to_fs(url.rstrip("/"), use_listings_cache=False)
    except ImportError as error:
        raise TasadorError(f"{url} cannot be read: pip install 'tasador[object-store]' ({error})") from error
    return files, path


def is_local(url: str) -> bool:
    """Whether a folder lies on this machine, or where it looks so: on a shared disk."""
    return isinstance(files_at(url)[0], LocalFileSystem)


def store_told(error: Exception) -> str | None:
    """Return in one line what an object store's client met that is no OSError: no keys, no answer; None of the rest."""
    if not type(error).__module__.startswith("botocore."):
        return None
    return f"the object store cannot be used: {error}. Look at AWS_ACCESS_KEY_ID and AWS_ENDPOINT_URL (docs/lake.md)"


def find_files(files: fsspec.AbstractFileSystem, folder: str, pattern: str) -> dict[str, int]:
    """Return the paths of the files below a folder that match a pattern relative to it, in order, with their bytes.

    An object store tells a thousand files at a time, where its ``glob`` asks once for each folder between.
    """
    is_wanted = re.compile(glob_translate(pattern)).match
    start = len(folder) + 1
    found = files.find(folder, detail=True)
    return {path: found[path]["size"] for path in sorted(found) if is_wanted(path[start:])}


def make_folder(files: fsspec.AbstractFileSystem, path: str) -> None:
    """Make a folder where that means something: an object store has none, and would make a misspelt bucket."""
    if isinstance(files, LocalFileSystem):
        files.makedirs(path, exist_ok=True)


def put_whole(files: fsspec.AbstractFileSystem, target: str, content: bytes) -> None:
    """Write a file so that whoever looks sees the whole of it, or what was there before."""
    if not isinstance(files, LocalFileSystem):
        files.pipe_file(target, content)  # an object store shows an object only when it is whole
        return
    temporary = Path(f"{target}.writing")
    temporary.write_bytes(content)
    temporary.replace(target)


def put_new(files: fsspec.AbstractFileSystem, target: str, content: bytes) -> bool:
    """Write a whole file under a name that nobody else has taken; return False where another machine has.

    A folder of this machine has one writer, who holds its lock, and what lies there is replaced.
    """
    if isinstance(files, LocalFileSystem):
        put_whole(files, target, content)
        return True
    try:
        files.pipe_file(target, content, mode="create")
    except FileExistsError:  # it is ours where the store was asked twice because its first answer got lost
        return bool(files.cat_file(target) == content)
    return True
