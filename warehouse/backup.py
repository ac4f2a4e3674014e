"""The archive of a backup: a tar of files, packed with zstd, with the sha256 of each in a manifest at its end.

It streams both ways and any tar opens it; what the files are is not known here.
"""

import hashlib
import json
import shutil
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import IO, Any

import zstandard

from crawler.clock import now
from crawler.errors import TasadorError

MANIFEST_NAME = "backup.json"
FORMAT_VERSION = 1


@dataclass(slots=True)
class Manifest:
    """What an archive holds; ``files`` maps each file's name to its sha256."""

    created_at: str
    tasador_version: str
    format_version: int = FORMAT_VERSION
    files: dict[str, str] = field(default_factory=dict)


class _Hashed:
    """A file that is hashed while it is read."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.sha256 = file, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        chunk = self.file.read(size)
        self.sha256.update(chunk)
        return chunk


def write_archive(target: Path, files: Mapping[str, Path]) -> Manifest:
    """Write files under the given names into an archive, which appears when it is whole."""
    manifest = Manifest(now().isoformat(), version("tasador"))
    building = target.with_name(f"{target.name}.writing")
    try:
        with _packed(building) as archive:
            for name, path in files.items():
                manifest.files[name] = _add(archive, name, path)
            content = json.dumps(asdict(manifest), indent=1).encode()
            archive.addfile(_described(MANIFEST_NAME, len(content)), BytesIO(content))
        building.replace(target)
    finally:
        building.unlink(missing_ok=True)
    return manifest


def unpack_archive(archive: Path, folder: Path) -> Manifest:
    """Unpack an archive into a folder and make sure that every file is what was backed up.

    Raises:
        TasadorError: it cannot be read, or a file is missing, additional or changed.
    """
    try:
        found = dict(_unpack(archive, folder))
        if MANIFEST_NAME not in found:
            raise ValueError("its end is missing")
        manifest = Manifest(**json.loads((folder / MANIFEST_NAME).read_bytes()))
    except (zstandard.ZstdError, tarfile.TarError, OSError, ValueError, TypeError) as error:
        if isinstance(error, OSError) and error.errno:  # the disk's fault, not the archive's
            raise
        raise TasadorError(f"{archive} is no whole backup ({error}): use another one") from error
    if manifest.format_version != FORMAT_VERSION:
        raise TasadorError(
            f"{archive} is of format {manifest.format_version!r} and this version reads {FORMAT_VERSION}: "
            "use the Tasador that wrote it"
        )
    del found[MANIFEST_NAME]
    wrong = sorted(name for name, _ in found.items() ^ manifest.files.items())
    if wrong:
        raise TasadorError(f"{archive} is damaged: {wrong[0]} is not what was backed up; use another backup")
    (folder / MANIFEST_NAME).unlink()
    return manifest


@contextmanager
def _packed(path: Path) -> Iterator[tarfile.TarFile]:
    compressor = zstandard.ZstdCompressor(write_checksum=True)
    with (
        path.open("wb") as file,
        compressor.stream_writer(file) as packed,
        tarfile.open(fileobj=packed, mode="w|") as archive,
    ):
        yield archive


def _add(archive: tarfile.TarFile, name: str, path: Path) -> str:
    with path.open("rb") as file:
        hashed: Any = _Hashed(file)
        archive.addfile(_described(name, path.stat().st_size), hashed)
    return str(hashed.sha256.hexdigest())


def _described(name: str, size: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.mtime = size, int(now().timestamp())
    return member


def _unpack(archive: Path, folder: Path) -> Iterator[tuple[str, str]]:
    """Write each file of the archive and yield its name and sha256."""
    with (
        archive.open("rb") as file,
        zstandard.ZstdDecompressor().stream_reader(file) as plain,
        tarfile.open(fileobj=plain, mode="r|") as members,
    ):
        for member in members:
            content, name = members.extractfile(member), PurePosixPath(member.name)
            if content is None or name.is_absolute() or ".." in name.parts:
                raise ValueError(f"{member.name} has no place in a backup")
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            hashed: Any = _Hashed(content)
            with target.open("wb") as copy:
                shutil.copyfileobj(hashed, copy)
            yield member.name, hashed.sha256.hexdigest()
