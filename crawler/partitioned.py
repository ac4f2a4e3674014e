"""Runs the parts of a crawl: one of them here, the others on other machines, or all of them in processes here."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Event

from crawler.errors import TasadorError, UsageError
from crawler.landing import Manifest, new_crawl_run_id, read_manifest
from crawler.partitions import (
    Partition,
    all_partitions,
    finish_whole,
    run_of_the_day,
    run_to_join,
    with_shared_manners,
)
from crawler.process import CrawlProgress, crawl
from crawler.queries import Query, shared_out
from crawler.resume import RUN_NAME
from crawler.sites import Site
from crawler.url_files import with_listed_urls

OnProgress = Callable[[CrawlProgress], None]


def crawl_partition(
    site: Site,
    landing: str,
    partition: Partition,
    *,
    crawl_run_id: str | None = None,
    now: datetime | None = None,
    on_progress: OnProgress | None = None,
) -> Manifest:
    """Crawl one part of a site and return its manifest; write the manifest of the whole where it was the last part.

    A part that was killed is continued. All parts share ``crawl_run_id``: the run of the day by default.

    Raises:
        UsageError: the site has no so many parts, or this part of the run has landed already.
        TasadorError: the same part is being crawled, or its crawl died.
    """
    _check(site, partition.count)
    run = crawl_run_id or run_of_the_day(partition, now)
    if not RUN_NAME.match(run):
        raise UsageError(f"run must be written as 20260131T000000Z-00000a, got {run!r}")
    if _landed(landing, site, run, partition):
        raise UsageError(f"run must be one whose part {partition} has not landed yet, got {run!r}: give another")
    manifest = crawl(
        with_shared_manners(site, partition),
        landing,
        now=now,
        crawl_run_id=f"{run}.{partition.name}",
        on_progress=on_progress,
    )
    finish_whole(landing, site, run, partition.count)
    return manifest


def crawl_partitions(
    site: Site,
    landing: str,
    count: int,
    *,
    anew: bool = False,
    now: datetime | None = None,
    on_progress: OnProgress | None = None,
) -> Manifest:
    """Crawl a site in ``count`` processes and return the manifest of the whole; parts that have landed stay.

    Raises:
        UsageError: the site has no so many parts.
        TasadorError: a part is being crawled by somebody else, or its crawl died; the other parts have landed.
    """
    _check(site, count)
    run = (None if anew else run_to_join(landing, site, count, now)) or new_crawl_run_id(now)
    tell = _Sum(on_progress)
    missing = [part for part in all_partitions(count) if not _landed(landing, site, run, part)]
    with ThreadPoolExecutor(count) as pool, tell:
        crawls = [
            pool.submit(crawl_partition, site, landing, part, crawl_run_id=run, now=now, on_progress=tell.of(part))
            for part in missing
        ]
        failures = [error for crawled in crawls if (error := crawled.exception())]
    if failures:
        raise failures[0]
    whole = finish_whole(landing, site, run, count)
    if whole is None:
        raise TasadorError(f"a part of {run} has vanished from {landing}: crawl again")
    return whole


class _Sum:
    """Adds up the progress of parts; when its block is left by an error, as by Ctrl-C, it ends the parts as well."""

    def __init__(self, on_progress: OnProgress | None) -> None:
        self.on_progress = on_progress
        self.seen: dict[Partition, CrawlProgress] = {}
        self.is_stopped = Event()

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, *_: object) -> None:
        if kind:
            self.is_stopped.set()

    def of(self, part: Partition) -> OnProgress:
        """Return who hears the progress of one part."""

        def hear(progress: CrawlProgress) -> None:
            if self.is_stopped.is_set():
                raise TasadorError("stopped")
            self.seen[part] = progress
            if self.on_progress:
                seen = list(self.seen.values())
                self.on_progress(CrawlProgress(sum(one.pages for one in seen), sum(one.listings for one in seen)))

        return hear


def _check(site: Site, count: int) -> None:
    queries = [Query(url, tuple(site.split)) for url in with_listed_urls(site).start_urls]
    parts = sum(len(shared_out(queries, number, count)) > 0 for number in range(1, count + 1))
    if parts < count:
        raise UsageError(
            f"partitions must be at most {parts} for {site.name}, as many as it has start_urls and values of split, "
            f"got {count}"
        )


def _landed(landing: str, site: Site, run: str, partition: Partition) -> bool:
    try:
        read_manifest(f"{landing.rstrip('/')}/{site.name}/{run}.{partition.name}")
    except FileNotFoundError:
        return False
    return True
