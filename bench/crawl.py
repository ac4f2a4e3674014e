"""Our crawl against a bare Scrapy spider that downloads the same pages from nginx and keeps nothing.

``python -m bench.crawl`` prints JSON lines: with the archive off, with it on, and in two partitions at once.
"""

import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import click

from bench.costs import Cost, bare, ours, side_by_side
from bench.serving import StaticSite, static_site
from crawler.sites import Market, Site

ARCHIVE_OFF_RATIO = 0.75  # of a bare spider's pages per second, at least
ARCHIVE_ON_RATIO = 0.50
PARTITIONS_RATIO = 1.15  # of one crawl's CPU per page, at most


@click.command()
@click.option("--pages", default=4000, show_default=True, help="Cars of the site, one page each.")
@click.option("--page-bytes", default=50_000, show_default=True, help="Size of a car's page.")
@click.option("--rounds", default=3, show_default=True, help="Each crawl is run so often, in turn; medians count.")
def main(pages: int, page_bytes: int, rounds: int) -> None:
    """Print one JSON line per question, with its figure and its limit. Exit code 1 where a limit is broken."""
    try:
        lines = list(_printed(_speed(pages, page_bytes, rounds)))
    except FileNotFoundError as error:
        click.echo(json.dumps({"bench": "crawl", "skipped": str(error)}))
        return
    sys.exit(0 if all(line["holds"] for line in lines) else 1)


def _printed(lines: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for line in lines:
        click.echo(json.dumps(line))
        yield line


def _speed(pages: int, page_bytes: int, rounds: int) -> Iterator[dict[str, Any]]:
    with _bench_site(2, page_bytes) as (site, static):  # so few pages that all is the start of the process
        tiny = _in_turn({"bare": partial(bare, site, static.urls), "ours": partial(ours, site)}, rounds)
        starts = {name: min(cost.cpu_seconds for cost in costs) for name, costs in tiny.items()}
    with _bench_site(pages, page_bytes) as (site, static):
        crawls = {
            "bare": partial(bare, site, static.urls),
            "archive_off": partial(ours, site),
            "archive_on": partial(ours, replace(site, archive=True)),
        }
        costs = _in_turn(crawls, rounds)
        yield _against_bare("archive off", costs["archive_off"], costs["bare"], ARCHIVE_OFF_RATIO, starts)
        yield _against_bare("archive on", costs["archive_on"], costs["bare"], ARCHIVE_ON_RATIO, starts)
        yield _partitions(site, costs["archive_off"], rounds, starts["ours"])


def _in_turn(crawls: Mapping[str, Callable[[], Cost]], rounds: int) -> dict[str, list[Cost]]:
    """Run the crawls A B C A B C, so that what else the machine does meets all of them."""
    costs: dict[str, list[Cost]] = {name: [] for name in crawls}
    for _ in range(rounds):
        for name, crawl in crawls.items():
            costs[name] += side_by_side(crawl)
    return costs


def _against_bare(
    what: str, our_costs: list[Cost], bare_costs: list[Cost], limit: float, starts: dict[str, float]
) -> dict[str, Any]:
    speeds = [median(cost.pages_per_second for cost in costs) for costs in (our_costs, bare_costs)]
    cpu = [_cpu(our_costs, starts["ours"]), _cpu(bare_costs, starts["bare"])]
    ratio, cpu_ratio = speeds[0] / speeds[1], cpu[1] / cpu[0]
    return {
        "bench": "crawl", "what": what, "ratio": round(ratio, 3), "limit": limit, "cpu_ratio": round(cpu_ratio, 3),
        "holds": min(ratio, cpu_ratio) >= limit,
        "pages_per_second": round(speeds[0], 1), "bare_pages_per_second": round(speeds[1], 1),
        "cpu_ms_per_page": round(cpu[0], 3), "bare_cpu_ms_per_page": round(cpu[1], 3),
    }  # fmt: skip


def _cpu(costs: list[Cost], start: float) -> float:
    return median(cost.cpu_ms_per_page(start) for cost in costs)


def _partitions(site: Site, whole: list[Cost], rounds: int, start: float) -> dict[str, Any]:
    halves = [replace(site, name=f"{site.name}-{url[-3]}", start_urls=(url,)) for url in site.start_urls]
    runs = [side_by_side(*(partial(ours, half) for half in halves)) for _ in range(rounds)]
    one, two = _cpu(whole, start), median(_cpu(list(run), start) for run in runs)
    return {
        "bench": "crawl", "what": "two partitions", "ratio": round(two / one, 3), "limit": PARTITIONS_RATIO,
        "holds": two / one <= PARTITIONS_RATIO,
        "cpu_ms_per_page": round(two, 3), "one_cpu_ms_per_page": round(one, 3),
        "pages_per_second": round(median(sum(c.pages_per_second for c in run) for run in runs), 1),
    }  # fmt: skip


@contextmanager
def _bench_site(cars: int, page_bytes: int) -> Iterator[tuple[Site, StaticSite]]:
    with tempfile.TemporaryDirectory() as folder, static_site(Path(folder), cars, page_bytes) as static:
        market = Market("bench", "USD", "mi")
        yield (
            Site(
                "bench",
                market,
                start_urls=static.start_urls,
                time_limit_seconds=7200,
                delay_seconds=0,
                concurrent_requests=16,
            ),
            static,
        )


if __name__ == "__main__":
    main()
