"""Landing files: what a crawl or an import saw, one JSON line per observation, in immutable compressed parts.

``<landing>/<site>/<crawl_run_id>/part-NNNNN.jsonl.zst`` are written under a temporary name and renamed when whole;
``manifest.json`` comes last. Parts without a manifest are a crawl that did not finish: they load, but prove nothing
gone.
``<landing>`` is a folder or any fsspec URL.
"""

import json
import re
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from io import TextIOWrapper
from pathlib import Path
from typing import Any, Literal

import fsspec
import zstandard

from crawler.clock import now
from crawler.files import files_at, is_local, make_folder, put_new, put_whole
from crawler.home import home
from crawler.identity import listing_id
from crawler.items import Listing
from crawler.sites import Site

MANIFEST_NAME = "manifest.json"
PARTITION = re.compile(r"\.[0-9]+of[0-9]+$")
ROWS_PER_PART = 20_000
# The checksum makes a flipped byte an error when the part is read, whatever it would decompress to.
COMPRESSOR = zstandard.ZstdCompressor(write_checksum=True)

# A presence observation says that a listing is there; a price observation also says what it asks.
Kind = Literal["price", "presence"]

# How a crawl went; crawler.health judges it.
Health = Literal["healthy", "partial", "blocked", "changed", "failed"]


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
    health: Health | None = None  # None: nobody judged it, as for an import
    health_reason: str | None = None
    partition: str | None = None  # "2of4" of a crawl whose id is what stands before it


def new_crawl_run_id(at: datetime | None = None) -> str:
    """Return a new crawl run's name: its start in UTC, which sorts, and six random hex digits."""
    return f"{(at or now()):%Y%m%dT%H%M%SZ}-{uuid.uuid4().hex[:6]}"


def run_started_at(crawl_run_id: str) -> datetime:
    """Return when a crawl run began, to the second: its name says so."""
    return datetime.strptime(crawl_run_id[:16], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def whole_run(crawl_run_id: str) -> str:
    """Return the crawl that a run is a part of: itself, unless its name ends as in ".2of4"."""
    return PARTITION.sub("", crawl_run_id)


def part_name(number: int) -> str:
    """Return what the file of a run's n-th part is called, counted from 0."""
    return f"part-{number:05d}.jsonl.zst"


def partition_of(crawl_run_id: str) -> str | None:
    """Return which part of a crawl a run is, as "2of4"; None where it is all of it."""
    match = PARTITION.search(crawl_run_id)
    return match[0][1:] if match else None


class LandingWriter:
    """Writes one crawl run's landing files.

    A part is renamed into place when it holds ``rows_per_part`` rows or has been open for ``seconds_per_part``;
    ``on_part`` is then told its name.
    """

    def __init__(
        self,
        landing: str,
        site: Site,
        crawl_run_id: str | None = None,
        *,
        rows_per_part: int = ROWS_PER_PART,
        seconds_per_part: float = 5.0,
        on_part: Callable[[str], None] = lambda name: None,
    ) -> None:
        self.site = site
        self.started_at = now()
        self.crawl_run_id = crawl_run_id or new_crawl_run_id(self.started_at)
        self.partition = partition_of(self.crawl_run_id)
        self.rows_per_part = rows_per_part
        self.seconds_per_part = seconds_per_part
        self.on_part = on_part
        self.folder = f"{landing.rstrip('/')}/{site.name}/{self.crawl_run_id}"
        self.files, self.path = files_at(self.folder)
        make_folder(self.files, self.path)
        self.rows = self.parts = self.rejects = 0
        self._same = {  # in every row
            "site": site.name,
            "market": site.market.name,
            "currency": site.market.currency,
            "distance_unit": site.market.distance_unit,
            "crawl_run_id": whole_run(self.crawl_run_id),
        }
        self._lines: list[bytes] = []
        self._part_opened = time.monotonic()

    def resume(self) -> int:
        """Continue after the parts that this run has landed, and count their rows as its own; return how many."""
        for path in sorted(self.files.glob(f"{self.path}/part-*.jsonl.zst")):
            self.started_at = run_started_at(self.crawl_run_id)
            self.parts = int(path.rpartition("part-")[2][:5]) + 1
            rows, rejects = _count_lines(self.files.unstrip_protocol(path))
            self.rows += rows
            self.rejects += rejects
        return self.rows

    def write(self, listing: Listing, *, kind: Kind = "price", page: str, scraped_at: datetime | None = None) -> None:
        """Add one observation of a listing; ``page`` is what it was read from: results, detail, sitemap or file."""
        self.land(self.row(listing, kind=kind, page=page, scraped_at=scraped_at))

    def row(
        self,
        listing: Listing,
        *,
        kind: Kind,
        page: str,
        scraped_at: datetime | None,
        identity: str | None = None,
    ) -> dict[str, Any]:
        """Return one observation as it is landed; ``identity`` is the listing_id where it is known already."""
        return {
            **self._envelope(scraped_at),
            "listing_id": identity or listing_id(self.site.name, listing),
            "kind": kind,
            "page": page,
            "listing": listing.payload(),
        }

    def land(self, row: dict[str, Any]) -> None:
        """Add one observation that ``row`` made."""
        self._append(row)
        self.rows += 1

    def reject(self, reason: str, *, url: str, detail: str = "", scraped_at: datetime | None = None) -> None:
        """Add one thing that should have been a listing and is not, with its reason."""
        self._append({**self._envelope(scraped_at), "reject_reason": reason, "url": url, "detail": detail[:2000]})
        self.rejects += 1

    def finish(
        self,
        *,
        reason: str,
        is_complete: bool,
        scope: list[str],
        stats: dict[str, Any] | None = None,
        health: Health | None = None,
        health_reason: str | None = None,
        finished_at: datetime | None = None,
    ) -> Manifest:
        """Write what is still open, then the manifest, and return it; ``finished_at`` is now by default."""
        self.flush()
        manifest = Manifest(
            crawl_run_id=self.crawl_run_id,
            partition=self.partition,
            site=self.site.name,
            market=self.site.market.name,
            started_at=self.started_at.isoformat(),
            finished_at=(finished_at or now()).isoformat(),
            finish_reason=reason,
            is_complete=is_complete,
            scope=scope,
            rows=self.rows,
            parts=self.parts,
            rejects=self.rejects,
            stats=stats or {},
            health=health,
            health_reason=health_reason,
        )
        content = json.dumps(asdict(manifest), indent=2, default=str).encode()
        put_whole(self.files, f"{self.path}/{MANIFEST_NAME}", content)
        return manifest

    def flush_if_old(self) -> None:
        """Flush a part that has been open long enough; called by a clock too, for when no row comes."""
        if self._lines and time.monotonic() - self._part_opened > self.seconds_per_part:
            self.flush()

    def flush(self) -> None:
        """Rename what is open into place as a whole part."""
        if self._lines:
            content = COMPRESSOR.compress(b"".join(self._lines))
            while not put_new(self.files, f"{self.path}/{(name := part_name(self.parts))}", content):
                self.parts += 1  # a crawl of the same run on another machine has taken the name
            self.parts += 1
            self._lines = []
            self.on_part(name)

    def _envelope(self, scraped_at: datetime | None) -> dict[str, str]:
        return {**self._same, "scraped_at": (scraped_at or now()).isoformat()}

    def _append(self, row: dict[str, Any]) -> None:
        if not self._lines:
            self._part_opened = time.monotonic()
        self._lines.append(json.dumps(row, ensure_ascii=False).encode() + b"\n")
        if len(self._lines) >= self.rows_per_part:
            self.flush()
        self.flush_if_old()


def local_folder(landing: str, site: str) -> Path:
    """Return (and make) the folder for what stays on this machine about a site: lock, memory and its crawls' logs.

    It is the site's own landing folder; where the landing is an object store, the one in the data folder.
    """
    folder = (Path(files_at(landing)[1]) if is_local(landing) else home().root / "landing") / site
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def read_manifest(folder: str) -> Manifest:
    """Return the manifest of one crawl run's folder.

    Raises:
        FileNotFoundError: the crawl run has not finished.
    """
    with fsspec.open(f"{folder}/{MANIFEST_NAME}", "rb") as file:
        return Manifest(**json.load(file))


def _count_lines(path: str) -> tuple[int, int]:
    """Return how many observations and how many rejects a part holds; none where it is corrupt and will not load."""
    try:
        kinds = Counter("reject_reason" in row for row in iterate_lines(path))
    except (zstandard.ZstdError, ValueError):
        return 0, 0
    return kinds[False], kinds[True]


def read_lines(path: str) -> list[dict[str, Any]]:
    """Return the rows of one part, for tests and for people who look; the warehouse reads parts by itself."""
    return list(iterate_lines(path))


def iterate_lines(path: str) -> Iterator[dict[str, Any]]:
    """Yield the rows of one part, one at a time.

    Raises:
        zstandard.ZstdError, ValueError: the part is corrupt.
    """
    with fsspec.open(path, "rb") as file:
        yield from map(json.loads, TextIOWrapper(zstandard.ZstdDecompressor().stream_reader(file), encoding="utf-8"))
