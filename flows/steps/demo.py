"""The demo: the whole chain on the demo market, in a data folder of its own."""

import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from crawler.clock import now
from crawler.demo_market.process import RunningDemoMarket, running_demo_market
from crawler.home import Home
from crawler.landing import Manifest
from flows.steps.crawl import crawl_site
from flows.steps.refresh import refresh
from flows.steps.report import report
from flows.steps.retrain import Retrained, retrain
from flows.steps.score import score

SITE = MARKET = "demo"
SIZE = 1_500
DAYS = 3

# Opens a titled step of work and yields what tells in a few words how far it is.
Step = Callable[[str], AbstractContextManager[Callable[[str], None]]]


@dataclass(slots=True)
class Demo:
    """What the demo did: a manifest for each simulated day, the training, how many listings are scored, the report."""

    home: Home
    crawls: list[Manifest] = field(default_factory=list)
    retrained: Retrained | None = None
    scored: int = 0
    report: Path | None = None


def demo_home(home: Home) -> Home:
    """Return the demo's own data folder, so that it never mixes with real listings."""
    return Home(home.root / "demo")


def run_demo(home: Home, step: Step, *, listings: Path | None = None, size: int = SIZE, days: int = DAYS) -> Demo:
    """Crawl the demo market on ``days`` simulated days, the last of them today; refresh, retrain, score, report.

    Args:
        home: the data folder; the demo's lies in it, and is made anew.
        step: shows progress.
        listings: serve this table instead of invented cars.
        size: how many invented cars are live on the first day.
        days: how many days are simulated.

    Raises:
        TasadorError: a station failed, with its own message.
    """
    demo = Demo(demo_home(home))
    shutil.rmtree(demo.home.root, ignore_errors=True)
    with running_demo_market(size=size, listings=listings) as market:
        for day in range(days):
            demo.crawls.append(_crawl_day(demo.home, market, step, day, days))
    with step("Training the estimators") as update:
        demo.retrained = retrain(demo.home, MARKET, on_progress=lambda seen: update(str(seen)))
    with step("Scoring and publishing"):
        scored = score(demo.home, [MARKET])[MARKET]
        demo.scored = scored.listings if scored else 0
    with step("Writing the report"):
        (demo.report,) = report(demo.home, [MARKET])
    return demo


def _crawl_day(home: Home, market: RunningDemoMarket, step: Step, day: int, days: int) -> Manifest:
    market.set_day(day)
    at = now() - timedelta(days=days - 1 - day)
    with step(f"Crawling the demo market, day {day + 1} of {days}") as update:
        manifest = crawl_site(
            home, SITE, start_urls=[market.start_url], at=at, on_progress=lambda seen: update(str(seen))
        )
        refresh(home)
    return manifest
