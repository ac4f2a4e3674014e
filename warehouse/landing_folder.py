"""Where landing files lie and which of them are new: a folder or an object store, seen through fsspec."""

from dataclasses import dataclass
from typing import NamedTuple

import duckdb
import fsspec
from fsspec.implementations.local import LocalFileSystem

from crawler.files import files_at, find_files
from crawler.landing import MANIFEST_NAME
from warehouse.extensions import S3_PROTOCOLS, load_httpfs

# Of parts alone: kept pages and half-written files lie beside them.
PART_ENDING = ".jsonl.zst"


class NewFiles(NamedTuple):
    """The parts with their sizes in bytes, and the manifests, each in order."""

    parts: dict[str, int]
    manifests: list[str]


@dataclass(frozen=True, slots=True)
class LandingFolder:
    """A landing folder; its files are named relative to it, as site/crawl_run_id/part-00000.jsonl.zst."""

    files: fsspec.AbstractFileSystem
    root: str

    @property
    def is_local(self) -> bool:
        """Whether it is a folder of this machine."""
        return isinstance(self.files, LocalFileSystem)

    def landed(self) -> dict[str, int]:
        """Return the names of all files, in order, with their sizes in bytes."""
        start = len(self.root) + 1
        return {path[start:]: size for path, size in find_files(self.files, self.root, "*/*/*").items()}

    def new_files(self, connection: duckdb.DuckDBPyConnection) -> NewFiles:
        """Return what is not loaded yet; whose manifest is among it, its parts are too, or are loaded."""
        query = "select file from landing_files where status = 'loaded'"
        loaded = {file for (file,) in connection.execute(query).fetchall()}
        new = {file: size for file, size in self.landed().items() if file not in loaded}
        return NewFiles(
            {file: size for file, size in new.items() if file.endswith(PART_ENDING)},
            [file for file in new if file.endswith(f"/{MANIFEST_NAME}")],
        )

    def address(self, file: str) -> str:
        """Return what DuckDB opens to read the file."""
        path = f"{self.root}/{file}"
        return path if self.is_local else str(self.files.unstrip_protocol(path))

    def read_bytes(self, file: str) -> bytes:
        """Return what the file holds."""
        return bytes(self.files.cat_file(f"{self.root}/{file}"))


def landing_folder(connection: duckdb.DuckDBPyConnection, landing: str) -> LandingFolder:
    """Return the landing folder of a path or fsspec URL, readable by the connection."""
    folder = LandingFolder(*files_at(landing))
    files = folder.files
    protocols = {files.protocol} if isinstance(files.protocol, str) else set(files.protocol)
    if protocols & S3_PROTOCOLS:
        load_httpfs(connection)  # DuckDB's own reader; the other one would take over the lake's data files too
    elif not folder.is_local and protocols.isdisjoint(connection.list_filesystems()):
        connection.register_filesystem(files)
    return folder
