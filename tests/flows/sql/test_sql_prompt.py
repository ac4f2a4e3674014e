"""The prompt of `tasador sql`: history, completion, and Ctrl-C, which stops a query and not the session."""

import os
import pty
import select
import signal
import subprocess
import sys
import termios
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from crawler.errors import TasadorError
from crawler.home import Home
from flows.prompt import MarketCompleter, history_file, prompt
from warehouse.market import Market

Tell = Callable[..., str]


@pytest.fixture
def typed(market: Market, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Type keys at the prompt."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))

    def type_keys(keys: str) -> None:
        with create_pipe_input() as pipe, create_app_session(input=pipe, output=DummyOutput()):
            pipe.send_text(keys)
            prompt(market)

    yield type_keys


def test_the_prompt_answers_until_it_is_left(typed: Callable[[str], None], capfdbinary: Any) -> None:
    typed("select 40\n + 2 as n;\nfrom listing;\n.tables\n.quit\n")
    said = capfdbinary.readouterr()
    assert b"42" in said.out
    assert b"one row per listing" in said.out
    assert said.err.count(b"\n") == 1
    assert b"Did you mean" in said.err


def test_the_prompt_remembers_what_was_typed(typed: Callable[[str], None], capfdbinary: Any) -> None:
    typed("select 40 + 2 as n;\n\x04")
    assert "select 40 + 2 as n;" in history_file().read_text(encoding="utf-8")
    capfdbinary.readouterr()
    typed("\x10\n\x04")  # Ctrl-P: the statement before
    assert b"42" in capfdbinary.readouterr().out


def test_names_and_words_of_sql_are_completed(market: Market) -> None:
    def completed(text: str) -> list[str]:
        return [found.text for found in MarketCompleter(market).get_completions(Document(text), CompleteEvent())]

    assert completed("select max(asking_") == ["asking_price"]
    assert completed("select listings.ma") == ["make"]
    assert "listings" in completed("from LIST")
    assert "having" in completed("hav")
    assert completed(".de") == [".describe"]
    assert completed(".describe li") == ["listings"]


def test_ctrl_c_abandons_the_line(typed: Callable[[str], None], capfdbinary: Any) -> None:
    typed("select 'not this'\x03select 'this' as said;\n\x04")
    said = capfdbinary.readouterr().out
    assert b"this" in said
    assert b"not this" not in said


LONG = "from range(10000000000) where hash(range) % 7 = 1"


@pytest.mark.parametrize(
    ("how", "query"),
    [
        ("table", f"select count(*) {LONG}"),
        ("table", f"create temp table kept as {LONG}"),
        ("csv", LONG),
        ("markdown", f"select max(range) {LONG}"),
    ],
)
def test_ctrl_c_stops_a_query_and_the_next_one_is_answered(told: Tell, how: str, query: str) -> None:
    ctrl_c = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
    ctrl_c.start()
    with pytest.raises(KeyboardInterrupt):
        told(query, how)
    ctrl_c.join()
    assert told("select 42 as n") == "n\n42\n"


def read_until(terminal: int, awaited: bytes) -> None:
    """Read what is shown on a terminal until it shows something."""
    said = b""
    while awaited not in said:
        assert select.select([terminal], [], [], 30)[0], f"no {awaited!r} in {said!r}"
        said += os.read(terminal, 1)


def test_ctrl_c_on_a_terminal_stops_a_query_and_the_prompt_goes_on(published: Home, tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (40, 100))
    command = [sys.executable, "-m", "flows.cli", "--home", str(published.root), "sql"]
    plain = {**os.environ, "XDG_STATE_HOME": str(tmp_path), "PROMPT_TOOLKIT_NO_CPR": "1", "TERM": "xterm"}
    dialogue = [
        (("tasador>",), f"select 'begun' as said; select count(*) {LONG};\r"),
        (("│ begun",), "\x03"),
        (("stopped", "tasador>"), "select 6 * 7 as n;\r"),
        (("42 │", "tasador>"), "\x04"),
    ]
    with subprocess.Popen(command, env=plain, preexec_fn=partial(os.login_tty, theirs), pass_fds=[theirs]) as session:
        try:
            for awaited, typed in dialogue:
                for words in awaited:
                    read_until(ours, words.encode())
                os.write(ours, typed.encode())
            assert session.wait(30) == 0
        finally:
            session.kill()
    os.close(ours)
    os.close(theirs)


def test_the_prompt_is_not_opened_where_nothing_is_published(tmp_path: Path) -> None:
    with Market(Home(tmp_path)) as nothing, pytest.raises(TasadorError, match="is not there yet"):
        prompt(nothing)
