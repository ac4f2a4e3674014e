"""A crawl of the demo market while it fails, against the market's own account of what it served right.

``python -m bench.faults`` prints JSON lines, then a table; exit code 1 where a line does not hold.
"""

import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from crawler.demo_market.process import RunningDemoMarket, running_demo_market
from crawler.landing import Manifest, read_lines
from crawler.process import crawl
from crawler.sites import Market, Site

RATES = {
    "500": 0.02,
    "timeout": 0.01,
    "429": 0.0003,  # each of these begins a burst, of all that is asked for within a second
    "truncated": 0.004,
    "garbage": 0.003,
    "broken-json": 0.003,
}
# What comes with HTTP 200 and cannot be read. The other faults are met by asking again, and rejected at the last time.
BROKEN = ("truncated", "garbage", "broken-json")
REASONS = {"500": "http_500", "timeout": "download_failed", "429": "blocked"} | dict.fromkeys(BROKEN, "unreadable")
PAGES = {"cards": "results", "details": "detail"}

TIMEOUT_SECONDS = 3.0

Line = dict[str, Any]
Rows = Sequence[dict[str, Any]]


@click.command()
@click.option("--size", default=10_000, show_default=True, help="Cars of the market.")
@click.option("--seed", default=7, show_default=True, help="Another seed is another market with other faults.")
def main(size: int, seed: int) -> None:
    """Crawl a failing market and print the reconciliation."""
    lines = measure(size, seed, RATES)
    for line in lines:
        click.echo(json.dumps(line))
    _show(lines)
    sys.exit(0 if all(line["holds"] for line in lines) else 1)


def measure(size: int, seed: int, rates: Mapping[str, float]) -> list[Line]:
    """Crawl a market of so many cars that fails at these rates; return the lines of the reconciliation."""
    with tempfile.TemporaryDirectory() as landing, running_demo_market(size=size, seed=seed, faults=rates) as market:
        manifest = crawl(_site(market), landing)
        folder = Path(landing, manifest.site, manifest.crawl_run_id)
        rows = [row for part in folder.glob("part-*.jsonl.zst") for row in read_lines(str(part))]
        return [_crawl_line(manifest), *reconcile(market.served(), rows, market.url)]


def _site(market: RunningDemoMarket) -> Site:
    return Site(
        "bench",
        Market("bench", "USD", "mi"),
        start_urls=(market.start_url,),
        delay_seconds=0.0,
        concurrent_requests=16,
        timeout_seconds=TIMEOUT_SECONDS,
    )


def _crawl_line(manifest: Manifest) -> Line:
    stats = {name: manifest.stats[name] for name in ("requests", "retries", "seconds")}
    ended = {"finish_reason": manifest.finish_reason, "health": manifest.health}
    landed = {"rows": manifest.rows, "rejects": manifest.rejects}
    return {"what": "crawl", **ended, **landed, **stats, "holds": manifest.finish_reason == "finished"}


def reconcile(served: dict[str, Any], rows: Rows, url: str) -> Iterator[Line]:
    """Yield a line for cards, details, each fault, and rejects without one.

    Args:
        served: the market's account, see Served.account.
        rows: all that was landed.
        url: where the market was.
    """
    for shows, page in PAGES.items():
        landed = Counter(row["listing"]["source_id"] for row in rows if row.get("page") == page)
        yield _landed_line(shows, set(served[shows]), len(served[f"never_{shows}"]), landed)
    rejects = Counter((row["reject_reason"], row["url"].removeprefix(url)) for row in rows if "reject_reason" in row)
    struck = Counter((kind, target) for kind, targets in served["struck"].items() for target in targets)
    settled = {target for _, target in rejects} | set(served["addresses"])
    for kind in sorted(served["struck"]):
        yield _fault_line(kind, Counter(served["struck"][kind]), rejects, settled)
    known = {(REASONS[kind], target) for kind, target in struck}
    unexplained = sum(count for key, count in rejects.items() if key not in known)
    yield {"what": "rejects without a fault", "rejected": unexplained, "holds": not unexplained}


def _landed_line(shows: str, right: set[str], never: int, landed: Counter[str]) -> Line:
    counts = {
        "missing": len(right - landed.keys()),
        "not_served": len(landed.keys() - right),
        "landed_twice": sum(count > 1 for count in landed.values()),
    }
    holds = bool(right) and not any(counts.values())
    return {"what": shows, "served": len(right), "never_served": never, "landed": len(landed), **counts, "holds": holds}


def _fault_line(kind: str, struck: Counter[str], rejects: Counter[tuple[str, str]], settled: set[str]) -> Line:
    """Say what became of a fault: each broken page is a reject, each other page one where asking again did not help."""
    reason = REASONS[kind]
    rejected = Counter({target: rejects[reason, target] for target in struck})
    missing = (struck - rejected if kind in BROKEN else Counter(struck.keys() - settled)).total()
    return {
        "what": f"fault {kind}",
        "struck": sum(struck.values()),
        "rejected": sum(rejected.values()),
        "reason": reason,
        "without_reject": missing,
        "holds": not missing,
    }


def _show(lines: Sequence[Line]) -> None:
    for title, chosen in (("Served and landed", lines[1:3]), ("Faults and rejects", lines[3:-1])):
        table = Table(*chosen[0], title=title)
        for line in chosen:
            table.add_row(*map(str, line.values()))
        Console(width=110).print(table)


if __name__ == "__main__":
    main()
