"""Whoever schedules a scoring may leave its reasons out, which take most of its time."""

from typing import Any

import pytest
from prefect import Flow
from prefect.client.schemas.objects import State
from prefect.states import Completed

from flows.daily import daily
from flows.score import score, score_task
from flows.weekly import weekly

Told = list[bool]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    """What each scoring is told of reasons; the rest of the flows does nothing."""
    told: Told = []

    def score_step(*_: object, with_reasons: bool, **__: object) -> dict[str, Any]:
        told.append(with_reasons)
        return {}

    def scored(*arguments: Any, return_state: bool = False, **more: Any) -> State[Any]:
        score_task.fn(*arguments, **more)
        return Completed()

    monkeypatch.setattr("flows.score.score_step", score_step)
    for flow in ("daily", "weekly", "score"):
        monkeypatch.setattr(f"flows.{flow}.score_task", scored)
    for what in ("daily.bring_in", "daily.drifted_markets", "weekly.markets_due", "weekly.each_market"):
        monkeypatch.setattr(f"flows.{what}", lambda *_: {})
    for task in ("report_task", "alerts_task"):
        monkeypatch.setattr(f"flows.daily.{task}", lambda _, return_state: Completed())
    return told


@pytest.mark.parametrize("flow", [daily, weekly, score], ids=lambda flow: flow.name)
@pytest.mark.parametrize(("parameters", "wanted"), [({}, True), ({"with_reasons": False}, False)])
def test_a_scheduled_scoring_says_what_makes_each_price_unless_it_is_told_not_to(
    told: Told, flow: Flow, parameters: dict[str, Any], wanted: bool
) -> None:
    sites = {"sites": ["demo"]} if flow is daily else {}
    flow.fn(**flow.validate_parameters(sites | parameters))
    assert told == [wanted]
