"""The daily flow: crawl the sites, refresh, score. A table of contents, no logic of its own."""

from prefect import flow
from prefect.client.schemas.objects import State

from crawler.errors import TasadorError
from crawler.home import home
from crawler.landing import Manifest
from flows.crawl import crawl_task
from flows.refresh import refresh_task
from flows.score import score_task


@flow
def daily(sites: list[str]) -> None:
    """Crawl ``sites`` one after another, then refresh and score what came in.

    Raises:
        TasadorError: a site's crawl failed; what the others brought is loaded and scored all the same.
    """
    data = home()
    crawls: dict[str, State[Manifest]] = {site: crawl_task(data, site, return_state=True) for site in sites}
    refresh_task(data)
    score_task(data)
    failed = [site for site, state in crawls.items() if state.is_failed()]
    if failed:
        raise TasadorError(f"the crawl of {', '.join(failed)} failed; see its log above")
