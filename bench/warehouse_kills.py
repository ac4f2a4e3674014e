"""Kills load, refresh and publish (-9) at random moments while crawls land, and compares with an undisturbed refresh.

``python -m bench.warehouse_kills`` prints one JSON line; exit code 1 where market.duckdb once did not answer, or where
a table is not what it is without kills.
"""

import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
import duckdb

from crawler.clock import ENVIRONMENT_VARIABLE, now
from crawler.home import Home
from crawler.items import Listing
from crawler.landing import LandingWriter
from crawler.sites import Market, Site
from flows.steps.refresh import refresh
from warehouse.connection import connect

SITE = Site("lot", Market("lot", "USD", "mi"))
KILLS_PER_CRAWL = 5
ROWS_PER_PART = 50  # so that a crawl is several parts, and may be loaded half
SEED = 7

# Says which station it is at, in words, and refreshes as `tasador refresh` does.
CHILD = """
import sys
from flows.steps import refresh as step
from crawler.home import home

def told(name):
    station = getattr(step, name)
    def run(*arguments, **options):
        print(name, flush=True)
        return station(*arguments, **options)
    return run

for name in ("load_landing", "refresh_warehouse", "publish"):
    setattr(step, name, told(name))
step.refresh(home(sys.argv[1]))
"""


@click.command()
@click.option("--kills", default=50, show_default=True)
@click.option("--listings", default=400, show_default=True)
def main(kills: int, listings: int) -> None:
    """Kill refreshes again and again."""
    outcome = measure(kills, listings)
    print(json.dumps(outcome))
    sys.exit(not outcome["is_exact"])


def measure(kills: int, listings: int) -> dict[str, Any]:
    """Kill so many refreshes of a growing landing, let the last one end, and return how the tables compare."""
    started, dice, killed, silent = time.monotonic(), random.Random(SEED), Counter[str](), 0
    with tempfile.TemporaryDirectory() as name, one_moment():
        undisturbed, disturbed = Home(Path(name) / "undisturbed"), Home(Path(name) / "disturbed")
        crawls = 0
        seconds = 0.0
        while killed.total() < kills:
            if killed.total() >= crawls * KILLS_PER_CRAWL:
                land(undisturbed, crawls, listings)
                shutil.copytree(undisturbed.landing, disturbed.landing, dirs_exist_ok=True)
                before = time.monotonic()
                refresh(undisturbed)
                seconds, crawls = time.monotonic() - before, crawls + 1
            station = start_and_kill(disturbed, dice.uniform(0, seconds))
            killed += Counter([station] if station else [])
            silent += not answers(disturbed)
        refresh(disturbed)
        different = [table for table, content in hashes(undisturbed).items() if content != hashes(disturbed)[table]]
        left = sorted(path.name for path in disturbed.root.rglob("*") if "ing" in path.suffix or path.suffix == ".wal")
    return {
        "kills": killed.total(),
        "killed_during": dict(killed),
        "crawls": crawls,
        "rows": crawls * listings,
        "market_did_not_answer": silent,
        "different_tables": different,
        "left_over": left,
        "is_exact": not (silent or different or left),
        "seconds": round(time.monotonic() - started),
    }


@contextmanager
def one_moment() -> Iterator[None]:
    """Stop our clock, so that what is written says the same time however often it took."""
    before = os.environ.get(ENVIRONMENT_VARIABLE)
    os.environ[ENVIRONMENT_VARIABLE] = now().isoformat()
    try:
        yield
    finally:
        del os.environ[ENVIRONMENT_VARIABLE]
        os.environ.update({ENVIRONMENT_VARIABLE: before} if before else {})


def land(home: Home, day: int, listings: int) -> None:
    """Land one crawl: each day a tenth of the cars is new, a tenth is gone and a tenth asks less."""
    at = now() - timedelta(days=100 - day)
    writer = LandingWriter(home.landing, SITE, f"{at:%Y%m%dT%H%M%SZ}-{day:06x}", rows_per_part=ROWS_PER_PART)
    for number in range(day * listings // 10, day * listings // 10 + listings):
        price = 20_000 - 100 * sum((number + before) % 10 == 0 for before in range(day))
        car = Listing(source_id=str(number), make="Honda", model="Civic", model_year="2020", price=f"${price}")
        writer.write(car, page="results", scraped_at=at)
    writer.finish(reason="finished", is_complete=True, scope=["all"], health="healthy")


def start_and_kill(home: Home, seconds: float) -> str | None:
    """Refresh in a process of its own and kill it so many seconds after its first word; return during which station.

    None where it had ended before.
    """
    command = [sys.executable, "-c", CHILD, str(home.root)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        assert child.stdout and child.stderr
        stations = [child.stdout.readline()]
        try:
            child.wait(seconds)
        except subprocess.TimeoutExpired:
            child.kill()
        stations += child.stdout.readlines()
        if child.wait() > 0:
            raise RuntimeError(f"the refresh after a kill failed: {child.stderr.read()}")
    return stations[-1].strip() if child.returncode else None


def answers(home: Home) -> bool:
    """Whether the published file opens and answers; there is nothing to open before the first publish."""
    if not home.market.is_symlink():
        return True
    try:
        with duckdb.connect(str(home.market), read_only=True) as market:
            return bool(market.execute("select count(*) > 0 from listings").fetchone() == (True,))
    except duckdb.Error:
        return False


def hashes(home: Home) -> dict[str, str]:
    """An ordered hash of each table of the warehouse, and of what is published, but for what ran."""
    with connect(home) as warehouse:
        warehouse.execute(f"attach '{home.market}' as market (read_only)")
        tables = warehouse.execute(
            "select database_name, table_name from duckdb_tables() "
            "where not temporary and table_name <> 'ops_runs' order by all"
        ).fetchall()
        return {
            f"{database}.{table}": hashlib.sha256(
                repr(warehouse.execute(f'from "{database}"."{table}" order by all').fetchall()).encode()
            ).hexdigest()
            for database, table in tables
        }


if __name__ == "__main__":
    main()
