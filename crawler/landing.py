"""Landing files: what a crawl or an import saw, one JSON line per observation, in immutable compressed parts.

``<landing>/<site>/<crawl_run_id>/part-NNNNN.jsonl.zst`` are written under a temporary name and renamed when whole;
``manifest.json`` comes last. Parts without a manifest are a crawl that did not finish: they load, but prove nothing
gone.
``<landing>`` is a folder or any fsspec URL.
"""

import json
import tempfile
import time
import uuid
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import fsspec
import zstandard
from fsspec.implementations.local import LocalFileSystem

from crawler.clock import now
from crawler.identity import listing_id
from crawler.items import Listing
from crawler.sites import Site

MANIFEST_NAME = "manifest.json"
ROWS_PER_PART = 20_000
# The checksum makes a flipped byte an error when the part is read, whatever it would decompress to.
COMPRESSOR = zstandard.ZstdCompressor(write_checksum=True)

# A presence observation says that a listing is there; a price observation also says what it asks.
Kind = Literal["price", "presence"]


@dataclass(slots=True)
class Observation:
    """One sighting of a listing; ``page`` is what it was read from: results, detail, sitemap or file."""

    listing: Listing
    page: str
    kind: Kind = "price"
    scraped_at: datetime = field(default_factory=now)


@dataclass(slots=True)
class Reject:
    """One page or row that should have been a listing and is not, with its reason."""

    reason: str
    url: str
    detail: str = ""


@dataclass(slots=True)
class Manifest:
    """How a crawl run went: written last, so its absence says that the run did not finish."""

    crawl_run_id: str
    site: str
    market: str
    started_at: str
    finished_at: str
    finish_reason: str
    is_complete: bool
    scope: list[str]
    rows: int
    parts: int
    rejects: int
    stats: dict[str, Any] = field(default_factory=dict)


def new_crawl_run_id(at: datetime | None = None) -> str:
    """Return a new crawl run's name: its start in UTC, which sorts, and six random hex digits."""
    return f"{(at or now()):%Y%m%dT%H%M%SZ}-{uuid.uuid4().hex[:6]}"


class LandingWriter:
    """Writes one crawl run's landing files.

    A part is renamed into place when it holds ``rows_per_part`` rows or has been open for ``seconds_per_part``.
    """

    def __init__(
        self,
        landing: str,
        site: Site,
        crawl_run_id: str | None = None,
        *,
        rows_per_part: int = ROWS_PER_PART,
        seconds_per_part: float = 5.0,
    ) -> None:
        self.site = site
        self.started_at = now()
        self.crawl_run_id = crawl_run_id or new_crawl_run_id(self.started_at)
        self.rows_per_part = rows_per_part
        self.seconds_per_part = seconds_per_part
        self.folder = f"{landing.rstrip('/')}/{site.name}/{self.crawl_run_id}"
        self.files, self.path = fsspec.core.url_to_fs(self.folder)
        self.files.makedirs(self.path, exist_ok=True)
        self.rows = self.parts = self.rejects = 0
        self._lines: list[bytes] = []
        self._part_opened = time.monotonic()

    def write(self, listing: Listing, *, kind: Kind = "price", page: str, scraped_at: datetime | None = None) -> None:
        """Add one observation of a listing; ``page`` is what it was read from: results, detail, sitemap or file."""
        self._append(
            {
                **self._envelope(scraped_at),
                "listing_id": listing_id(self.site.name, listing),
                "kind": kind,
                "page": page,
                "listing": listing.payload(),
            }
        )
        self.rows += 1

    def reject(self, reason: str, *, url: str, detail: str = "", scraped_at: datetime | None = None) -> None:
        """Add one thing that should have been a listing and is not, with its reason."""
        self._append({**self._envelope(scraped_at), "reject_reason": reason, "url": url, "detail": detail[:2000]})
        self.rejects += 1

    def finish(
        self, *, reason: str, is_complete: bool, scope: list[str], stats: dict[str, Any] | None = None
    ) -> Manifest:
        """Write what is still open, then the manifest, and return it."""
        self.flush()
        manifest = Manifest(
            crawl_run_id=self.crawl_run_id,
            site=self.site.name,
            market=self.site.market.name,
            started_at=self.started_at.isoformat(),
            finished_at=now().isoformat(),
            finish_reason=reason,
            is_complete=is_complete,
            scope=scope,
            rows=self.rows,
            parts=self.parts,
            rejects=self.rejects,
            stats=stats or {},
        )
        self._put(MANIFEST_NAME, json.dumps(asdict(manifest), indent=2, default=str).encode())
        return manifest

    def flush_if_old(self) -> None:
        """Flush a part that has been open long enough; called by a clock too, for when no row comes."""
        if self._lines and time.monotonic() - self._part_opened > self.seconds_per_part:
            self.flush()

    def flush(self) -> None:
        """Rename what is open into place as a whole part."""
        if self._lines:
            self._put(f"part-{self.parts:05d}.jsonl.zst", COMPRESSOR.compress(b"".join(self._lines)))
            self.parts += 1
            self._lines = []

    def _envelope(self, scraped_at: datetime | None) -> dict[str, str]:
        return {
            "site": self.site.name,
            "market": self.site.market.name,
            "currency": self.site.market.currency,
            "distance_unit": self.site.market.distance_unit,
            "crawl_run_id": self.crawl_run_id,
            "scraped_at": (scraped_at or now()).isoformat(),
        }

    def _append(self, row: dict[str, Any]) -> None:
        if not self._lines:
            self._part_opened = time.monotonic()
        self._lines.append(json.dumps(row, ensure_ascii=False).encode() + b"\n")
        if len(self._lines) >= self.rows_per_part:
            self.flush()
        self.flush_if_old()

    def _put(self, name: str, content: bytes) -> None:
        put_whole(self.files, f"{self.path}/{name}", content)


def put_whole(files: fsspec.AbstractFileSystem, target: str, content: bytes) -> None:
    """Write a file so that whoever looks sees the whole of it, or what was there before."""
    if not isinstance(files, LocalFileSystem):
        files.pipe_file(target, content)  # an object store shows an object only when it is whole
        return
    temporary = Path(f"{target}.writing")
    temporary.write_bytes(content)
    temporary.replace(target)


def local_folder(landing: str, site: str) -> Path:
    """Return (and make) the folder for what stays on this machine about a site: its lock and its crawls' logs.

    It is the site's own landing folder, or one for temporary files where the landing is an object store.
    """
    files, path = fsspec.core.url_to_fs(landing)
    root = Path(path) if isinstance(files, LocalFileSystem) else Path(tempfile.gettempdir()) / "tasador"
    folder = root / site
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def read_manifest(folder: str) -> Manifest:
    """Return the manifest of one crawl run's folder.

    Raises:
        FileNotFoundError: the crawl run has not finished.
    """
    with fsspec.open(f"{folder}/{MANIFEST_NAME}", "rb") as file:
        return Manifest(**json.load(file))


def read_lines(path: str) -> list[dict[str, Any]]:
    """Return the rows of one part, for tests and for people who look; the warehouse reads parts by itself."""
    with fsspec.open(path, "rb") as file:
        text = zstandard.ZstdDecompressor().stream_reader(file).read().decode()
    return [json.loads(line) for line in text.splitlines()]
