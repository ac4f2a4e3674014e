"""Records a small data folder as today's Tasador writes it, with facts about it that every later one must find again.

Once a release, from the repository's root (docs/upgrading.md): ``python -m tests.upgrade.record VERSION``.
"""

import json
import os
import sys
import tarfile
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import zstandard

from crawler.clock import ENVIRONMENT_VARIABLE, now
from crawler.demo_market.process import running_demo_market
from crawler.home import Home
from flows.show import published
from flows.steps.crawl import crawl_site
from flows.steps.refresh import refresh
from flows.steps.retrain import retrain
from flows.steps.score import score

FOLDERS = Path(__file__).parent
ARCHIVE, FACTS = "data.tar.zst", "facts.json"
MARKET = SITE = "demo"
CARS = 60
DAYS = 3
FIRST_DAY = datetime(2026, 1, 10, 6, tzinfo=UTC)
# What is counted: what the landing files alone decide. Of other tables the rows may well change, the columns not.
COUNTED = ("listings", "price_changes", "crawl_runs", "vehicles", "rejects", "predicted_prices", "model_runs")
COLUMNS = """
select table_name, list(column_name order by column_name) from duckdb_columns()
where database_name = 'market' and not internal group by all order by all
"""
PRICES = """
select listing_id, asking_price, predicted_price, lower, upper from predicted_prices
where asking_price is not null order by listing_id limit 5
"""


def main(version: str) -> None:
    """Write the archive of a data folder and what holds of it into a folder named by the version."""
    folder = FOLDERS / version
    folder.mkdir()
    with tempfile.TemporaryDirectory() as root:
        home = Home(Path(root, "data"))
        _live_through(home)
        _pack(home, folder / ARCHIVE)
        facts = {"recorded_at": now().isoformat(), **facts_of(home)}
    (folder / FACTS).write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")


def facts_of(home: Home) -> dict[str, Any]:
    """Return the columns of each published table, the rows of those of COUNTED, and the prices of five listings."""
    return {
        "columns": dict(published(home, COLUMNS).iter_rows()),
        "rows": {table: published(home, f"from {table}").height for table in COUNTED},
        "prices": published(home, PRICES).rows(),
    }


def _live_through(home: Home) -> None:
    """Crawl and refresh on each day, then train and score."""
    with running_demo_market(size=CARS) as market:
        for day in range(DAYS):
            os.environ[ENVIRONMENT_VARIABLE] = (FIRST_DAY + timedelta(days=day)).isoformat()
            market.set_day(day)
            crawl_site(home, SITE, start_urls=[market.start_url])
            refresh(home)
    retrain(home, MARKET)
    score(home)


def _pack(home: Home, archive: Path) -> None:
    """Pack what an upgrade meets: all but logs and reports."""
    with (
        zstandard.open(archive, "wb", cctx=zstandard.ZstdCompressor(level=22)) as packed,
        tarfile.open(fileobj=packed, mode="w") as tar,
    ):
        tar.add(home.root, "data", filter=_unless_dispensable)


def _unless_dispensable(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    dispensable = member.name.endswith(".log") or member.name == "data/reports"
    return None if dispensable else member.replace(uid=0, gid=0, uname="", gname="", deep=False)


if __name__ == "__main__":
    main(sys.argv[1])
