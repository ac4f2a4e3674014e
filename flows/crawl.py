"""The crawl flow: one site's pages become landing files."""

from typing import Any

from prefect import flow, task

from crawler.errors import BlockedError, UsageError
from crawler.home import home
from flows.steps.crawl import crawl_site


def _may_help(_task: Any, _run: Any, state: Any) -> bool:
    """Return whether a retry may help: a site that does not answer may later, one that refuses us has answered."""
    return not isinstance(state.data, UsageError | BlockedError)


crawl_task = task(
    name="crawl", retries=2, retry_delay_seconds=[60, 600], retry_condition_fn=_may_help, persist_result=False
)(crawl_site)


@flow
def crawl(site: str) -> None:
    """Crawl one site of tasador.toml."""
    crawl_task(home(), site)
