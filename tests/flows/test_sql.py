"""`tasador sql`: every format, dot commands, the prompt, and a market that nobody can change."""

import json
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
from io import BytesIO
from pathlib import Path
from typing import Any

import duckdb
import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from crawler.errors import TasadorError, UsageError
from crawler.home import Home
from flows.commands.sql import FORMATS
from flows.formats import FORMATS as WRITTEN_FORMATS
from flows.formats import format_of
from flows.prompt import MarketCompleter, history_file, prompt
from flows.steps.query import answer, answer_to_file
from flows.steps.statements import is_complete, statements
from warehouse.market import Market

QUERY = "select make, asking_price from listings order by make"


def publish_version(home: Home, number: int, *makes: str) -> None:
    """Put a version of a market in place, as a publish does."""
    home.market_versions.mkdir(parents=True, exist_ok=True)
    version = home.market_versions / f"market-{number}.duckdb"
    with duckdb.connect(str(version)) as connection:
        connection.execute("create table listings (make varchar, asking_price double)")
        connection.executemany("insert into listings values (?, 9000)", [[make] for make in makes])
        connection.execute("comment on table listings is 'one row per listing'")
        connection.execute("comment on column listings.make is 'manufacturer'")
    home.market.unlink(missing_ok=True)
    home.market.symlink_to(version.relative_to(home.root))


@pytest.fixture
def published(tmp_path: Path) -> Home:
    home = Home(tmp_path)
    publish_version(home, 1, "Honda", "Lada | Niva")
    return home


@pytest.fixture
def market(published: Home) -> Iterator[Market]:
    with Market(published) as market:
        yield market


def told(market: Market, text: str, how: str = "csv") -> str:
    stream = BytesIO()
    answer(market, text, how, stream, width=120)
    return stream.getvalue().decode()


def test_each_format_says_the_same(market: Market, tmp_path: Path) -> None:
    assert told(market, QUERY) == "make,asking_price\nHonda,9000.0\nLada | Niva,9000.0\n"
    rows = [{"make": make, "asking_price": 9000.0} for make in ("Honda", "Lada | Niva")]
    assert json.loads(told(market, QUERY, "json")) == rows
    assert [json.loads(line) for line in told(market, QUERY, "jsonl").splitlines()] == rows
    assert told(market, QUERY, "markdown").splitlines()[3] == "| Lada \\| Niva | 9000.0 |"
    assert "Honda" in told(market, QUERY, "table")
    answer_to_file(market, QUERY, "parquet", tmp_path / "found.parquet", width=120)
    assert len(duckdb.read_parquet(str(tmp_path / "found.parquet")).fetchall()) == 2


def test_the_command_offers_every_format() -> None:
    assert FORMATS == WRITTEN_FORMATS


def test_a_file_is_there_only_when_it_is_whole(market: Market, tmp_path: Path) -> None:
    with pytest.raises(TasadorError):
        answer_to_file(market, "from nowhere", "csv", tmp_path / "found.csv", width=120)
    assert not list(tmp_path.glob("found*"))


def test_a_parquet_file_holds_one_answer(market: Market) -> None:
    with pytest.raises(UsageError, match="one statement"):
        answer(market, "select 1; select 2;", "parquet", BytesIO(), width=120)


def test_a_file_s_name_says_its_format(tmp_path: Path) -> None:
    formats = {"a.csv": "csv", "a.JSON": "json", "a.jsonl": "jsonl", "a.parquet": "parquet", "a.md": "markdown"}
    assert {name: format_of(tmp_path / name) for name in formats} == formats
    with pytest.raises(UsageError, match=r"must end with one of \.table, \.csv"):
        format_of(tmp_path / "a.xls")


def test_a_folder_that_is_not_there_is_told(market: Market, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be written: No such file"):
        answer_to_file(market, QUERY, "csv", tmp_path / "none" / "found.csv", width=80)


def test_one_row_that_is_too_wide_is_turned_on_its_side(market: Market) -> None:
    columns = ", ".join(f"{number} as column_{number}" for number in range(20))
    assert "column_19" in told(market, f"select {columns}", "table")
    assert "column_11" not in told(market, f"select {columns} from listings", "table")


def test_meanings_are_wrapped_and_never_cut(market: Market) -> None:
    stream = BytesIO()
    answer(market, ".tables", "table", stream, width=30)
    lines = stream.getvalue().decode().splitlines()
    assert max(map(len, lines)) <= 30
    assert " ".join(line[18:].strip() for line in lines[3:]).strip() == "one row per listing"


def test_a_name_of_ours_is_no_table(market: Market) -> None:
    with pytest.raises(TasadorError, match="Table with name statement does not exist"):
        told(market, "from statement")


def test_dot_commands_tell_the_tables_and_what_their_columns_mean(market: Market) -> None:
    assert told(market, ".tables") == "table,rows,meaning\nlistings,2,one row per listing\n"
    assert told(market, ".describe listings").splitlines()[1] == "make,VARCHAR,manufacturer"


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        (".describe listing", "did you mean listings"),
        (".describe", "needs the name of one table"),
        (".tabels", "is no command: .help"),
        ("from listing", 'Did you mean "listings"'),
        ("selec 1", "syntax error"),
    ],
)
def test_what_is_wrong_is_told_in_one_line(market: Market, typed: str, hint: str) -> None:
    with pytest.raises(TasadorError, match=hint) as error:
        told(market, typed)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "change", ["delete from listings", "create table listings2 as select 1", "drop table listings"]
)
def test_the_published_tables_cannot_be_changed(market: Market, change: str) -> None:
    with pytest.raises(TasadorError, match="read-only"):
        told(market, change)


def test_files_of_ones_own_can_be_written_and_read(market: Market, tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    told(market, f"copy ({QUERY}) to '{file}'")
    assert told(market, f"select count(*) as n from '{file}'") == "n\n2\n"


def test_a_session_sees_each_publish_and_keeps_what_it_made(market: Market, published: Home) -> None:
    told(market, "create temp table mine as select 1 as n")
    publish_version(published, 2, "Honda", "Lada", "Seat")
    assert told(market, "select count(*) as n from listings; from mine;") == "n\n3\nn\n1\n"


def test_a_transaction_stays_with_what_it_saw(market: Market, published: Home) -> None:
    told(market, "begin; create temp table mine as from listings")
    publish_version(published, 2, "Honda", "Lada", "Seat")
    count = "select count(*) as n from listings;"
    assert told(market, f"{count} commit; {count}") == "n\n2\nn\n3\n"
    with pytest.raises(TasadorError):
        told(market, "begin; from nowhere")
    publish_version(published, 3, "Honda")
    assert told(market, f"rollback; {count}") == "n\n1\n"


def test_nothing_published_says_what_to_run(tmp_path: Path) -> None:
    with Market(Home(tmp_path)) as market, pytest.raises(TasadorError, match="run `tasador refresh`"):
        told(market, "select 1")


def test_a_text_is_taken_apart_at_semicolons_and_dot_commands() -> None:
    text = "select 1,\n  2;\n.tables\n\nselect ';'\n, 3; from listings"
    assert list(statements(text)) == ["select 1,\n  2;", ".tables", "select ';'\n, 3;", "from listings"]


@pytest.mark.parametrize(
    "statement",
    [
        "select 'it''s;\n' as x;",
        'select 1 as "a;\nb";',
        "select $q$;\n'$q$;",
        "select 1 -- a;\n;",
        "select /* ;\n */ 1;",
    ],
)
def test_a_semicolon_within_quotes_or_a_comment_ends_nothing(statement: str) -> None:
    assert list(statements(f"-- first\n{statement} .help\n")) == [statement, ".help"]
    assert is_complete(statement)
    assert not is_complete(statement[: statement.index(";") + 1])


def test_nothing_but_comments_is_complete(market: Market) -> None:
    assert is_complete(" -- nothing;\n/* yet */")
    assert told(market, " -- nothing;\n/* yet */") == ""


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


def test_names_and_words_of_sql_are_completed(market: Market, published: Home) -> None:
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
def test_ctrl_c_stops_a_query_and_the_next_one_is_answered(market: Market, how: str, query: str) -> None:
    ctrl_c = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
    ctrl_c.start()
    with pytest.raises(KeyboardInterrupt):
        told(market, query, how)
    ctrl_c.join()
    assert told(market, "select 42 as n") == "n\n42\n"


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


def test_a_locale_without_utf_8_takes_nothing_from_a_statement(published: Home) -> None:
    command = [sys.executable, "-m", "flows.cli", "--home", str(published.root), "sql", "--format", "csv"]
    bare = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = subprocess.run([*command, "select 'é€' as t"], env=bare, capture_output=True, check=True)
    assert done.stdout.decode() == "t\né€\n"
    wrong = subprocess.run(command, input=b"select '\xff'", env=bare, capture_output=True, check=False)
    assert (wrong.returncode, wrong.stderr) == (2, b"tasador: statements must be UTF-8, got b'\\xff'\n")


def test_the_prompt_is_not_opened_where_nothing_is_published(tmp_path: Path) -> None:
    with Market(Home(tmp_path)) as nothing, pytest.raises(TasadorError, match="is not there yet"):
        prompt(nothing)


def test_statements_come_from_another_program(published: Home) -> None:
    from click.testing import CliRunner

    from flows.cli import cli

    done = CliRunner().invoke(cli, ["--home", str(published.root), "sql", "--format", "csv"], input=QUERY)
    assert done.output.startswith("make,asking_price\nHonda")
