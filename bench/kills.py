"""Kills a crawl (-9) at random moments, starts it again each time, and compares what landed with what the market has.

``python -m bench.kills`` prints one JSON line; exit code 1 where a listing is missing or landed twice.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import click

from crawler.demo_market.market import Market
from crawler.demo_market.process import running_demo_market
from crawler.landing import read_lines

SECONDS_PER_PART = 1.0  # what a kill loses; 5 by default, which would make this take five times as long
MOST_SECONDS = 4.0  # after its first words, a start is killed within these
SEED = 7
CONFIG = """
[markets.demo]
currency = "USD"
[sites.lot]
market = "demo"
start_urls = ["{url}"]
delay_seconds = 0.03
concurrent_requests = 4
"""


@click.command()
@click.option("--kills", default=100, show_default=True)
@click.option("--listings", default=2000, show_default=True)
def main(kills: int, listings: int) -> None:
    """Kill a crawl again and again."""
    outcome = measure(kills, listings)
    print(json.dumps(outcome))
    sys.exit(not outcome["is_exact"])


def measure(kills: int, listings: int) -> dict[str, Any]:
    """Kill a crawl of a demo market so often, let it end, and return how what landed compares with the market."""
    started, dice, killed = time.monotonic(), random.Random(SEED), 0
    with running_demo_market(size=listings) as market, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "tasador.toml").write_text(CONFIG.format(url=market.start_url))
        while killed < kills:
            killed += start_and_kill(folder, dice.uniform(0, MOST_SECONDS))
        with start(folder) as last:
            last.communicate()
        outcome = compare(folder / "landing" / "lot", listings)
    return {"kills": killed, **outcome, "seconds": round(time.monotonic() - started)}


def start(folder: Path) -> "subprocess.Popen[bytes]":
    """Start the crawl as people do, with Scrapy's own command; it says once a second how far it is."""
    command = [sys.executable, "-m", "scrapy", "crawl", "result_pages", "-a", "site=lot"]
    command += ["-s", f"SECONDS_PER_PART={SECONDS_PER_PART}", "-s", "PROGRESS_LINES=True"]
    environment = os.environ | {"TASADOR_CONFIG": str(folder / "tasador.toml"), "TASADOR_HOME": str(folder)}
    repository = Path(__file__).resolve().parent.parent
    return subprocess.Popen(command, cwd=repository, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)


def start_and_kill(folder: Path, seconds: float) -> bool:
    """Start the crawl and kill it so many seconds after its first words; return False where it had ended before."""
    with start(folder) as child:
        assert child.stdout
        child.stdout.readline()
        try:
            child.wait(seconds)
        except subprocess.TimeoutExpired:
            child.kill()
    return child.returncode != 0


def compare(runs: Path, listings: int) -> dict[str, Any]:
    """Return how the landed rows compare with the market's cars: each run's cards, and all runs' details."""
    served = Counter(f"lot:{source_id}" for source_id in Market(listings).on(0).ids)
    finished = [path.parent.name for path in runs.glob("*/manifest.json")]
    rows = [row for part in sorted(runs.glob("*/part-*.jsonl.zst")) for row in read_lines(str(part))]
    details = Counter(row["listing_id"] for row in rows if row.get("page") == "detail")
    cards = Counter((row["crawl_run_id"], row["listing_id"]) for row in rows if row.get("page") == "results")
    wanted = Counter((run, listing) for run in finished for listing in served)
    return {
        "listings": listings,
        "runs": len(finished),
        "missing_details": len(served - details),
        "repeated_details": len(details - served),
        "missing_cards": len(wanted - cards),
        "repeated_cards": len(cards - wanted),
        "is_exact": details == served and cards == wanted,
    }


if __name__ == "__main__":
    main()
