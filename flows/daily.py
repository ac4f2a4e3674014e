"""The daily flow: crawl the sites, refresh, score, report, send alerts. A table of contents, no logic of its own."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from prefect import get_run_logger
from prefect.client.schemas.objects import State
from pydantic import Field

from crawler.home import Home, home
from crawler.landing import Manifest
from flows.alerts import alerts_task
from flows.crawl import crawl_task
from flows.operations.apart import deployments_by, run_apart
from flows.operations.parameters import SiteName
from flows.operations.results import show_reports
from flows.operations.stations import DAY, require_completed, station
from flows.operations.superseded import scheduled_flow
from flows.refresh import refresh_task
from flows.retrain import retrain_task
from flows.score import score_task
from flows.steps.due import drifted_markets
from flows.steps.publish import publish
from flows.steps.report import report as report_step


@station("report")
def report_task(data: Home) -> None:
    """Write the markets' reports."""
    show_reports(report_step(data))


@station("publish")
def publish_task(data: Home) -> None:
    """Publish here what another machine has refreshed."""
    publish(data)


# What runs when the next day's run is due is stuck.
@scheduled_flow(timeout_seconds=DAY)
def daily(
    sites: Annotated[list[SiteName], Field(min_length=1)], apart: bool = False, with_reasons: bool = True
) -> None:
    """Crawl ``sites`` one after another, then refresh and score what came in, and tell whom it is for.

    ``apart``: crawls, the refresh, and the retraining of what has drifted are runs of their own deployments, on
    whichever machines' workers take them, sites and markets side by side; the rest is done here.
    ``with_reasons``: the scoring says what makes each price, which takes ten times as long.

    Raises:
        TasadorError: a site's crawl failed, or a market was not scored; what the others brought is loaded, scored and
            told all the same. Or an alert did not go out, or the reports were not written. Or the refresh failed.
    """
    data = home()
    crawls = bring_in_apart(data, sites) if apart else bring_in(data, sites)
    drifted = drifted_markets(data)
    for market, reason in drifted.items():
        get_run_logger().info("%s is to be retrained: %s", market, reason)
    retrain_drifted(data, list(drifted), apart)
    scored = score_task(data, with_reasons=with_reasons, return_state=True)
    written = report_task(data, return_state=True)
    told = alerts_task(data, return_state=True)
    problems: dict[str, State[Any]] = {f"the crawl of {site} failed": state for site, state in crawls.items()} | {
        "a market was not scored": scored,
        "an alert did not go out": told,
        "the reports were not written": written,
    }
    require_completed(problems)


def bring_in(data: Home, sites: Sequence[str]) -> Mapping[str, State[Any]]:
    """Crawl and refresh, and return how each site's crawl ended."""
    crawls: dict[str, State[Manifest]] = {site: crawl_task(data, site, return_state=True) for site in sites}
    refresh_task(data)
    return crawls


def bring_in_apart(data: Home, sites: Sequence[str]) -> Mapping[str, State[Any]]:
    """Have others crawl and refresh, publish here, and return how each crawl ended: a site has one, or one a part."""
    registered = deployments_by("crawl", "site")
    names = [name for site in sites for name in registered.get(site) or [f"crawl-{site}"]]
    crawls = run_apart({name.removeprefix("crawl-"): f"crawl/{name}" for name in names})
    refreshed = run_apart({"refresh": "refresh/refresh"})["refresh"]
    require_completed({"the refresh failed": refreshed})
    publish_task(data)
    return crawls


def retrain_drifted(data: Home, markets: Sequence[str], apart: bool) -> None:
    """Retrain markets, or have others do it; where that fails, the champion goes on."""
    if apart:
        run_apart({market: f"retrain/retrain-{market}" for market in markets})
        return
    for market in markets:
        retrain_task(data, market, return_state=True)
