"""`tasador sql`: every format, dot commands, the prompt, and a market that nobody can change."""

import json
from collections.abc import Callable, Iterator
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
from flows.prompt import MarketCompleter, history_file, prompt
from flows.steps.query import answer, answer_to_file
from flows.steps.statements import statements
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


def test_nothing_published_says_what_to_run(tmp_path: Path) -> None:
    with Market(Home(tmp_path)) as market, pytest.raises(TasadorError, match="run `tasador refresh`"):
        told(market, "select 1")


def test_a_text_is_taken_apart_at_semicolons_and_dot_commands() -> None:
    text = "select 1,\n  2;\n.tables\n\nselect ';'\n, 3;\nfrom listings"
    assert list(statements(text)) == ["select 1,\n  2;", ".tables", "select ';'\n, 3;", "from listings"]


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


def test_ctrl_c_abandons_the_line(typed: Callable[[str], None], capfdbinary: Any) -> None:
    typed("select 'not this'\x03select 'this' as said;\n\x04")
    said = capfdbinary.readouterr().out
    assert b"this" in said
    assert b"not this" not in said


def test_statements_come_from_another_program(published: Home) -> None:
    from click.testing import CliRunner

    from flows.cli import cli

    done = CliRunner().invoke(cli, ["--home", str(published.root), "sql", "--format", "csv"], input=QUERY)
    assert done.output.startswith("make,asking_price\nHonda")
