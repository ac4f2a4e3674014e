"""E-mail through Apprise: sent once, tried again where a server refuses it."""

import socketserver
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from flows.steps.alerts import Told

World = Any

# Apprise asks for it where Python still has it.
apprises_import = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")


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
    world.configure(cheap={"to": address})
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
    world.configure(cheap={"to": address})
    (problem,) = world.run().problems
    assert problem == "alerts.cheap to mailto: it was refused or not reached: the next run tries again"
    assert letters == []
    assert world.states() == {"a": "pending"}


@apprises_import
def test_an_address_that_apprise_does_not_know_is_told_without_it(world: World) -> None:
    world.configure(cheap={"to": "carrierpigeon://secret"})
    (problem,) = world.run().problems
    assert "must be one that Apprise knows" in problem
    assert "secret" not in problem
