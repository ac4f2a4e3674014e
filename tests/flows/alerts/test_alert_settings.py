"""Alerts in tasador.toml: what is wrong in them is told, secrets stay in the environment, and the commands on them."""

from typing import Any

import pytest
from click.testing import CliRunner

from crawler.errors import TasadorError, UsageError
from flows.alerting.settings import expanded, read_alerts
from flows.cli import cli
from flows.steps.alerts import run_alerts, try_alert

World = Receiver = Any


def test_a_test_message_goes_out_and_leaves_nothing_recorded(world: World, receiver: Receiver) -> None:
    world.configure(cheap={"to": receiver.url})
    count, deliveries = try_alert(world.home, "cheap")
    assert count == 1
    assert [delivery.outcome for delivery in deliveries.values()] == ["sent"]
    assert receiver.got[0]["text"] == "This is a test. Listings that match now: 1"
    assert world.run().new == 1


def test_secrets_come_from_the_environment(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAIL_PASSWORD", "p@ss/word")
    monkeypatch.setenv("HOOK", "https://hooks.example/a$b")
    assert expanded("mailtos://me:${MAIL_PASSWORD}@example.com") == "mailtos://me:p%40ss%2Fword@example.com"
    assert expanded("$HOOK") == "https://hooks.example/a$b"
    world.configure(cheap={"to": "https://hooks.example/$NOT_THERE"})
    (problem,) = world.run().problems
    assert problem.endswith("the environment variable NOT_THERE must be set, it is part of an address")
    assert world.states() == {"a": "pending"}


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"kind": "bargain"}, "alerts.cheap.kind must be one of deal, price_drop, got 'bargain'"),
        ({"market": "uk"}, "alerts.cheap.market must be one of us, got 'uk'"),
        ({"where": 1}, "alerts.cheap.where must be an SQL condition, got 1"),
        ({"every": "day"}, "alerts.cheap has no setting 'every'; it has kind, market, to, where"),
        ({"to": []}, "alerts.cheap.to must be one or more of"),
        ({"to": "me:secret@example.com"}, "alerts.cheap.to must be one or more of"),
        ({"to": "https://${}/x"}, "alerts.cheap.to must be one or more of"),
    ],
)
def test_what_is_wrong_in_the_configuration_is_told(world: World, change: dict[str, Any], rule: str) -> None:
    world.configure(cheap={"to": "file:a.jsonl"} | change)
    with pytest.raises(UsageError) as error:
        read_alerts()
    assert rule in str(error.value)
    assert "secret" not in str(error.value)


def test_without_alerts_nothing_is_opened(world: World) -> None:
    world.configure()
    world.home.warehouse.unlink()
    assert run_alerts(world.home) == {}
    assert not world.home.warehouse.exists()


def test_the_commands_tell_what_became_of_it_and_fail_where_something_did_not_go_out(
    world: World, receiver: Receiver
) -> None:
    def told(*arguments: str) -> tuple[str, BaseException | None]:
        result = CliRunner().invoke(cli, ["--home", str(world.home.root), "alerts", *arguments])
        return result.stdout, result.exception

    assert told("list") == ("tasador.toml has no alerts: docs/alerts.md says how to write one\n", None)
    world.configure(cheap={"to": receiver.url})
    assert told("run") == ("cheap: 1 new, sent to 1 of its addresses\n", None)
    assert "http" in told("list")[0]
    receiver.answers = [404]
    output, error = told("test", "cheap")
    assert output == "cheap: listings that match now: 1; a test message to\n  1: http: failed, it answered 404\n"
    assert isinstance(error, TasadorError)
    assert isinstance(told("test", "chaep")[1], UsageError)
