"""A crawl in several parts, which run as separate processes or on separate machines and land side by side.

The parts of crawl ``20261122T030000Z-1f2e3d`` land in ``20261122T030000Z-1f2e3d.1of4`` and so on; their rows carry the
crawl's own id. The part that ends last writes the manifest of the whole, without which the crawl is not complete.
"""

import json
import re
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from crawler.clock import now
from crawler.errors import UsageError
from crawler.files import files_at, make_folder, put_whole
from crawler.landing import MANIFEST_NAME, Manifest, partition_of, read_manifest, run_started_at, whole_run
from crawler.resume import RUN_NAME
from crawler.sites import Site

WORST_FIRST = ("blocked", "failed", "changed", "partial", "healthy", None)


@dataclass(frozen=True, slots=True)
class Partition:
    """Part ``number`` (from 1) of ``count``."""

    number: int
    count: int

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"

    @property
    def name(self) -> str:
        """As a folder is named."""
        return f"{self.number}of{self.count}"

    @property
    def share(self) -> tuple[int, int]:
        """Number and count."""
        return self.number, self.count


def read_partition(words: str) -> Partition:
    """Return the partition that "2/4" means, or "2of4".

    Raises:
        UsageError: it means none.
    """
    match = re.fullmatch(r"([0-9]{1,4})(?:/|of)([0-9]{1,4})", words)
    if not match or not 1 <= int(match[1]) <= int(match[2]):
        raise UsageError(f"partition must be its number and their count, as 1/4, got {words!r}")
    return Partition(int(match[1]), int(match[2]))


def all_partitions(count: int) -> list[Partition]:
    """Return the partitions of a crawl that is divided into ``count``."""
    return [Partition(number, count) for number in range(1, count + 1)]


def run_of_the_day(partition: Partition, at: datetime | None = None) -> str:
    """Return the id that machines give to today's crawl (UTC) of so many parts without talking to each other."""
    return f"{at or now():%Y%m%d}T000000Z-{partition.count:06x}"


def with_shared_manners(site: Site, partition: Partition) -> Site:
    """Return the site as one part may ask it: all parts together ask no faster than one crawl would."""
    requests = max(1, site.concurrent_requests // partition.count) if site.delay_seconds else site.concurrent_requests
    return replace(site, delay_seconds=site.delay_seconds * partition.count, concurrent_requests=requests)


def finish_whole(landing: str, site: Site, crawl_run_id: str, count: int) -> Manifest | None:
    """Write the manifest of the whole crawl once all its parts have theirs, and return it; None before that.

    Two parts that end at once both write it, with the same words.
    """
    folder = f"{landing.rstrip('/')}/{site.name}/{crawl_run_id}"
    try:
        parts = [read_manifest(f"{folder}.{partition.name}") for partition in all_partitions(count)]
    except FileNotFoundError:
        return None
    manifest = _joined(crawl_run_id, parts)
    files, path = files_at(folder)
    make_folder(files, path)
    put_whole(files, f"{path}/{MANIFEST_NAME}", json.dumps(asdict(manifest), indent=2).encode())
    return manifest


def _joined(crawl_run_id: str, parts: list[Manifest]) -> Manifest:
    worst = min(parts, key=lambda part: (WORST_FIRST.index(part.health), part.finish_reason == "finished"))
    return replace(
        worst,
        crawl_run_id=crawl_run_id,
        partition=None,
        health_reason=f"part {worst.partition}: {worst.health_reason}",
        started_at=min(part.started_at for part in parts),
        finished_at=max(part.finished_at for part in parts),
        is_complete=all(part.is_complete for part in parts),
        scope=parts[0].scope,
        rows=sum(part.rows for part in parts),
        parts=sum(part.parts for part in parts),
        rejects=sum(part.rejects for part in parts),
        stats=_summed([part.stats for part in parts])
        | {
            "not_covered": [line for part in parts for line in part.stats.get("not_covered", ())],
            "partitions": {part.partition: part.stats for part in parts},
        },
    )


def _summed(stats: list[dict[str, Any]]) -> dict[str, Any]:
    """Add up the counts that all parts have."""
    counts = [name for name, value in stats[0].items() if isinstance(value, int | float)]
    return {name: sum(part.get(name, 0) for part in stats) for name in counts}


def run_to_join(landing: str, site: Site, count: int, at: datetime | None = None) -> str | None:
    """Return the newest crawl of so many parts that lacks some of them; None where it began too long ago, or none does.

    It is too old after ``site.resume_hours``, as a killed crawl is.
    """
    files, folder = files_at(f"{landing.rstrip('/')}/{site.name}")
    names = (
        [path.rstrip("/").rpartition("/")[2] for path in files.ls(folder, detail=False)] if files.exists(folder) else []
    )
    runs = {whole_run(name) for name in names if (partition_of(name) or "").endswith(f"of{count}")}
    newest = max(filter(RUN_NAME.match, runs), default=None)
    if newest is None or files.exists(f"{folder}/{newest}/{MANIFEST_NAME}"):
        return None
    age = (at or now()) - run_started_at(newest)
    return newest if timedelta(0) <= age < timedelta(hours=site.resume_hours) else None
