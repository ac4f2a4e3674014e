"""Alerts: each new match is told once to each address, tried again where it has surely not arrived, and never twice."""

import json
import shutil
import socketserver
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner

from crawler.clock import ENVIRONMENT_VARIABLE, now
from crawler.errors import TasadorError, UsageError
from crawler.home import Home
from crawler.locks import alone
from flows.alerting import channels
from flows.alerting.matches import find_matches
from flows.alerting.message import MOST_LINES, write_message
from flows.alerting.settings import Alert, address_hash, expanded, read_alerts
from flows.cli import cli
from flows.steps.alerts import WAIT_SECONDS, Told, alert_counts, require_told, run_alerts, try_alert
from warehouse.alert_messages import begin_sending
from warehouse.connection import connect

# Apprise asks for it where Python still has it.
apprises_import = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")

TODAY = "2026-03-10T08:00:00+00:00"
DEAL = {"market": "us", "kind": "deal", "where": "rating = 'great_deal'"}


class Receiver:
    """A webhook on the loopback: answers as it is told, and keeps what it got."""

    def __init__(self) -> None:
        self.answers: list[int | None] = []
        self.got: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.released = threading.Event()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                receiver.got.append(json.loads(self.rfile.read(length)))
                receiver.keys.append(self.headers["Idempotency-Key"])
                answer = receiver.answers.pop(0) if receiver.answers else 200
                if answer is None:
                    receiver.released.wait(30)
                    return
                self.send_response(answer)
                self.send_header("Location", "/elsewhere")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def close(self) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def listings(self) -> list[str]:
        return [match["listing_id"] for message in self.got for match in message["matches"]]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture
def unreachable() -> str:
    with socketserver.TCPServer(("127.0.0.1", 0), socketserver.BaseRequestHandler) as server:
        return f"http://127.0.0.1:{server.server_address[1]}/token-of-mine"


class World:
    """A data folder with published tables and a tasador.toml, both as a test wants them."""

    def __init__(self, folder: Path) -> None:
        self.home = Home(folder / "data")
        self.config = folder / "tasador.toml"
        self.waited: list[float] = []
        self._versions = 0

    def publish(self, *deals: tuple[str, float, str]) -> None:
        """Publish deals: listing_id, asking price and rating."""
        self._versions += 1
        version = self.home.market_versions / f"market-{self._versions}.duckdb"
        version.parent.mkdir(parents=True, exist_ok=True)
        with duckdb.connect(str(version)) as connection:
            connection.execute(
                "create table deals (listing_id varchar, market varchar, make varchar, model varchar, url varchar, "
                "seller_name varchar, asking_price double, rating varchar)"
            )
            for listing_id, price, rating in deals:
                url = f"https://cars.example/{listing_id}"
                row = [listing_id, "us", "Honda", "Civic", url, "Jane Doe", price, rating]
                connection.execute("insert into deals values (?, ?, ?, ?, ?, ?, ?, ?)", row)
        self.home.market.unlink(missing_ok=True)
        self.home.market.symlink_to(version.relative_to(self.home.root))

    def configure(self, **alerts: dict[str, Any]) -> None:
        """Write a tasador.toml with these alerts."""
        lines = ['[markets.us]\ncurrency = "USD"']
        for name, table in alerts.items():
            lines += [f"[alerts.{name}]", *(f"{key} = {json.dumps(value)}" for key, value in table.items())]
        self.config.write_text("\n".join(lines), encoding="utf-8")

    def run(self, **how: bool) -> Told:
        """Run the one alert that there is."""
        (told,) = run_alerts(self.home, wait=self.waited.append, **how).values()
        return told

    def states(self) -> dict[str, str]:
        with connect(self.home) as connection:
            return dict(connection.execute("select listing_id, state from alert_messages").fetchall())


@pytest.fixture(scope="session")
def empty_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse with its migrations applied, which is most of what opening the first one takes."""
    home = Home(tmp_path_factory.mktemp("empty"))
    with connect(home):
        pass
    return home.warehouse


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, empty_warehouse: Path) -> World:
    world = World(tmp_path)
    world.home.root.mkdir()
    shutil.copy(empty_warehouse, world.home.warehouse)
    monkeypatch.setenv("TASADOR_CONFIG", str(world.config))
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, TODAY)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    world.configure()
    world.publish(("a", 9_000, "great_deal"), ("b", 9_500, "fair"))
    return world


def test_a_match_is_told_once_and_again_only_at_another_price(world: World, receiver: Receiver) -> None:
    world.configure(cheap=DEAL | {"to": receiver.url})
    assert world.run() == Told(new=1, sent_to=1)
    assert world.run() == Told()
    world.publish(("a", 9_000, "great_deal"), ("b", 9_500, "great_deal"))
    world.run()
    world.publish(("a", 8_500, "great_deal"), ("b", 9_500, "great_deal"))
    world.run()
    assert receiver.listings() == ["a", "b", "a"]
    assert world.waited == []


def test_a_message_says_what_the_car_is_and_nothing_of_a_person(world: World, receiver: Receiver) -> None:
    world.configure(cheap=DEAL | {"to": receiver.url})
    world.run()
    (got,) = receiver.got
    assert got["title"] == "Tasador cheap: 1 new deal"
    assert got["text"] == "Honda Civic, asks 9,000, great deal\n  https://cars.example/a"
    assert "Jane" not in json.dumps(got)
    with connect(world.home) as connection:
        assert connection.execute("select body, attempts from alert_messages").fetchall() == [(None, 1)]


def test_what_answers_500_is_tried_again_with_backoff_and_the_same_key(world: World, receiver: Receiver) -> None:
    world.configure(cheap=DEAL | {"to": receiver.url})
    receiver.answers = [500, 429, 200]
    assert world.run() == Told(new=1, sent_to=1)
    assert world.waited == list(WAIT_SECONDS[:2])
    assert len(set(receiver.keys)) == 1


def test_what_fails_still_is_told_by_the_next_run_with_what_is_new_by_then(world: World, receiver: Receiver) -> None:
    world.configure(cheap=DEAL | {"to": receiver.url})
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
    world.configure(cheap=DEAL | {"to": receiver.url})
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
    world.configure(cheap=DEAL | {"to": receiver.url})
    receiver.answers = [answer] * 9
    world.run()
    assert world.states() == {"a": state}


def test_who_is_not_reached_is_tried_again_and_no_address_is_shown(world: World, unreachable: str) -> None:
    world.configure(cheap=DEAL | {"to": unreachable})
    (problem,) = world.run().problems
    assert problem == "alerts.cheap to http: it cannot be reached: Connection refused: the next run tries again"
    with connect(world.home) as connection:
        (row,) = connection.execute("from alert_messages").fetchall()
    assert "token" not in str(row)
    assert world.states() == {"a": "pending"}


def test_a_process_that_was_killed_while_it_sent_sends_nothing_twice(world: World, receiver: Receiver) -> None:
    world.configure(cheap=DEAL | {"to": receiver.url})
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
    world.configure(cheap=DEAL | {"to": "file:cheap.jsonl"})
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
    world.configure(cheap=DEAL | {"to": [unreachable, receiver.url, "file:cheap.jsonl"]})
    told = world.run()
    assert (told.new, told.sent_to, len(told.problems)) == (1, 2, 1)
    with pytest.raises(TasadorError, match="cannot be reached"):
        require_told({"cheap": told})
    counts = alert_counts(world.home).select("to", "sent", "pending", "unsure").rows()
    assert counts == [("http", 0, 1, 0), ("http", 1, 0, 0), ("file", 1, 0, 0)]


def test_two_processes_do_not_send_at_once(world: World) -> None:
    world.configure(cheap=DEAL | {"to": "file:cheap.jsonl"})
    with alone(world.home.root / ".alerts.lock", ""), pytest.raises(TasadorError, match="is sending alerts"):
        world.run()


def test_a_wrong_condition_keeps_no_other_alert_from_being_told(world: World) -> None:
    world.configure(
        wrong=DEAL | {"where": "ratting = 'x'", "to": "file:a.jsonl"}, cheap=DEAL | {"to": "file:cheap.jsonl"}
    )
    told = run_alerts(world.home, wait=world.waited.append)
    assert "alerts.wrong finds nothing" in told["wrong"].problems[0]
    assert "rating" in told["wrong"].problems[0]
    assert told["cheap"].sent_to == 1


@pytest.mark.parametrize(
    "condition",
    [
        "true) or (true",
        "true; drop table deals",
        "exists (from read_csv('{file}'))",
        "exists (from read_text('{file}'))",
        "exists (from '{file}')",
        "exists (from glob('/*'))",
        "(delete from deals) is null",
        "count(*) > 0",
        "",
    ],
)
def test_a_condition_is_one_expression_over_published_tables(world: World, tmp_path: Path, condition: str) -> None:
    (tmp_path / "own.csv").write_text("a\n1\n", encoding="utf-8")
    alert = Alert("x", "us", "deal", ("file:x.jsonl",), condition.format(file=tmp_path / "own.csv"))
    with pytest.raises(TasadorError, match=r"alerts\.x finds nothing: "):
        find_matches(world.home, alert)


def test_a_condition_may_ask_other_published_tables(world: World) -> None:
    alert = Alert("x", "us", "deal", ("file:x.jsonl",), "asking_price < (select avg(asking_price) from deals) -- mine")
    assert [match["listing_id"] for match in find_matches(world.home, alert)] == ["a"]
    assert find_matches(world.home, Alert("x", "france", "deal", ("file:x.jsonl",))) == []


def test_a_price_drop_is_told_within_a_week(tmp_path: Path, world: World) -> None:
    with duckdb.connect(str(tmp_path / "drops.duckdb")) as connection:
        connection.execute(
            """
            create table price_drops as
            select *, 'us' as market, 'Honda' as make, 'USD' as currency, 9000.0 as asking_price
            from (values
                ('dropped', timestamptz '2026-03-09 00:00:00+00', 1000.0, 0.1),
                ('a_little', '2026-03-09 00:00:00+00', 50.0, 0.005),
                ('long_ago', '2026-02-09 00:00:00+00', 1000.0, 0.1)
            ) as said (listing_id, last_drop_at, last_drop, last_drop_share);
            create table predicted_prices as
            select 'dropped' as listing_id, 9500.0 as predicted_price, 9000.0 as lower, 10000.0 as upper
            """
        )
    world.home.market.unlink()
    world.home.market.symlink_to(tmp_path / "drops.duckdb")
    (match,) = find_matches(world.home, Alert("x", "us", "price_drop", ("file:x",), "last_drop_share >= 0.1"))
    assert match["listing_id"] == "dropped"
    message = write_message("x", "price_drop", [match])
    assert message.text == "Honda, asks 9,000 USD after a drop of 1,000, predicted 9,500"
    assert message.title == "Tasador x: 1 new price drop"


def test_hostile_text_stays_one_short_line_and_only_web_addresses_are_links() -> None:
    make = "=1+1\r\nBcc: all@example\x1b[31m <script>" + "x" * 10_000
    matches = [{"listing_id": "a", "asking_price": 1.0, "make": make, "url": "javascript:alert(1)"}]
    text = write_message("x", "deal", matches).text
    assert text.startswith("=1+1 Bcc: all@example [31m <script>xxx")
    assert "\n" not in text
    assert len(text) < 300
    assert "javascript" not in text


def test_people_read_the_first_and_programs_have_all() -> None:
    matches = [{"listing_id": str(number), "asking_price": None} for number in range(MOST_LINES + 5)]
    message = write_message("x", "deal", matches)
    assert message.text.splitlines()[-1] == "… and 5 more"
    assert len(message.matches) == MOST_LINES + 5


def test_a_test_message_goes_out_and_leaves_nothing_recorded(world: World, receiver: Receiver) -> None:
    world.configure(cheap=DEAL | {"to": receiver.url})
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
    world.configure(cheap=DEAL | {"to": "https://hooks.example/$NOT_THERE"})
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
    world.configure(cheap=DEAL | {"to": "file:a.jsonl"} | change)
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
    world.configure(cheap=DEAL | {"to": receiver.url})
    assert told("run") == ("cheap: 1 new, sent to 1 of its addresses\n", None)
    assert "http" in told("list")[0]
    receiver.answers = [404]
    output, error = told("test", "cheap")
    assert output == "cheap: listings that match now: 1; a test message to\n  1: http: failed, it answered 404\n"
    assert isinstance(error, TasadorError)
    assert isinstance(told("test", "chaep")[1], UsageError)


class Mail(socketserver.StreamRequestHandler):
    """As much of a mail server as is needed: takes letters, or refuses their receivers."""

    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        while line := self.rfile.readline().decode().strip():
            self._answer(line.split(":")[0].split()[0].upper())

    def _answer(self, command: str) -> None:
        if command == "DATA":
            self.wfile.write(b"354 go on\r\n")
            letter = b"".join(iter(self.rfile.readline, b".\r\n"))
            self.server.letters.append(letter.decode())  # type: ignore[attr-defined]
        refuses = command == "RCPT" and self.server.refuses  # type: ignore[attr-defined]
        self.wfile.write(b"550 unknown\r\n" if refuses else b"221 bye\r\n" if command == "QUIT" else b"250 ok\r\n")


@pytest.fixture
def mail() -> Iterator[Callable[[bool], tuple[str, list[str]]]]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mail) as server:
        server.letters = []  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()

        def serve(refuses: bool) -> tuple[str, list[str]]:
            server.refuses = refuses  # type: ignore[attr-defined]
            port = server.server_address[1]
            return f"mailto://127.0.0.1:{port}?from=a@cars.example&to=b@cars.example", server.letters  # type: ignore[attr-defined]

        yield serve
        server.shutdown()
        thread.join()


@apprises_import
def test_e_mail_goes_out_once(world: World, mail: Callable[[bool], tuple[str, list[str]]]) -> None:
    address, letters = mail(False)
    world.configure(cheap=DEAL | {"to": address})
    assert world.run() == Told(new=1, sent_to=1)
    assert world.run() == Told()
    (letter,) = letters
    assert "Subject: Tasador cheap: 1 new deal" in letter
    assert "https://cars.example/a" in letter


@apprises_import
def test_e_mail_that_is_refused_is_tried_again(
    world: World, mail: Callable[[bool], tuple[str, list[str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apprise.NotifyBase.request_rate_per_sec", 0)  # else it waits seconds between two
    address, letters = mail(True)
    world.configure(cheap=DEAL | {"to": address})
    (problem,) = world.run().problems
    assert problem == "alerts.cheap to mailto: it was refused or not reached: the next run tries again"
    assert letters == []
    assert world.states() == {"a": "pending"}


@apprises_import
def test_an_address_that_apprise_does_not_know_is_told_without_it(world: World) -> None:
    world.configure(cheap=DEAL | {"to": "carrierpigeon://secret"})
    (problem,) = world.run().problems
    assert "must be one that Apprise knows" in problem
    assert "secret" not in problem
