"""The crawl flow: one site's pages become landing files."""

from prefect import flow, task

from crawler.home import home
from flows.steps.crawl import crawl_site

# A site that does not answer may answer later; a second crawl of the same site is refused while one runs.
crawl_task = task(name="crawl", retries=2, retry_delay_seconds=[60, 600], persist_result=False)(crawl_site)


@flow
def crawl(site: str) -> None:
    """Crawl one site of tasador.toml."""
    crawl_task(home(), site)
