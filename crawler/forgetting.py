"""Forgets a listing's or a seller's personal fields where crawls have landed them: parts, kept pages and logs.

First everything is found, then everything is rewritten, so that a forgetting that was cut off can be repeated.
"""

import fcntl
import html
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import fsspec
import zstandard

from crawler.archive import KeptPage, drop_pages, page_files, read_pages
from crawler.errors import TasadorError
from crawler.files import files_at, find_files, put_whole
from crawler.identity import listing_id
from crawler.items import Listing
from crawler.landing import COMPRESSOR, iterate_lines, local_folder
from crawler.pages import page_class
from crawler.personal import forgotten, is_private, named
from crawler.pipelines import LOCK_NAME
from crawler.sites import read_sites

JSON_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")


@dataclass(slots=True)
class Subject:
    """What is to be forgotten: a seller's name, or a listing; what ``find`` adds; and how often that was met."""

    name: str | None = None
    listing_ids: set[str] = field(default_factory=set)
    urls: set[str] = field(default_factory=set)
    sightings: int = 0

    def is_seller(self, payload: dict[str, Any]) -> bool:
        """Whether a listing names them: as its seller, or, where the name is not a single word, in its free texts."""
        if not self.name:
            return False
        is_whole = named(self.name).fullmatch(payload.get("seller_name", "").strip())
        return bool(is_whole) or any(
            map(self.is_named_in, (payload.get("title", ""), *payload.get("extra", {}).values()))
        )

    def is_named_in(self, text: str) -> bool:
        """Whether a text names them; a single word, as Ford, would say nothing."""
        return bool(self.name and len(self.name.split()) > 1 and named(self.name).search(text))

    def is_theirs(self, row: dict[str, Any]) -> bool:
        """Whether a landed line is about them."""
        if "reject_reason" in row:
            return bool(row["detail"]) and (row["url"] in self.urls or self.is_named_in(row["detail"]))
        return row["listing_id"] in self.listing_ids and forgotten(row["listing"], self.name) != row["listing"]


@dataclass(slots=True)
class Forgotten:
    """What was rewritten."""

    lines: int
    pages: int


class LandedSite:
    """One site's landed files, seen by who forgets."""

    def __init__(self, landing: str, name: str) -> None:
        self.landing, self.name = landing.rstrip("/"), name
        self.files, root = files_at(self.landing)
        self.parts = list(find_files(self.files, f"{root}/{name}", "*/part-*.jsonl.zst"))
        self.page_files = page_files(landing, name)

    def find(self, subject: Subject) -> None:
        """Add to the subject the listings of a named seller and the addresses of its listings.

        Raises:
            TasadorError: a part is corrupt, so that nobody knows what it holds.
        """
        for page in self._pages() if subject.name else ():
            if subject.is_named_in(_plain(page)):
                subject.sightings += 1
                listing = self._listing(page)
                if listing and is_private(listing):
                    subject.listing_ids.add(listing_id(self.name, listing))
        for row in self._rows():
            if subject.is_seller(row.get("listing", {})):
                subject.listing_ids.add(row["listing_id"])
        for row in self._rows():
            if row.get("listing_id") in subject.listing_ids:
                subject.sightings += 1
                subject.urls |= {row["listing"]["url"]} if "url" in row["listing"] else set()

    def forget(self, subject: Subject) -> Forgotten:
        """Rewrite what is about the subject, each file at once: lines keep their place, kept pages go."""
        pages = self._forget_pages(subject)  # the lines last: they say whose the pages are
        lines = sum(self._forget_lines(path, subject) for path in self.parts)
        if subject.name:
            self._forget_in_logs(subject.name)
        return Forgotten(lines, pages)

    @contextmanager
    def nobody_crawls(self) -> Iterator[None]:
        """Hold the site's lock.

        Raises:
            TasadorError: a crawl holds it.
        """
        with (local_folder(self.landing, self.name) / LOCK_NAME).open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise TasadorError(f"{self.name} is being crawled: wait until the crawl has ended") from error
            yield

    def _rows(self) -> Iterator[dict[str, Any]]:
        for path in self.parts:
            try:
                yield from iterate_lines(self.files.unstrip_protocol(path))
            except (zstandard.ZstdError, ValueError) as error:
                raise TasadorError(
                    f"landing file {path} is corrupt: restore or delete it, then forget again"
                ) from error

    def _pages(self) -> Iterator[KeptPage]:
        return (page for path in self.page_files for page, _ in read_pages(self.files, path))

    def _forget_lines(self, path: str, subject: Subject) -> int:
        content = zstandard.ZstdDecompressor().stream_reader(self.files.cat_file(path)).read()
        lines = content.splitlines(keepends=True)
        rows = [json.loads(line) for line in lines]
        theirs = [number for number, row in enumerate(rows) if subject.is_theirs(row)]
        for number in theirs:
            lines[number] = _without(rows[number], subject.name)
        if theirs:
            put_whole(self.files, path, COMPRESSOR.compress(b"".join(lines)))
        return len(theirs)

    def _forget_pages(self, subject: Subject) -> int:
        digests = {page.sighting.digest for page in self._pages() if self._shows(page, subject)}
        dropped = 0
        for path in self.page_files:
            theirs = {page.sighting for page, _ in read_pages(self.files, path) if page.sighting.digest in digests}
            if theirs:
                drop_pages(self.files, path, theirs)
            dropped += len(theirs)
        return dropped

    def _shows(self, page: KeptPage, subject: Subject) -> bool:
        """Whether a kept page is of one of the listings, or names the seller."""
        if page.sighting.url in subject.urls:
            return True
        text = _plain(page)
        own_ids = (own.removeprefix(f"{self.name}:") for own in subject.listing_ids)
        if not any(own in text or own in page.sighting.url for own in own_ids):  # spares reading most pages
            return subject.is_named_in(text)
        listing = self._listing(page)
        return subject.is_named_in(text) or bool(listing and listing_id(self.name, listing) in subject.listing_ids)

    def _listing(self, page: KeptPage) -> Listing | None:
        site = read_sites().get(self.name)
        read = page_class(site.page if site else "schema.org")(page.text, page.sighting.url)
        return read.listings()[0] if read.kind == "detail" else None

    def _forget_in_logs(self, name: str) -> None:
        files = fsspec.filesystem("file")
        for path in local_folder(self.landing, self.name).glob("*.log"):
            text = path.read_text(encoding="utf-8", errors="replace")
            if named(name).search(text):
                put_whole(files, str(path), named(name).sub("", text).encode())


def landed_sites(landing: str) -> list[str]:
    """Return the names of the sites that something has landed of."""
    files, root = files_at(landing.rstrip("/"))
    return sorted({path.rsplit("/", 3)[-3] for path in find_files(files, root, "*/*/part-*.jsonl.zst")})


def _without(row: dict[str, Any], name: str | None) -> bytes:
    changed = {"detail": ""} if "reject_reason" in row else {"listing": forgotten(row["listing"], name)}
    return json.dumps(row | changed, ensure_ascii=False).encode() + b"\n"


def _plain(page: KeptPage) -> str:
    """Return a page's text as a name would stand in it: without HTML's and JSON's ways to write a letter."""
    return JSON_ESCAPE.sub(lambda match: chr(int(match[1], 16)), html.unescape(page.text))
