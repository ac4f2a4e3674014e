"""Kept pages: the detail responses of a crawl as WARC files beside its landed parts, read again without a request.

``<landing>/<site>/<crawl_run_id>/pages-NNNNN.warc.gz`` (WARC 1.1, one gzip member per record) appears when it is whole.
Beside it ``pages-NNNNN.index.jsonl`` says in short what it holds. No address, cookie or request header is kept.
"""

import gzip
import hashlib
import json
import time
from base64 import b32encode
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import cached_property
from io import BytesIO
from typing import Any

import fsspec
from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.http import HtmlResponse, Response
from scrapy.utils.asyncio import create_looping_call
from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.clock import now
from crawler.files import files_at, find_files, make_folder, put_whole
from crawler.landing import Observation, Reject
from crawler.pipelines import ALREADY_RUNNING, LandingPipeline
from crawler.sites import Site

BYTES_PER_FILE = 16 * 1024 * 1024  # compressed
SECONDS_PER_FILE = 30.0  # what a killed crawl loses of its pages
# Measured on pages of 50 KB, the whole record: 0.6 ms at 3, 1.4 ms at warcio's own 9 for a tenth fewer bytes.
COMPRESSION_LEVEL = 3
WARC_VERSION = "1.1"  # the first whose dates have fractions of a second


@dataclass(frozen=True, slots=True)
class Sighting:
    """One record of the index: a page was read at ``at``; a revisit is one whose body had been kept before."""

    url: str
    at: datetime
    digest: str
    is_revisit: bool


@dataclass(frozen=True)
class KeptPage:
    """A kept response: its body, and what says how to read it."""

    sighting: Sighting
    content_type: str
    body: bytes

    @cached_property
    def text(self) -> str:
        """The body in Unicode, decoded as the crawl decoded it."""
        headers = {"Content-Type": self.content_type}
        return str(HtmlResponse(self.sighting.url, headers=headers, body=self.body).text)


class PageArchive:
    """Scrapy's extension that keeps the detail pages of a site with ``archive = true``, and deletes old ones."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.writer: ArchiveWriter | None = None
        self.clock: Any = None
        crawler.signals.connect(self.spider_opened, signals.spider_opened)
        crawler.signals.connect(self.spider_closed, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "PageArchive":
        """Make the extension as Scrapy wants it."""
        return cls(crawler)

    def spider_opened(self) -> None:
        """Learn what is kept already, and flush by the clock; not where the pipeline refused to land this crawl."""
        landing = self.crawler.get_item_pipeline(LandingPipeline).writer
        if landing and landing.site.archive:
            self.writer = ArchiveWriter(self.crawler.settings["LANDING"], landing.site, landing.crawl_run_id)
            self.crawler.signals.connect(self.item_scraped, signals.item_scraped)
            self.clock = create_looping_call(self.writer.flush_if_old)
            self.clock.start(1.0, now=False)

    def item_scraped(self, item: Observation | Reject, response: Any) -> None:
        """Keep the page of a detail observation, at its time, and one that could not be read: one day it may be."""
        if not self.writer or (isinstance(item, Observation) and item.page != "detail"):
            return
        if isinstance(response, Response) and response.status == 200 and not response.meta["is_index"]:
            content_type = (response.headers.get("Content-Type") or b"").decode("latin-1")
            self.writer.write(response.url, response.body, content_type, getattr(item, "scraped_at", None))
            self.crawler.stats.inc_value("archive/pages")

    def spider_closed(self, reason: str) -> None:
        """Write what is still open, and delete what is older than the site wants it."""
        if self.writer:
            self.clock.stop()
            self.writer.flush()
        if reason != ALREADY_RUNNING:
            prune(self.crawler.settings["LANDING"], self.crawler.spider.site)


class ArchiveWriter:
    """Writes one crawl run's pages; a body that was kept within ``archive_days`` becomes a revisit record."""

    def __init__(self, landing: str, site: Site, crawl_run_id: str) -> None:
        self.files, root = files_at(landing.rstrip("/"))
        self.folder = f"{root}/{site.name}/{crawl_run_id}"
        make_folder(self.files, self.folder)
        since = now() - timedelta(days=site.archive_days)
        self.originals = {
            kept.digest: kept
            for file in page_files(landing, site.name)
            for kept in read_index(self.files, file)
            if not kept.is_revisit and kept.at >= since
        }
        self.number = len(self.files.glob(f"{self.folder}/pages-*.warc.gz"))  # a resumed run has some already
        self._open(self.number)

    def write(self, url: str, body: bytes, content_type: str, at: datetime | None = None) -> None:
        """Add one page as it was read at ``at`` (now by default)."""
        if not self._index:
            self._opened = time.monotonic()
        digest = "sha1:" + b32encode(hashlib.sha1(body, usedforsecurity=False).digest()).decode()
        original = self.originals.get(digest)
        sighting = Sighting(url, at or now(), digest, original is not None)
        self._compressed.write(_record(sighting, content_type, body, original))
        self._index.append(sighting)
        self.originals.setdefault(digest, sighting)
        if self._compressed.tell() >= BYTES_PER_FILE:
            self.flush()

    def flush_if_old(self) -> None:
        """Flush a file that has been open long enough; called by a clock."""
        if self._index and time.monotonic() - self._opened > SECONDS_PER_FILE:
            self.flush()

    def flush(self) -> None:
        """Put what is open into place: first the pages, then what says that they are there."""
        if self._index:
            _put(self.files, f"{self.folder}/pages-{self.number:05d}.warc.gz", self._compressed.getvalue(), self._index)
            self._open(self.number + 1)

    def _open(self, number: int) -> None:
        self.number = number
        self._compressed = BytesIO()
        self._index: list[Sighting] = []


def page_files(landing: str, site: str) -> list[str]:
    """Return the paths of a site's WARC files, the oldest crawl run first."""
    files, root = files_at(landing.rstrip("/"))
    return list(find_files(files, f"{root}/{site}", "*/pages-*.warc.gz"))


def crawl_run_of(file: str) -> str:
    """Return the crawl run that a WARC file belongs to, the whole one where a partition kept it."""
    return file.rsplit("/", 2)[-2].partition(".")[0]


def read_index(files: fsspec.AbstractFileSystem, file: str) -> list[Sighting]:
    """Return what a WARC file holds, from the index beside it, or from itself where a crawl was killed in between."""
    index = _index_path(file)
    if not files.exists(index):
        return [page.sighting for page, _ in read_pages(files, file)]
    rows = (json.loads(line) for line in files.cat_file(index).splitlines())
    return [Sighting(**{**row, "at": datetime.fromisoformat(row["at"])}) for row in rows]


def read_pages(files: fsspec.AbstractFileSystem, file: str) -> Iterator[tuple[KeptPage, bytes]]:
    """Yield each record of a WARC file, the body of a revisit empty, with its bytes as they stand in the file."""
    content = files.cat_file(file)
    records = ArchiveIterator(BytesIO(content))
    for record in records:
        header = record.rec_headers.get_header
        body = record.content_stream().read()
        sighting = Sighting(
            url=header("WARC-Target-URI"),
            at=datetime.fromisoformat(header("WARC-Date")),
            digest=header("WARC-Payload-Digest"),
            is_revisit=record.rec_type == "revisit",
        )
        content_type = record.http_headers.get_header("Content-Type", "")
        start = records.get_record_offset()
        yield KeptPage(sighting, content_type, body), content[start : start + records.get_record_length()]


def drop_pages(files: fsspec.AbstractFileSystem, file: str, dropped: set[Sighting]) -> None:
    """Write a WARC file and its index anew without some of its records; without any, it goes."""
    kept = [(page.sighting, raw) for page, raw in read_pages(files, file) if page.sighting not in dropped]
    if kept:
        _put(files, file, b"".join(raw for _, raw in kept), [sighting for sighting, _ in kept])
    else:
        _delete(files, file)


def prune(landing: str, site: Site) -> int:
    """Delete the WARC files older than the site's ``archive_days`` and return how many they were.

    One whose pages were seen again since, unchanged, stays: later files refer to it.
    """
    files, _ = files_at(landing)
    oldest = now() - timedelta(days=site.archive_days)
    indexes = {file: read_index(files, file) for file in page_files(landing, site.name)}
    needed = {kept.digest for index in indexes.values() for kept in index if kept.at >= oldest}
    old = [file for file, index in indexes.items() if needed.isdisjoint(kept.digest for kept in index)]
    for file in old:
        _delete(files, file)
    return len(old)


def _record(sighting: Sighting, content_type: str, body: bytes, original: Sighting | None) -> bytes:
    """Return a gzip member that holds one WARC record."""
    plain = BytesIO()
    writer = WARCWriter(plain, gzip=False, warc_version=WARC_VERSION)
    http_headers = StatusAndHeaders("200 OK", [("Content-Type", content_type)], protocol="HTTP/1.1")
    headers = {"http_headers": http_headers, "warc_headers_dict": {"WARC-Date": _date(sighting.at)}}
    if original:
        origin = original.url, _date(original.at)
        record = writer.create_revisit_record(sighting.url, sighting.digest, *origin, **headers)
    else:
        headers["warc_headers_dict"]["WARC-Payload-Digest"] = sighting.digest
        record = writer.create_warc_record(sighting.url, "response", BytesIO(body), len(body), **headers)
    writer.write_record(record)
    return gzip.compress(plain.getvalue(), COMPRESSION_LEVEL)


def _date(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S.%fZ}"


def _put(files: fsspec.AbstractFileSystem, file: str, pages: bytes, index: list[Sighting]) -> None:
    put_whole(files, file, pages)
    put_whole(files, _index_path(file), "\n".join(json.dumps(asdict(row), default=str) for row in index).encode())


def _delete(files: fsspec.AbstractFileSystem, file: str) -> None:
    for path in filter(files.exists, (_index_path(file), file)):
        files.rm_file(path)


def _index_path(file: str) -> str:
    return file.replace(".warc.gz", ".index.jsonl")
