"""Four processes as four machines: two crawl, one loads and trains, one scores; ``python -m bench.machines``.

Each has a data folder of its own. They share what real machines would (docs/many-machines.md): Prefect's server, a
warehouse whose catalog is in a PostgreSQL of our own, and an S3 store on loopback, which has landing files, the lake's
data and model runs. The demo market is crawled as two sites. What runs is daily, a retraining, and daily a simulated
day later. Prints a JSON line for each of them and for each machine, and one of what is to hold. Exit code 1 unless each
crawl worker crawled a site, the loader loaded all that landed, the scorer priced every live listing by a model run that
it fetched, and no data folder holds what is not its machine's.
"""

import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any
from uuid import UUID

import click
import httpx
from fsspec import filesystem
from prefect.client.orchestration import SyncPrefectClient

from bench.machines_setup import BUCKET, Machine, shared_settings, write_settings
from bench.postgres import find_programs, free_port, running_postgres
from bench.store import running_store
from crawler.demo_market.process import RunningDemoMarket, running_demo_market
from flows.operations.registration import connected
from flows.show import published

SITES = {"north": 7, "south": 8}  # with the seeds of their cars
CRAWLERS, LOADER, SCORER = ("crawl1", "crawl2"), "loader", "scorer"
# A crawl worker that takes one site at a time leaves the other to its neighbour.
OPTIONS = {
    **dict.fromkeys(CRAWLERS, ("--queue=crawl", "--limit=1")),
    LOADER: ("--queue=load", "--queue=train"),
    SCORER: ("--queue=score",),
}
START_SECONDS, FLOW_SECONDS = 240.0, 900.0
SECONDS_BETWEEN_LOOKS = 1.0

# What no data folder may hold, as it is shared, and what has no place on a machine that does something else.
SHARED = ("warehouse.duckdb*", "landing/*/*/part-*", "landing/*/*/manifest.json")
NOT_THEIRS = {
    **dict.fromkeys(CRAWLERS, ("market*", "models", "snapshots", "reports")),
    LOADER: ("landing/*",),
    SCORER: ("landing/*", "snapshots"),
}

ROWS = "select flow_run_id, station, rows from ops_runs where outcome = 'succeeded' and rows is not null"
PRICED = """
select
    (select count(*) from listings where status = 'live') as live,
    (select count(*) from predicted_prices) as priced,
    (select string_agg(model_run_id) from champions) as champion,
    (select count(distinct model_run_id) from predicted_prices) as model_runs
"""


@click.command()
@click.option("--size", default=90, show_default=True, help="Cars of a site; 150 of each train the networks.")
@click.option("--keep", type=click.Path(path_type=Path), help="Where everything is to lie, and stay.")
def main(size: int, keep: Path | None) -> None:
    """Run all, and tell what each machine did."""
    programs = find_programs()
    if programs is None:
        sys.exit("there is no PostgreSQL here: install Debian's package postgresql")
    with tempfile.TemporaryDirectory(prefix="tasador-machines-") as folder:
        holds = True
        for line in measure((keep or Path(folder)).resolve(), programs, size):
            print(json.dumps(line), flush=True)
            holds &= all(line.get("holds", {}).values())
    sys.exit(not holds)


def measure(folder: Path, programs: Path, size: int) -> Iterator[dict[str, Any]]:
    """Yield a line for each flow and each machine, and one of what ``holds`` of all of them."""
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        postgres = stack.enter_context(running_postgres(programs))
        store = stack.enter_context(running_store())
        make_bucket(store)
        markets = {name: stack.enter_context(running_demo_market(size=size, seed=seed)) for name, seed in SITES.items()}
        settings = write_settings(folder, {name: market.start_url for name, market in markets.items()})
        settings |= store | shared_settings(postgres, f"s3://{BUCKET}")
        port = free_port()
        stack.enter_context(Machine("server", folder, settings, ("--no-worker", f"--port={port}")).running())
        settings["PREFECT_API_URL"] = f"http://127.0.0.1:{port}/api"
        client = stack.enter_context(connected(settings["PREFECT_API_URL"]))
        await_true(lambda: bool(client.read_automations()), START_SECONDS)  # which are registered last
        machines = [Machine(name, folder, settings, ("--no-server", *options)) for name, options in OPTIONS.items()]
        for machine in machines:
            stack.enter_context(machine.running())
        await_true(lambda: len(client.read_workers_for_work_pool("tasador")) == len(machines), START_SECONDS)
        yield from run_flows(client, list(markets.values()))
        yield from told(client, machines)


def make_bucket(store: dict[str, str]) -> None:
    """Make the bucket that all machines share."""
    keys = {"key": store["AWS_ACCESS_KEY_ID"], "secret": store["AWS_SECRET_ACCESS_KEY"]}
    filesystem("s3", endpoint_url=store["AWS_ENDPOINT_URL"], **keys).mkdir(BUCKET)


def run_flows(client: SyncPrefectClient, markets: Sequence[RunningDemoMarket]) -> Iterator[dict[str, Any]]:
    """Run a day, train, and run the next day; yield how each went."""
    yield run_flow(client, "daily/daily")
    yield run_flow(client, "retrain/retrain-demo")
    for market in markets:
        market.set_day(1)
    yield run_flow(client, "daily/daily")


def run_flow(client: SyncPrefectClient, deployment: str) -> dict[str, Any]:
    """Have a deployment run, as its schedule would, and say how it went."""
    began = time.monotonic()
    run = client.create_flow_run_from_deployment(client.read_deployment_by_name(deployment).id)
    await_true(lambda: (state := client.read_flow_run(run.id).state) is not None and state.is_final(), FLOW_SECONDS)
    state = client.read_flow_run(run.id).state
    assert state
    words = {} if state.is_completed() else {"message": state.message}
    return {"flow": deployment, "state": state.name, "seconds": round(time.monotonic() - began, 1)} | words


def told(client: SyncPrefectClient, machines: Sequence[Machine]) -> Iterator[dict[str, Any]]:
    """Yield what each machine did and what its data folder holds that it should not, and what is to hold of it all."""
    runs = client.read_flow_runs()
    names: dict[UUID | None, str] = {each.id: each.name for each in client.read_deployments()}
    scorer = next(machine for machine in machines if machine.name == SCORER)
    stations = published(scorer.home, ROWS).rows()
    lines = {
        machine.name: machine_line(
            machine, {str(run.id): names[run.deployment_id] for run in runs if machine.took(run.id)}, stations
        )
        for machine in machines
    }
    yield from lines.values()
    (priced,) = published(scorer.home, PRICED).to_dicts()
    landed = sum(lines[name]["rows"].get("crawl", 0) for name in CRAWLERS)
    yield {
        "landed": landed,
        **priced,
        "holds": {
            "every run was completed": all(run.state and run.state.is_completed() for run in runs),
            "each crawl worker crawled": all("crawl" in lines[name]["rows"] for name in CRAWLERS),
            "the loader loaded all": lines[LOADER]["rows"].get("refresh") == landed > 0,
            "the scorer priced all": priced["priced"] == priced["live"] > 0 and priced["model_runs"] == 1,
            "by a model run that it fetched": "retrain" not in lines[SCORER]["rows"]
            and bool(scorer.found([f"models/demo/{priced['champion']}/manifest.json"])),
            "no data folder holds another's": not any(line["strays"] for line in lines.values()),
        },
    }


def machine_line(
    machine: Machine, flow_runs: dict[str, str], stations: Sequence[tuple[str, str, int]]
) -> dict[str, Any]:
    """Return which deployments ran on a machine, and what its stations brought; ``flow_runs`` are those it took."""
    rows: dict[str, int] = {}
    for flow_run_id, station, count in stations:
        if flow_run_id in flow_runs:
            rows[station] = rows.get(station, 0) + count
    return {
        "machine": machine.name,
        "ran": sorted(flow_runs.values()),
        "rows": rows,
        "strays": machine.found([*SHARED, *NOT_THEIRS[machine.name]]),
    }


def await_true(is_so: Callable[[], bool], seconds: float) -> None:
    """Wait until something is so, though the server does not answer yet. Raises TimeoutError."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with suppress(httpx.HTTPError):
            if is_so():
                return
        time.sleep(SECONDS_BETWEEN_LOOKS)
    raise TimeoutError(f"it took longer than {seconds:.0f} s")


if __name__ == "__main__":
    main()
