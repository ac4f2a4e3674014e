"""Peak memory of a crawl against the number of listings: ``python -m bench.peak_memory 10000 100000``.

Prints a JSON line for each size: every listing has a card and its own page, on a demo market without delays.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from typing import Any

import click

from crawler.demo_market.process import running_demo_market
from crawler.landing import new_crawl_run_id, read_manifest
from crawler.process import tell
from crawler.sites import Market, Site


@click.command()
@click.argument("sizes", type=click.IntRange(1), nargs=-1, required=True)
def main(sizes: tuple[int, ...]) -> None:
    """Crawl demo markets of these numbers of listings."""
    for size in sizes:
        print(json.dumps(measure(size)), flush=True)


def measure(size: int) -> dict[str, Any]:
    """Crawl a demo market of so many listings; return the crawl process's peak memory in MB, and its seconds."""
    with running_demo_market(size=size) as market, tempfile.TemporaryDirectory() as landing:
        site = Site(
            "demo",
            Market("demo", "USD", "mi"),
            start_urls=(market.start_url,),
            delay_seconds=0,
            concurrent_requests=16,
            time_limit_seconds=7200,
        )
        crawl_run_id = new_crawl_run_id()
        order = {"site": asdict(site), "landing": landing, "crawl_run_id": crawl_run_id}
        command = [sys.executable, "-m", "crawler.process"]
        started = time.monotonic()
        nobody = subprocess.DEVNULL
        child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=nobody, stderr=nobody, text=True)
        tell(child, order)
        _, _, usage = os.wait4(child.pid, 0)
        child.returncode = 0  # wait4 has reaped it
        manifest = read_manifest(f"{landing}/demo/{crawl_run_id}")
    return {
        "listings": size,
        "rows": manifest.rows,
        "is_complete": manifest.is_complete,
        "peak_mb": round(usage.ru_maxrss / 1024, 1),
        "seconds": round(time.monotonic() - started),
    }


if __name__ == "__main__":
    main()
