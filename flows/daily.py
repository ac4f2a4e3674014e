"""The daily flow: crawl the sites, refresh, score, report, send alerts. A table of contents, no logic of its own."""

from typing import Any

from prefect import flow, get_run_logger, task
from prefect.client.schemas.objects import State

from crawler.errors import TasadorError
from crawler.home import home
from crawler.landing import Manifest
from flows.alerts import alerts_task
from flows.crawl import crawl_task
from flows.refresh import refresh_task
from flows.retrain import retrain_task
from flows.score import score_task
from flows.steps.due import drifted_markets
from flows.steps.report import report as report_step

report_task = task(name="report", persist_result=False)(report_step)


@flow
def daily(sites: list[str]) -> None:
    """Crawl ``sites`` one after another, then refresh and score what came in, and tell whom it is for.

    Raises:
        TasadorError: a site's crawl failed, or a market was not scored; what the others brought is loaded, scored and
            told all the same. Or an alert did not go out, or the reports were not written.
    """
    data = home()
    crawls: dict[str, State[Manifest]] = {site: crawl_task(data, site, return_state=True) for site in sites}
    refresh_task(data)
    for market, reason in drifted_markets(data).items():
        get_run_logger().info("%s is to be retrained: %s", market, reason)
        retrain_task(data, market, return_state=True)  # where it fails, the champion goes on
    scored = score_task(data, return_state=True)
    written = report_task(data, return_state=True)
    told = alerts_task(data, return_state=True)
    problems: dict[str, State[Any]] = {f"the crawl of {site} failed": state for site, state in crawls.items()} | {
        "a market was not scored": scored,
        "an alert did not go out": told,
        "the reports were not written": written,
    }
    if failed := [problem for problem, state in problems.items() if state.is_failed()]:
        raise TasadorError(f"{'; '.join(failed)}: see the log above")
