"""The crawl flow: the pages of a site, or of a part of it, become landing files."""

from typing import Any

from crawler.errors import BlockedError, UsageError
from crawler.home import Home, home
from crawler.landing import Manifest, read_manifest
from crawler.partitions import read_partition
from crawler.process import CrawlProgress
from flows.operations.artifacts import progress
from flows.operations.done_before import done_before
from flows.operations.parameters import PartitionName, SiteName
from flows.operations.results import expected_observations, show_crawl
from flows.operations.stations import DAY, one_at_a_time, station
from flows.operations.superseded import scheduled_flow
from flows.steps.crawl import crawl_site
from flows.steps.crawl_parts import crawl_part


def _may_help(_task: Any, _run: Any, state: Any) -> bool:
    """Return whether a retry may help: a site that does not answer may later, one that refuses us has answered."""
    return not isinstance(state.data, UsageError | BlockedError)


@station("crawl", retries=2, retry_delay_seconds=[60, 600], retry_condition_fn=_may_help)
def crawl_task(data: Home, site: str, partition: str | None = None) -> Manifest:
    """Crawl one site, or a part of it; whichever machines crawl, each has one crawl at a time."""
    if done := done_before(data, "crawl", site):
        return read_manifest(f"{data.landing}/{site}/{done.crawl_run_id}")
    what = f"{site}-{read_partition(partition).name}" if partition else site
    expected = None if partition else expected_observations(data, site)
    with one_at_a_time(f"crawl:{what}"), progress(f"crawling-{what}", f"Crawling {what}") as update:

        def tell(seen: CrawlProgress) -> None:
            update(seen.listings / expected if expected else 0.0, str(seen))

        manifest = (
            crawl_part(data, site, partition, on_progress=tell)
            if partition
            else crawl_site(data, site, on_progress=tell)
        )
    show_crawl(data, manifest)
    return manifest


# A site has a time limit of its own; what runs when the next day's crawl is due is stuck.
@scheduled_flow(timeout_seconds=DAY)
def crawl(site: SiteName, partition: PartitionName | None = None) -> None:
    """Crawl one site of tasador.toml, or of the day's crawl one ``partition``, as 1/4, while others crawl the rest."""
    crawl_task(home(), site, partition)
