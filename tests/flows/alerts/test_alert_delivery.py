"""Each new match is told once to each address, tried again where it has surely not arrived, and never twice."""

import json
from typing import Any

import pytest

from crawler.clock import now
from crawler.errors import TasadorError
from crawler.locks import alone
from flows.alerting import channels
from flows.alerting.settings import address_hash
from flows.steps.alerts import WAIT_SECONDS, Told, alert_counts, require_told, run_alerts
from warehouse.alert_messages import begin_sending
from warehouse.connection import connect

World = Receiver = Any


def test_a_match_is_told_once_and_again_only_at_another_price(world: World, receiver: Receiver) -> None:
    world.configure(cheap={"to": receiver.url})
    assert world.run() == Told(new=1, sent_to=1)
    assert world.run() == Told()
    world.publish(("a", 9_000, "great_deal"), ("b", 9_500, "great_deal"))
    world.run()
    world.publish(("a", 8_500, "great_deal"), ("b", 9_500, "great_deal"))
    world.run()
    assert receiver.listings() == ["a", "b", "a"]
    assert world.waited == []


def test_a_message_says_what_the_car_is_and_nothing_of_a_person(world: World, receiver: Receiver) -> None:
    world.configure(cheap={"to": receiver.url})
    world.run()
    (got,) = receiver.got
    assert got["title"] == "Tasador cheap: 1 new deal"
    assert got["text"] == "Honda Civic, asks 9,000, great deal\n  https://cars.example/a"
    assert "Jane" not in json.dumps(got)
    with connect(world.home) as connection:
        assert connection.execute("select body, attempts from alert_messages").fetchall() == [(None, 1)]


def test_what_answers_500_is_tried_again_with_backoff_and_the_same_key(world: World, receiver: Receiver) -> None:
    world.configure(cheap={"to": receiver.url})
    receiver.answers = [500, 429, 200]
    assert world.run() == Told(new=1, sent_to=1)
    assert world.waited == list(WAIT_SECONDS[:2])
    assert len(set(receiver.keys)) == 1


def test_what_fails_still_is_told_by_the_next_run_with_what_is_new_by_then(world: World, receiver: Receiver) -> None:
    world.configure(cheap={"to": receiver.url})
    receiver.answers = [503] * (len(WAIT_SECONDS) + 1)
    told = world.run()
    assert told.problems == ["alerts.cheap to http: it answered 503: the next run tries again"]
    assert world.waited == list(WAIT_SECONDS)
    receiver.got.clear()
    world.publish(("a", 9_000, "great_deal"), ("b", 9_500, "great_deal"))
    assert world.run() == Told(new=1, sent_to=1)
    assert receiver.listings() == ["a", "b"]


def test_no_answer_is_never_sent_again_unless_a_person_wants_it(
    world: World, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channels, "TIMEOUT_SECONDS", 0.2)
    world.configure(cheap={"to": receiver.url})
    receiver.answers = [None]
    (problem,) = world.run().problems
    assert "did not answer" in problem
    assert "tasador alerts run --again" in problem
    assert world.run() == Told()
    assert world.states() == {"a": "unsure"}
    assert len(receiver.got) == 1
    assert world.run(again=True).sent_to == 1
    assert world.states() == {"a": "sent"}


@pytest.mark.parametrize(("answer", "state"), [(302, "pending"), (404, "pending"), (504, "unsure")])
def test_each_answer_is_taken_for_what_it_means(world: World, receiver: Receiver, answer: int, state: str) -> None:
    world.configure(cheap={"to": receiver.url})
    receiver.answers = [answer] * 9
    world.run()
    assert world.states() == {"a": state}


def test_who_is_not_reached_is_tried_again_and_no_address_is_shown(world: World, unreachable: str) -> None:
    world.configure(cheap={"to": unreachable})
    (problem,) = world.run().problems
    assert problem == "alerts.cheap to http: it cannot be reached: Connection refused: the next run tries again"
    with connect(world.home) as connection:
        (row,) = connection.execute("from alert_messages").fetchall()
    assert "token" not in str(row)
    assert world.states() == {"a": "pending"}


def test_a_process_that_was_killed_while_it_sent_sends_nothing_twice(world: World, receiver: Receiver) -> None:
    world.configure(cheap={"to": receiver.url})
    world.run()
    world.publish(("b", 9_500, "great_deal"))
    receiver.answers = [500] * 9
    world.run()
    with connect(world.home) as connection:
        begin_sending(connection, "cheap", address_hash(receiver.url), now())
    receiver.got.clear()
    receiver.answers.clear()
    assert world.run() == Told()
    assert world.states() == {"a": "sent", "b": "unsure"}
    assert receiver.got == []


def test_a_file_has_each_match_once_whatever_was_interrupted(world: World) -> None:
    world.configure(cheap={"to": "file:cheap.jsonl"})
    world.run()
    with connect(world.home) as connection:
        connection.execute(
            """
            update alert_messages
            set state = 'sending', body = '{"listing_id": "a", "asking_price": 9000.0}'
            """
        )
    assert world.run() == Told(sent_to=1)
    world.publish(("b", 9_500, "great_deal"))
    file = world.home.root / "alerts" / "cheap.jsonl"
    with file.open("a", encoding="utf-8") as cut_short:
        cut_short.write('{"alert": "che')
    world.run()
    first, broken, second = file.read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["listing_id"] for line in (first, second)] == ["a", "b"]
    assert broken == '{"alert": "che'


def test_each_address_gets_it_whatever_another_one_does(world: World, receiver: Receiver, unreachable: str) -> None:
    world.configure(cheap={"to": [unreachable, receiver.url, "file:cheap.jsonl"]})
    told = world.run()
    assert (told.new, told.sent_to, len(told.problems)) == (1, 2, 1)
    with pytest.raises(TasadorError, match="cannot be reached"):
        require_told({"cheap": told})
    counts = alert_counts(world.home).select("to", "sent", "pending", "unsure").rows()
    assert counts == [("http", 0, 1, 0), ("http", 1, 0, 0), ("file", 1, 0, 0)]


def test_two_processes_do_not_send_at_once(world: World) -> None:
    world.configure(cheap={"to": "file:cheap.jsonl"})
    with alone(world.home.root / ".alerts.lock", ""), pytest.raises(TasadorError, match="is sending alerts"):
        world.run()


def test_a_wrong_condition_keeps_no_other_alert_from_being_told(world: World) -> None:
    world.configure(wrong={"where": "ratting = 'x'", "to": "file:a.jsonl"}, cheap={"to": "file:cheap.jsonl"})
    told = run_alerts(world.home, wait=world.waited.append)
    assert "alerts.wrong finds nothing" in told["wrong"].problems[0]
    assert "rating" in told["wrong"].problems[0]
    assert told["cheap"].sent_to == 1
