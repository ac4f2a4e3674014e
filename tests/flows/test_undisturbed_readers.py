"""Who queries market.duckdb while it is published again and again meets no error, and no half of a refresh."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from crawler.home import home
from crawler.items import Listing
from crawler.landing import LandingWriter
from crawler.sites import Market, Site
from flows.steps.refresh import refresh

SITE = Site("cars.example", Market("us", "USD", "mi"))
REFRESHES = 20

# Opens the file for every query until it is told to stop, and says what it saw: all prices are always of one day.
READER = """
import sys, threading, duckdb
stop = threading.Event()
threading.Thread(target=lambda: (sys.stdin.readline(), stop.set())).start()
seen, queries = set(), 0
while not stop.is_set():
    with duckdb.connect(sys.argv[1], read_only=True) as market:
        prices = market.execute("select count(*), min(asking_price), max(asking_price) from listings").fetchone()
        assert market.execute("select count(*) from price_changes").fetchone()[0] % 50 == 0
        assert prices[0] == 50 and prices[1] == prices[2], prices
        seen.add(prices[1])
        queries += 1
print(queries, len(seen))
"""

# The same, by DuckDB's client for Node.
NODE_READER = """
const assert = require('node:assert');
const { DuckDBInstance } = require('@duckdb/node-api');
let stopped = false;
process.stdin.once('data', () => { stopped = true; });
async function readAll() {
  const seen = new Set();
  let queries = 0;
  while (!stopped) {
    const instance = await DuckDBInstance.create(process.argv[1], { access_mode: 'READ_ONLY' });
    const market = await instance.connect();
    const find = async (query) => (await market.runAndReadAll(query)).getRows()[0];
    const prices = await find('select count(*)::int, min(asking_price), max(asking_price) from listings');
    const [changes] = await find('select count(*)::int from price_changes');
    assert(changes % 50 === 0 && prices[0] === 50 && prices[1] === prices[2], String(prices));
    seen.add(prices[1]);
    queries += 1;
    market.closeSync();
    instance.closeSync();
  }
  console.log(queries, seen.size);
  process.exit(0);
}
readAll();
"""


def node_reader() -> list[str]:
    """Return how the reader for Node is started; skip the test where Node or the client is not installed."""
    node = shutil.which("node")
    if not node or subprocess.run([node, "-e", "require('@duckdb/node-api')"], capture_output=True).returncode:
        pytest.skip("@duckdb/node-api is not found: install it by npm, and name its node_modules in NODE_PATH")
    return [node, "-e", NODE_READER]


def python_reader() -> list[str]:
    """Return how the reader for Python is started, which knows nothing of Tasador."""
    return [sys.executable, "-c", READER]


@pytest.mark.parametrize("reader_of", [python_reader, pytest.param(node_reader, marks=pytest.mark.slow)])
def test_readers_are_not_disturbed_by_twenty_refreshes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reader_of: Callable[[], list[str]]
) -> None:
    command = [*reader_of(), str(tmp_path / "data" / "market.duckdb")]
    monkeypatch.delenv("TASADOR_LANDING", raising=False)
    data = home(tmp_path / "data")

    def crawl_and_refresh(day: int) -> None:
        at = datetime(2025, 3, 1, tzinfo=UTC) + timedelta(days=day)
        monkeypatch.setenv("TASADOR_NOW", at.isoformat())
        writer = LandingWriter(data.landing, SITE)
        for number in range(50):
            car = Listing(source_id=str(number), make="Honda", model="Civic", price=f"${20_000 - 100 * day}")
            writer.write(car, page="results")
        writer.finish(reason="finished", is_complete=True, scope=["all"])
        refresh(data)

    crawl_and_refresh(0)
    with (
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as reader,
        duckdb.connect(str(data.market), read_only=True) as patient,
    ):
        for day in range(1, REFRESHES + 1):
            crawl_and_refresh(day)
            assert patient.execute("select distinct asking_price from listings").fetchall() == [(20_000,)]
        said, _ = reader.communicate("stop\n")
    assert reader.returncode == 0
    queries, seen = map(int, said.split())
    assert queries >= seen > 1
    with duckdb.connect(str(data.market), read_only=True) as market:
        assert market.execute("select count(*) from price_changes").fetchone() == (50 * REFRESHES,)
