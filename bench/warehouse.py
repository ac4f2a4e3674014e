"""How fast the warehouse loads and refreshes, how that grows with its history, and how much disk it takes.

``python -m bench.warehouse`` prints JSON lines, of all steps or of one: ``python -m bench.warehouse load 100000``.
"""

import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from statistics import median
from typing import Any

import click

from bench.warehouse_costs import Cost, alone, bring_up, load_bare, load_ours
from bench.warehouse_landing import land_crawl
from crawler.home import Home, home

LOAD_RATIO = 0.5  # of the rows per second of DuckDB's own read_json, at least
DAILY_SECONDS = 60.0  # at most, of 1,000,000 listings
DAILY_PEAK_MB = 4000.0
GROWTH_RATIO = 1.0  # of the smallest size's seconds per observation, at most
CRAWLS = 10  # of each listing, for growth

Lines = Iterator[dict[str, Any]]


@click.group(invoke_without_command=True)
@click.pass_context
def main(context: click.Context) -> None:
    """Print one JSON line per question, with its figure and its limit. Exit code 1 where a limit is broken."""
    if not context.invoked_subcommand:
        _finish(chain(_load(1_000_000), _daily(1_000_000), _growth(), _size(1_000_000)))


@main.command("load")
@click.argument("rows", type=click.IntRange(1), default=1_000_000)
@click.option("--rounds", default=3, show_default=True, help="Each load is done so often, in turn; medians count.")
def load_command(rows: int, rounds: int) -> None:
    """Load landed listings, against DuckDB's read_json of the same files into a table of strings."""
    _finish(_load(rows, rounds))


@main.command("daily")
@click.argument("listings", type=click.IntRange(1), default=1_000_000)
def daily_command(listings: int) -> None:
    """Load, refresh and publish a second crawl of the listings, of which 5 % changed."""
    _finish(_daily(listings))


@main.command("growth")
@click.argument("sizes", type=click.IntRange(CRAWLS), nargs=-1)
def growth_command(sizes: tuple[int, ...]) -> None:
    """Bring up warehouses of so many observations, ten crawls each, and then load one crawl more."""
    _finish(_growth(*sizes))


@main.command("size")
@click.argument("observations", type=click.IntRange(CRAWLS), default=1_000_000)
def size_command(observations: int) -> None:
    """Weigh the files where each observation says something new, and where they come from ten crawls."""
    _finish(_size(observations))


def _finish(lines: Lines) -> None:
    """Print the lines as they come, and leave with exit code 1 where one does not hold."""
    holds = True
    for line in lines:
        click.echo(json.dumps({"bench": "warehouse"} | line))
        holds &= line.get("holds", True)
    sys.exit(0 if holds else 1)


def _load(rows: int, rounds: int = 3) -> Lines:
    with _landed(rows, 1) as data:
        costs = [
            (alone(load_bare, data.landing, data.root / "bare.duckdb"), alone(load_ours, data)) for _ in range(rounds)
        ]
    bare, ours = zip(*costs, strict=True)
    seconds = [median(cost.total for cost in of) for of in (ours, bare)]
    cpu_seconds = [median(cost.cpu_seconds for cost in of) for of in (ours, bare)]
    ratio = seconds[1] / seconds[0]
    yield {
        "what": "load", "rows": rows, "ratio": round(ratio, 3), "limit": LOAD_RATIO, "holds": ratio >= LOAD_RATIO,
        "cpu_ratio": round(cpu_seconds[1] / cpu_seconds[0], 3), "rows_per_second": round(rows / seconds[0]),
        "bare_rows_per_second": round(rows / seconds[1]), "peak_mb": round(max(cost.peak_mb for cost in ours)),
    }  # fmt: skip


def _daily(listings: int) -> Lines:
    with _landed(listings, 1) as data:
        first = alone(bring_up, data)
        alone(land_crawl, data.landing, listings, 1)
        second = alone(bring_up, data)
    yield {
        "what": "daily crawl", "listings": listings, "limit_seconds": DAILY_SECONDS, "limit_mb": DAILY_PEAK_MB,
        "holds": second.total <= DAILY_SECONDS and second.peak_mb <= DAILY_PEAK_MB,
        **_told(second), "first_crawl": _told(first),
    }  # fmt: skip


def _growth(*sizes: int) -> Lines:
    smallest = 0.0
    for observations in sizes or (100_000, 300_000, 1_000_000, 3_000_000):
        listings = observations // CRAWLS
        with _landed(listings, CRAWLS) as data:
            history = alone(bring_up, data)
            alone(land_crawl, data.landing, listings, CRAWLS)
            one_more = alone(bring_up, data)
        each = history.total / observations
        smallest = smallest or each
        yield {
            "what": "growth", "observations": observations, "microseconds_per_observation": round(1e6 * each, 1),
            "ratio": round(each / smallest, 3), "limit": GROWTH_RATIO, "holds": each <= smallest * GROWTH_RATIO,
            **_told(history), "one_crawl_more": _told(one_more),
        }  # fmt: skip


def _size(observations: int) -> Lines:
    for crawls in (1, CRAWLS):
        with _landed(observations // crawls, crawls) as data:
            alone(bring_up, data)
            landed = sum(path.stat().st_size for path in Path(data.landing).rglob("*.zst"))
            megabytes = [size / observations for size in (landed, *_file_sizes(data))]
        names = ("landing_mb_per_million", "warehouse_mb_per_million", "market_mb_per_million")
        yield {"what": "size", "observations": observations, "crawls": crawls} | {
            name: round(size, 1) for name, size in zip(names, megabytes, strict=True)
        }


def _file_sizes(data: Home) -> tuple[int, int]:
    return data.warehouse.stat().st_size, data.market.stat().st_size


@contextmanager
def _landed(listings: int, crawls: int) -> Iterator[Home]:
    """Land crawls of the same listings, one a day, for a warehouse that is thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        data = home(folder)
        for day in range(crawls):
            alone(land_crawl, data.landing, listings, day)
        yield data


def _told(cost: Cost) -> dict[str, float]:
    steps = {f"{step}_seconds": round(seconds, 2) for step, seconds in cost.seconds.items()}
    return {**steps, "seconds": round(cost.total, 2), "cpu_seconds": round(cost.cpu_seconds, 1),
            "peak_mb": round(cost.peak_mb)}  # fmt: skip


if __name__ == "__main__":
    main()
