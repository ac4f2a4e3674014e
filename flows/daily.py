"""The daily flow: crawl the sites, refresh, score, report, send alerts. A table of contents, no logic of its own."""

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
        TasadorError: a site's crawl failed; what the others brought is loaded and scored all the same. Or an alert
            did not go out, or the reports were not written.
    """
    data = home()
    crawls: dict[str, State[Manifest]] = {site: crawl_task(data, site, return_state=True) for site in sites}
    refresh_task(data)
    for market, reason in drifted_markets(data).items():
        get_run_logger().info("%s is to be retrained: %s", market, reason)
        retrain_task(data, market, return_state=True)  # where it fails, the champion goes on
    score_task(data)
    written = report_task(data, return_state=True)
    told = alerts_task(data, return_state=True)
    failed = [site for site, state in crawls.items() if state.is_failed()]
    if failed:
        raise TasadorError(f"the crawl of {', '.join(failed)} failed; see its log above")
    if told.is_failed():
        raise TasadorError("an alert did not go out; see its log above")
    if written.is_failed():
        raise TasadorError("the reports were not written; see the log above")
