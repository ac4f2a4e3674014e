"""Stations on other machines: when a run has ended for good, and what becomes of one that nobody registered."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest
from prefect.client.schemas.filters import FlowFilter
from prefect.client.schemas.objects import FlowRun
from prefect.exceptions import ObjectNotFound
from prefect.results import ResultRecordMetadata
from prefect.serializers import JSONSerializer
from prefect.states import AwaitingRetry, Completed, Crashed, Failed, Running

from crawler.errors import TasadorError
from crawler.home import Home
from flows import daily
from flows.operations import apart
from flows.operations.apart import has_ended, run_apart
from flows.operations.stations import require_completed

PARENT = UUID(int=1)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> dict[str, list]:
    """What a server would say: its deployments, of each the states of its run, one a look; and the keys it got."""
    states: dict[str, list] = {"keys": [], "deployments": []}
    runs: dict[UUID, str] = {}

    def begin(deployment: str, *, timeout: int, idempotency_key: str) -> FlowRun:
        assert timeout == 0, "the others are to begin meanwhile"
        if deployment not in states:
            raise ObjectNotFound(Exception("404"))
        states["keys"].append(idempotency_key)
        run = FlowRun(id=uuid4(), flow_id=uuid4(), name=deployment)
        runs[run.id] = deployment
        return run

    class Client:
        def __enter__(self) -> "Client":
            return self

        def __exit__(self, *_: object) -> None:
            pass

        def read_deployments(self, *, flow_filter: FlowFilter, offset: int, limit: int) -> list[SimpleNamespace]:
            assert flow_filter.name.any_ == ["crawl"]
            return states["deployments"][offset : offset + limit]

        def read_flow_run(self, run: UUID) -> SimpleNamespace:
            return SimpleNamespace(state=states[runs[run]].pop(0))

    monkeypatch.setattr(apart, "run_deployment", begin)
    monkeypatch.setattr(apart, "get_client", lambda sync_client: Client())
    monkeypatch.setattr(apart, "SECONDS_BETWEEN_LOOKS", 0.0)
    context = SimpleNamespace(flow_run=SimpleNamespace(id=PARENT))
    monkeypatch.setattr(apart, "FlowRunContext", SimpleNamespace(get=lambda: context))
    return states


def test_each_run_is_awaited_and_the_end_of_one_is_not_that_of_another(server) -> None:
    server["crawl/crawl-north"] = [Running(), Running(), Completed()]
    server["crawl/crawl-south"] = [Failed(message="TasadorError: it is away")]
    ended = run_apart({"north": "crawl/crawl-north", "south": "crawl/crawl-south"})
    assert ended["north"].is_completed()
    with pytest.raises(TasadorError, match=r"^the crawl of south failed: TasadorError: it is away$"):
        require_completed({f"the crawl of {site} failed": state for site, state in ended.items()})


def test_why_a_run_failed_is_told_though_what_it_raised_is_kept_on_its_own_machine(server) -> None:
    kept = ResultRecordMetadata(
        storage_key="/elsewhere/prefect/storage/1", serializer=JSONSerializer(), prefect_version="3"
    )
    server["crawl/crawl-south"] = [Failed(message="TasadorError: it is away", data=kept)]
    with pytest.raises(TasadorError, match=r"^the crawl of south failed: TasadorError: it is away$"):
        require_completed({"the crawl of south failed": run_apart({"south": "crawl/crawl-south"})["south"]})


def test_what_is_not_registered_has_failed_and_stops_nothing(server) -> None:
    server["crawl/crawl-north"] = [Completed()]
    ended = run_apart({"west": "crawl/crawl-west", "north": "crawl/crawl-north"})
    assert ended["west"].message == "prefect.yaml must have a deployment crawl-west, and it has none"
    assert ended["north"].is_completed()


def test_a_flow_run_that_is_begun_anew_asks_for_the_same_runs(server) -> None:
    server["refresh/refresh"] = [Completed(), Completed()]
    run_apart({"refresh": "refresh/refresh"})
    run_apart({"refresh": "refresh/refresh"})
    first, second = server["keys"]
    assert first == second and str(PARENT) in first


def test_a_run_that_crashed_is_awaited_while_it_may_be_picked_up(server) -> None:
    server["crawl/crawl-north"] = [Crashed(), AwaitingRetry(), Running(), Completed()]
    assert run_apart({"north": "crawl/crawl-north"})["north"].is_completed()
    assert has_ended(Crashed(timestamp=datetime.now(UTC) - timedelta(minutes=2)))


def test_a_failed_crawl_stops_nothing_but_what_was_not_refreshed_is_not_published(
    server, monkeypatch, tmp_path
) -> None:
    published: list[Home] = []
    monkeypatch.setattr(daily, "publish_task", published.append)
    server["crawl/crawl-north"] = [Completed(), Completed()]
    server["crawl/crawl-south"] = [Failed(message="it is away"), Failed(message="it is away")]
    server["refresh/refresh"] = [Failed(message="the disk is full"), Completed()]
    with pytest.raises(TasadorError, match=r"^the refresh failed: the disk is full$"):
        daily.bring_in_apart(Home(tmp_path), ["north", "south"])
    assert published == []
    crawls = daily.bring_in_apart(Home(tmp_path), ["north", "south"])
    assert published == [Home(tmp_path)]
    assert {site: state.is_completed() for site, state in crawls.items()} == {"north": True, "south": False}


def test_a_site_is_crawled_by_all_deployments_that_have_it_each_a_part(server, monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(daily, "publish_task", lambda home: None)
    sites = {"crawl-north-1of2": "north", "crawl-south": "south", "crawl-north-2of2": "north"}
    server["deployments"] = [SimpleNamespace(name=name, parameters={"site": site}) for name, site in sites.items()]
    server |= {f"crawl/{name}": [Completed()] for name in sites} | {"refresh/refresh": [Completed()]}
    assert list(daily.bring_in_apart(Home(tmp_path), ["north"])) == ["north-1of2", "north-2of2"]
