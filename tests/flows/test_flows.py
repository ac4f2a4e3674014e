"""The Prefect flows at work with no server."""

import json
import os
import subprocess
import sys
from pathlib import Path

from crawler.demo_market.process import running_demo_market
from crawler.home import Home
from flows.show import published

CLOSED_PORT = 9
CONFIG = """
[markets.demo]
currency = "USD"

[sites.demo]
market = "demo"
start_urls = ["{start_url}"]
delay_seconds = 0
concurrent_requests = 16

[sites.nowhere]
market = "demo"

[alerts.all]
market = "demo"
kind = "deal"
where = "asking_price > 0"
to = "file:all.jsonl"
"""

# Before the first retraining there is no champion, and the daily flow scores nothing; after it, every live listing.
# A market that is said to have drifted, but cannot be trained, stops nothing.
TWO_DAYS = """
import sys

from flows.daily import daily
from flows.retrain import retrain

if __name__ == "__main__":
    sys.modules["flows.daily"].drifted_markets = lambda home: {"mars": "its listings have drifted: age psi 0.3"}
    daily(["demo"])
    retrain()
    try:
        daily(["demo", "nowhere"])
    except Exception as error:
        print("failed:", error)
"""


def test_the_daily_flow_crawls_loads_scores_and_publishes_without_a_server(tmp_path: Path) -> None:
    config = tmp_path / "tasador.toml"
    script = tmp_path / "two_days.py"
    script.write_text(TWO_DAYS)
    environment = os.environ | {
        "TASADOR_HOME": str(tmp_path / "data"),
        "TASADOR_CONFIG": str(config),
        "PREFECT_HOME": str(tmp_path / "prefect"),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",  # of a busy machine; its 20 suit a quiet one
        "MLFLOW_TRACKING_URI": f"http://127.0.0.1:{CLOSED_PORT}",
        "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0",
    }
    with running_demo_market(size=150) as market:
        config.write_text(CONFIG.format(start_url=market.start_url))
        done = subprocess.run([sys.executable, script], capture_output=True, text=True, env=environment, timeout=300)
    assert done.returncode == 0, done.stderr
    assert "failed: the crawl of nowhere failed" in done.stdout
    assert "mars is to be retrained: its listings have drifted: age psi 0.3" in done.stderr
    assert "demo: Not tracked in MLflow: the server gave no answer" in done.stderr
    counts = published(
        Home(tmp_path / "data"),
        """
        select
            (select count(*) from listings where status = 'live') as live,
            (select count(*) from predicted_prices) as scored,
            (select count(*) from crawl_runs where is_complete) as crawls
        """,
    ).to_dicts()
    assert counts == [{"live": 150, "scored": 150, "crawls": 2}]
    lines = (tmp_path / "data" / "alerts" / "all.jsonl").read_text().splitlines()
    told = [json.loads(line)["listing_id"] for line in lines]
    assert len(told) == len(set(told)) > 100, "each is told by the first of the two days, and by that alone"
