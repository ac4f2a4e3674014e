"""The deployments of prefect.yaml: each has a flow, all that an unattended run takes, and parameters that hold."""

import importlib
from pathlib import Path

import pytest
import yaml
from prefect import Flow
from prefect.exceptions import ParameterTypeError

from crawler.errors import UsageError
from flows.crawl import crawl
from flows.daily import daily
from flows.score import score
from flows.weekly import weekly

REPOSITORY = Path(__file__).resolve().parents[3]
DEPLOYMENTS = yaml.safe_load((REPOSITORY / "prefect.yaml").read_text(encoding="utf-8"))["deployments"]

each_deployment = pytest.mark.parametrize("deployment", DEPLOYMENTS, ids=[each["name"] for each in DEPLOYMENTS])


@each_deployment
def test_each_deployment_is_named_for_its_file_and_flow_and_for_what_it_works_on(deployment: dict) -> None:
    flow, what = deployment["name"].partition("-")[::2]
    assert deployment["entrypoint"] == f"flows/{flow}.py:{flow}"
    assert flow_of(deployment).name == flow
    parameters = deployment.get("parameters", {})
    assert not what or what in (parameters.get("site"), *parameters.get("markets", ()))


@each_deployment
def test_each_deployment_has_all_that_an_unattended_run_takes(deployment: dict) -> None:
    flow = flow_of(deployment)
    assert deployment["schedules"] and deployment["tags"] and deployment["description"]
    assert deployment["concurrency_limit"] == {"limit": 1, "collision_strategy": "ENQUEUE", "grace_period_seconds": 600}
    assert deployment["work_pool"]["job_variables"]["env"] == {"PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30"}
    assert flow.timeout_seconds
    assert flow.persist_result is False
    flow.validate_parameters(deployment.get("parameters", {}))


def test_every_flow_has_a_deployment() -> None:
    flows = {path.stem for path in (REPOSITORY / "flows").glob("*.py") if "@scheduled_flow" in path.read_text()}
    assert flows == {each["name"].partition("-")[0] for each in DEPLOYMENTS}


def test_an_unknown_site_is_refused_before_any_site_is_crawled() -> None:
    with pytest.raises(UsageError, match=r"site must be one of .*, got 'nowhere'"):
        daily.validate_parameters({"sites": ["demo", "nowhere"]})


def test_a_part_that_a_crawl_does_not_have_is_refused() -> None:
    with pytest.raises(UsageError, match=r"partition must be its number and their count, as 1/4, got '3/2'"):
        crawl.validate_parameters({"site": "demo", "partition": "3/2"})


@pytest.mark.parametrize(
    ("flow", "parameters"),
    [
        (daily, {"sites": []}),
        (daily, {"sites": "demo"}),
        (weekly, {"retrain_after_days": 0}),
        (score, {"markets": []}),
    ],
)
def test_a_parameter_that_means_nothing_is_refused(flow: Flow, parameters: dict) -> None:
    with pytest.raises(ParameterTypeError):
        flow.validate_parameters(parameters)


def flow_of(deployment: dict) -> Flow:
    path, name = deployment["entrypoint"].split(":")
    return getattr(importlib.import_module(path.removesuffix(".py").replace("/", ".")), name)
