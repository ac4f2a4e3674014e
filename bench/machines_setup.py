"""Machines of bench/machines.py: how they are configured, and a `tasador up` on each; knows nothing of what they do."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bench.postgres import Postgres
from crawler.home import Home

REPOSITORY = Path(__file__).resolve().parent.parent
STOP_SECONDS = 120.0
BUCKET = "tasador"

# Slow enough that the second crawl is begun before the first has ended.
CONFIG = """
[markets.demo]
currency = "USD"
"""
SITE = """
[sites.{name}]
market = "demo"
start_urls = ["{start_url}"]
delay_seconds = 0.1
concurrent_requests = 1
"""

# Not settings of ours, and not the tests'.
OTHERS = ("TASADOR_", "PREFECT_", "AWS_")


@dataclass(frozen=True, slots=True)
class Machine:
    """A data folder of its own, with a `tasador up` that has these options."""

    name: str
    parent: Path
    settings: dict[str, str]
    options: tuple[str, ...]

    @property
    def home(self) -> Home:
        """Its data folder."""
        return Home(self.parent / self.name)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Start `tasador up` and stop it with the block."""
        command = [sys.executable, "-m", "flows.cli", "--home", str(self.home.root), "up", *self.options]
        environment = {name: value for name, value in os.environ.items() if not name.startswith(OTHERS)}
        with (self.parent / f"{self.name}.log").open("wb") as log:
            up = subprocess.Popen(
                command, cwd=REPOSITORY, env=environment | self.settings, stdout=log, stderr=subprocess.STDOUT
            )
        try:
            yield
        finally:
            up.terminate()
            up.wait(STOP_SECONDS)

    def took(self, flow_run_id: object) -> bool:
        """Return whether it did something for a flow run: its log says so of each station."""
        log = self.home.root / "logs" / "tasador.jsonl"
        return log.exists() and f'"flow_run_id": "{flow_run_id}"' in log.read_text(encoding="utf-8")

    def found(self, patterns: Iterable[str]) -> list[str]:
        """Return what of these its data folder holds."""
        root = self.home.root
        return sorted(str(path.relative_to(root)) for pattern in patterns for path in root.glob(pattern))


def write_settings(folder: Path, sites: Mapping[str, str]) -> dict[str, str]:
    """Write tasador.toml for sites, by their first pages, and prefect.yaml; return the settings that name them."""
    config, deployments = folder / "tasador.toml", folder / "prefect.yaml"
    tables = [SITE.format(name=name, start_url=start_url) for name, start_url in sites.items()]
    config.write_text("".join([CONFIG, *tables]))
    deployments.write_text(yaml.safe_dump(_deployments(list(sites))))
    return {"TASADOR_CONFIG": str(config), "TASADOR_PREFECT_YAML": str(deployments)}


def shared_settings(postgres: Postgres, bucket: str) -> dict[str, str]:
    """Make a database for the catalog, and return the settings of what all machines share."""
    postgres.run("createdb", "tasador_lake")
    address = f"host=127.0.0.1 port={postgres.port} user=tasador dbname=tasador_lake"
    return {
        "TASADOR_LANDING": f"{bucket}/landing",
        "TASADOR_WAREHOUSE": f"ducklake:postgres:{address}",
        "TASADOR_WAREHOUSE_DATA": f"{bucket}/lake",
        "TASADOR_MODELS": f"{bucket}/models",
        "PREFECT_WORKER_QUERY_SECONDS": "2",
    }


def _deployments(sites: list[str]) -> dict[str, Any]:
    """Return the clone's prefect.yaml for these sites, nothing scheduled, changed as docs/many-machines.md says."""
    content = yaml.safe_load((REPOSITORY / "prefect.yaml").read_text(encoding="utf-8"))
    by_name = {each["name"]: _copy(each) | {"schedules": []} for each in content["deployments"]}
    by_name["refresh"]["work_pool"]["work_queue_name"] = "load"
    by_name["daily"]["work_pool"]["work_queue_name"] = "score"
    by_name["daily"]["parameters"] = {"sites": sites, "apart": True}
    crawl = by_name.pop("crawl-demo")
    crawls = [_copy(crawl) | {"name": f"crawl-{site}", "parameters": {"site": site}} for site in sites]
    return {"name": content["name"], "deployments": [*by_name.values(), *crawls]}


def _copy(deployment: dict[str, Any]) -> dict[str, Any]:
    """Return a copy that shares nothing with other deployments, as YAML's anchors do."""
    copied: dict[str, Any] = json.loads(json.dumps(deployment))
    return copied
