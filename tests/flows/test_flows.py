"""The Prefect flows at work with no server: what they do, and what they leave to be looked at."""

import json
import os
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from crawler.demo_market.process import running_demo_market
from crawler.home import Home
from flows.show import published
from flows.steps.restore import restore

CLOSED_PORT = 9
CONFIG = """
[markets.atoll]
currency = "USD"

[markets.demo]
currency = "USD"

[sites.atoll]
market = "atoll"

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
OLD_BACKUP = "tasador-20200101T000000Z.tar.zst"
# Too few to learn from, and the first of the markets.
ATOLL = "VIN,Make,Model,Year,Price,Mileage\n1HGCM82633A004352,Honda,Accord,2019,15000,40000\n"

# Before the first retraining there is no champion, and the daily flow scores nothing; after it, every live listing.
# A market that is said to have drifted, but cannot be trained, stops nothing; and so it is with one that is due.
TWO_DAYS = """
import json
import sys
from pathlib import Path

from prefect import get_client

from flows.daily import daily
from flows.maintenance import maintenance
from flows.weekly import weekly


def attempt(flow, *arguments):
    try:
        flow(*arguments)
    except Exception as error:
        print(f"{flow.name} failed: {error}")


if __name__ == "__main__":
    sys.modules["flows.daily"].drifted_markets = lambda home: {"mars": "its listings have drifted: age psi 0.3"}
    attempt(daily, ["demo"])
    attempt(weekly)
    attempt(weekly)
    attempt(daily, ["demo", "nowhere"])
    attempt(maintenance, 1)
    with get_client(sync_client=True) as client:
        left = [each.model_dump(mode="json") for each in client.read_artifacts()]
    Path(sys.argv[1]).write_text(json.dumps(left))
"""


@dataclass(frozen=True)
class Ran:
    """What two days of flows said and left; artifacts by key, of each the versions, oldest first."""

    out: str
    err: str
    data: Home
    artifacts: dict[str | None, list[dict[str, Any]]]

    def ask(self, query: str) -> list[dict[str, Any]]:
        return published(self.data, query).to_dicts()

    def left(self, key: str) -> Any:
        """The last table, text or share that was left by a key."""
        data = self.artifacts[key][-1]["data"]
        return json.loads(data) if self.artifacts[key][-1]["type"] == "table" else data


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    folder = tmp_path_factory.mktemp("flows")
    data, config, atoll, left = (folder / name for name in ("data", "tasador.toml", "atoll.csv", "artifacts.json"))
    script = folder / "two_days.py"
    script.write_text(TWO_DAYS)
    atoll.write_text(ATOLL)
    (data / "backups").mkdir(parents=True)
    (data / "backups" / OLD_BACKUP).touch()
    environment = os.environ | {
        "TASADOR_HOME": str(data),
        "TASADOR_CONFIG": str(config),
        "PREFECT_HOME": str(folder / "prefect"),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",  # of a busy machine; its 20 suit a quiet one
        "MLFLOW_TRACKING_URI": f"http://127.0.0.1:{CLOSED_PORT}",
        "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0",
    }

    def run(*arguments: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=300)
        assert done.returncode == 0, done.stderr
        return done

    with running_demo_market(size=150) as market:
        config.write_text(CONFIG.format(start_url=market.start_url))
        run("-m", "flows.cli", "import", atoll, "--site", "atoll")
        done = run(script, left)
    versions: dict[str | None, list[dict[str, Any]]] = {}
    for artifact in sorted(json.loads(left.read_text()), key=lambda each: each["created"]):
        versions.setdefault(artifact["key"], []).append(artifact)
    return Ran(done.stdout, done.stderr, Home(data), versions)


def test_the_daily_flow_crawls_loads_scores_and_publishes(ran: Ran) -> None:
    assert "daily failed: the crawl of nowhere failed" in ran.out
    assert "mars is to be retrained: its listings have drifted: age psi 0.3" in ran.err
    counts = ran.ask(
        """
        select
            (select count(*) from listings where status = 'live' and market = 'demo') as live,
            (select count(*) from predicted_prices) as scored,
            (select count(*) from crawl_runs where is_complete and site = 'demo') as crawls
        """
    )
    assert counts == [{"live": 150, "scored": 150, "crawls": 2}]
    lines = (ran.data.root / "alerts" / "all.jsonl").read_text().splitlines()
    told = [json.loads(line)["listing_id"] for line in lines]
    assert len(told) == len(set(told)) > 100, "each is told by the first of the two days, and by that alone"


def test_the_weekly_flow_trains_what_is_due_once_and_scores_though_a_market_cannot_be_trained(ran: Ran) -> None:
    too_few = "weekly failed: the training of atoll failed: market atoll has 1 priced listings to train on"
    assert ran.out.count(too_few) == 2
    assert ran.err.count("atoll is to be retrained: it has no champion") == 2
    assert ran.err.count("demo is to be retrained: it has no champion") == 1
    assert "demo: Not tracked in MLflow: the server gave no answer" in ran.err
    trained = "select subject, outcome, rows from ops_runs where station = 'retrain' and subject <> 'mars' order by all"
    assert ran.ask(trained) == [
        *[{"subject": "atoll", "outcome": "failed", "rows": None}] * 2,
        {"subject": "demo", "outcome": "succeeded", "rows": 121},
    ]
    scored = "select rows from ops_runs where station = 'score' order by ops_run_id"
    assert ran.ask(scored) == [{"rows": 150}, {"rows": 0}, {"rows": 0}], "what stands as it was is not scored again"


def test_the_maintenance_flow_leaves_one_backup_which_restores(ran: Ran, tmp_path: Path) -> None:
    (backup,) = (ran.data.root / "backups").iterdir()
    assert backup.name > OLD_BACKUP
    (left,) = ran.artifacts["backup"]
    assert str(backup) in left["data"]
    assert left["description"].endswith("1 older backups removed")
    before, after = (row["bytes"] for row in ran.left("compaction"))
    assert after <= ran.data.warehouse.stat().st_size < before
    restored = Ran(ran.out, ran.err, Home(tmp_path / "restored"), {})
    restore(restored.data, backup)
    for table in ("listings", "price_history", "predicted_prices", "model_runs", "champions"):
        assert restored.ask(f"from {table} order by all") == ran.ask(f"from {table} order by all"), table


def test_what_a_training_came_to_is_left_as_it_was_recorded(ran: Ran) -> None:
    estimators = sorted(ran.left("estimators-demo"), key=lambda row: row["model_run_id"])
    figures = ("model_run_id", "estimator", "r2", "rmse", "mae", "mdape", "log_rmse")
    assert [{name: row[name] for name in figures} for row in estimators] == ran.ask(
        f"select {', '.join(figures)} from model_runs order by model_run_id"
    )
    (trained,) = ran.ask("select * from model_runs where verdict = 'promoted'")
    assert ran.artifacts["estimators-demo"][0]["description"].startswith(f"demo: {trained['holdout_rows']} held-out")
    headline, *checks = ran.left("gate-demo").splitlines()
    assert headline == f"**Gate: {trained['estimator']} goes live: on {trained['holdout_rows']} held-out cars**"
    assert [line for line in checks if line.startswith("- ✓ ")]
    assert ran.left("training-demo") == 100
    assert ran.left("training-atoll") == 0


def test_what_was_crawled_loaded_and_scored_is_left_as_it_was_published(ran: Ran) -> None:
    assert {"landed": "observations", "rows": 150} in ran.left("crawl-demo")
    assert ran.left("crawling-demo") == 100
    assert ran.left("scoring-demo") == 100
    assert "of which 0 say something new" in ran.artifacts["tables"][-1]["description"]
    tables = {row["table"]: row["rows"] for row in ran.left("tables")}
    assert tables["listings"] == 151
    reconciled = ran.left("reconciliation")
    assert [row["site"] for row in reconciled] == ["atoll", "demo"]
    for row in reconciled:
        assert ran.ask(f"select {', '.join(row)} from reconciliation where crawl_run_id = '{row['crawl_run_id']}'") == [
            row
        ]
    newest = ran.ask("select max(crawl_run_id) as newest from crawl_runs where site = 'demo'")
    assert newest == [{"newest": reconciled[-1]["crawl_run_id"]}]
    scored = [each["data"].strip() for each in ran.artifacts["scored-demo"]]
    stand = "**demo: 0 live listings scored, 150 stand as they were**"
    assert [words.splitlines()[0] for words in scored[1:]] == ["**demo: 150 live listings scored**", stand, stand]


def test_where_a_report_or_backup_lies_can_be_copied_from_the_page_of_its_run(ran: Ran) -> None:
    for key in ("report-demo", "report-atoll", "training-report-demo", "backup"):
        for version in ran.artifacts[key]:
            _, path, machine = version["data"].split("`")
            assert Path(path).is_file(), key
            assert machine == f" on {socket.gethostname()}"


def test_what_a_flow_leaves_belongs_to_the_task_that_left_it_and_is_no_pickle(ran: Ran) -> None:
    left = [version for versions in ran.artifacts.values() for version in versions]
    assert all(version["flow_run_id"] for version in left)
    kept = [version["data"]["serializer"]["type"] for version in left if not version["key"]]
    assert kept == ["json"] * 3, "what the three flows that failed raised, which Prefect keeps in any case"
