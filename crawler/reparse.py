"""Today's page classes applied to kept pages: what they read otherwise than before is landed anew, without a request.

A reading keeps the time at which its page was fetched, and lands in a run of its own that proves nothing gone,
``reparse-<crawl_run_id>-<when>``; the warehouse lets it take the place of the reading before it.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from crawler.archive import KeptPage, Sighting, crawl_run_of, page_files, read_index, read_pages
from crawler.files import files_at
from crawler.identity import listing_id
from crawler.items import Listing
from crawler.landing import LandingWriter, iterate_lines, new_crawl_run_id, read_manifest
from crawler.pages import page_class
from crawler.sites import Site

# Of a listing, by the time of the reading: the hash of what was read.
Readings = dict[str, dict[datetime, bytes]]


@dataclass(slots=True)
class Reparsed:
    """How many kept pages were read again, and what became of them; ``unreadable`` ones land nothing."""

    pages: int = 0
    unchanged: int = 0
    landed: int = 0
    unreadable: int = 0


class Reparse:
    """Reads a site's kept pages again and lands what is read otherwise; doing it twice lands nothing new."""

    def __init__(self, landing: str, site: Site) -> None:
        self.landing, self.site = landing.rstrip("/"), site
        self.files, root = files_at(self.landing)
        self.folder = f"{root}/{site.name}"
        self.counts = Reparsed()
        self._writers: dict[str, LandingWriter] = {}
        self._known: dict[str, Readings] = {}

    def run(self, since: datetime | None = None) -> Reparsed:
        """Read every page that was fetched at or after ``since``; each content is parsed once for each address."""
        for page, sightings in self._pages(since):
            for url in {crawled.url for _, crawled in sightings}:
                listing = self._read(page, url)
                for crawl_run_id, sighting in sightings:
                    if sighting.url == url:
                        self._land(listing, crawl_run_id, sighting)
        for crawl_run_id, writer in self._writers.items():
            writer.finish(reason="reparsed", is_complete=False, scope=self._scope(crawl_run_id))
        return self.counts

    def _pages(self, since: datetime | None) -> Iterator[tuple[KeptPage, list[tuple[str, Sighting]]]]:
        """Yield each kept content with the crawl runs that met it, revisits included."""
        met: dict[str, list[tuple[str, Sighting]]] = defaultdict(list)
        paths = page_files(self.landing, self.site.name)
        for path in paths:
            for sighting in read_index(self.files, path):
                if since is None or sighting.at >= since:
                    met[sighting.digest].append((crawl_run_of(path), sighting))
        for path in paths:
            for page, _ in read_pages(self.files, path):
                if not page.sighting.is_revisit and page.sighting.digest in met:
                    yield page, met.pop(page.sighting.digest)

    def _read(self, page: KeptPage, url: str) -> Listing | None:
        read = page_class(self.site.page)(page.text, url)
        return read.listings()[0] if read.kind == "detail" else None

    def _land(self, listing: Listing | None, crawl_run_id: str, sighting: Sighting) -> None:
        self.counts.pages += 1
        if listing is None:
            self.counts.unreadable += 1
        elif self._is_known(listing, crawl_run_id, sighting.at):
            self.counts.unchanged += 1
        else:
            self._writer(crawl_run_id).write(listing, page="detail", scraped_at=sighting.at)
            self.counts.landed += 1

    def _is_known(self, listing: Listing, crawl_run_id: str, at: datetime) -> bool:
        """Whether the last reading of this page said the same; a crawl lands a page that it met twice only once."""
        if crawl_run_id not in self._known:
            self._known[crawl_run_id] = self._readings(crawl_run_id)
        known = self._known[crawl_run_id].get(listing_id(self.site.name, listing), {})
        digest = _digest(listing.payload())
        return known[at] == digest if at in known else digest in known.values()

    def _readings(self, crawl_run_id: str) -> Readings:
        """Return what a crawl run, its partitions and its earlier reparses landed of detail pages; the last counts."""
        readings: Readings = defaultdict(dict)
        for run in (f"{crawl_run_id}*", f"reparse-{crawl_run_id}-*"):
            for path in sorted(self.files.glob(f"{self.folder}/{run}/part-*.jsonl.zst")):
                for row in iterate_lines(self.files.unstrip_protocol(path)):
                    if row.get("page") == "detail":
                        at = datetime.fromisoformat(row["scraped_at"])
                        readings[row["listing_id"]][at] = _digest(row["listing"])
        return readings

    def _writer(self, crawl_run_id: str) -> LandingWriter:
        if crawl_run_id not in self._writers:
            name = f"reparse-{crawl_run_id}-{new_crawl_run_id()}"
            self._writers[crawl_run_id] = LandingWriter(self.landing, self.site, name)
        return self._writers[crawl_run_id]

    def _scope(self, crawl_run_id: str) -> list[str]:
        """Return the scope of the crawl run, so that a later crawl that covers it covers these readings too."""
        try:
            return read_manifest(f"{self.landing}/{self.site.name}/{crawl_run_id}").scope
        except FileNotFoundError:
            return [crawl_run_id]  # a crawl that was killed has none: no other crawl covers it


def _digest(payload: object) -> bytes:
    return hashlib.md5(json.dumps(payload).encode(), usedforsecurity=False).digest()
