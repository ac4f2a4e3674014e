"""`tasador sql`: every format, dot commands, statements, and a market that nobody can change."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import duckdb
import pytest

from crawler.errors import TasadorError, UsageError
from crawler.home import Home
from flows.commands.sql import FORMATS
from flows.formats import FORMATS as WRITTEN_FORMATS
from flows.formats import format_of
from flows.steps.query import answer, answer_to_file
from flows.steps.statements import is_complete, statements
from warehouse.market import Market

QUERY = "select make, asking_price from listings order by make"

Tell = Callable[..., str]
Publish = Callable[..., None]


def test_each_format_says_the_same(told: Tell, market: Market, tmp_path: Path) -> None:
    assert told(QUERY) == "make,asking_price\nHonda,9000.0\nLada | Niva,9000.0\n"
    rows = [{"make": make, "asking_price": 9000.0} for make in ("Honda", "Lada | Niva")]
    assert json.loads(told(QUERY, "json")) == rows
    assert [json.loads(line) for line in told(QUERY, "jsonl").splitlines()] == rows
    assert told(QUERY, "markdown").splitlines()[3] == "| Lada \\| Niva | 9000.0 |"
    assert "Honda" in told(QUERY, "table")
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


def test_one_row_that_is_too_wide_is_turned_on_its_side(told: Tell) -> None:
    columns = ", ".join(f"{number} as column_{number}" for number in range(20))
    assert "column_19" in told(f"select {columns}", "table")
    assert "column_11" not in told(f"select {columns} from listings", "table")


def test_meanings_are_wrapped_and_never_cut(market: Market) -> None:
    stream = BytesIO()
    answer(market, ".tables", "table", stream, width=30)
    lines = stream.getvalue().decode().splitlines()
    assert max(map(len, lines)) <= 30
    assert " ".join(line[18:].strip() for line in lines[3:]).strip() == "one row per listing"


def test_a_name_of_ours_is_no_table(told: Tell) -> None:
    with pytest.raises(TasadorError, match="Table with name statement does not exist"):
        told("from statement")


def test_dot_commands_tell_the_tables_and_what_their_columns_mean(told: Tell) -> None:
    assert told(".tables") == "table,rows,meaning\nlistings,2,one row per listing\n"
    assert told(".describe listings").splitlines()[1] == "make,VARCHAR,manufacturer"


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
def test_what_is_wrong_is_told_in_one_line(told: Tell, typed: str, hint: str) -> None:
    with pytest.raises(TasadorError, match=hint) as error:
        told(typed)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "change", ["delete from listings", "create table listings2 as select 1", "drop table listings"]
)
def test_the_published_tables_cannot_be_changed(told: Tell, change: str) -> None:
    with pytest.raises(TasadorError, match="read-only"):
        told(change)


def test_files_of_ones_own_can_be_written_and_read(told: Tell, tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    told(f"copy ({QUERY}) to '{file}'")
    assert told(f"select count(*) as n from '{file}'") == "n\n2\n"


def test_a_session_sees_each_publish_and_keeps_what_it_made(told: Tell, publish_makes: Publish) -> None:
    told("create temp table mine as select 1 as n")
    publish_makes("Honda", "Lada", "Seat")
    assert told("select count(*) as n from listings; from mine;") == "n\n3\nn\n1\n"


def test_a_transaction_stays_with_what_it_saw(told: Tell, publish_makes: Publish) -> None:
    told("begin; create temp table mine as from listings")
    publish_makes("Honda", "Lada", "Seat")
    count = "select count(*) as n from listings;"
    assert told(f"{count} commit; {count}") == "n\n2\nn\n3\n"
    with pytest.raises(TasadorError):
        told("begin; from nowhere")
    publish_makes("Honda")
    assert told(f"rollback; {count}") == "n\n1\n"


def test_nothing_published_says_what_to_run(tmp_path: Path) -> None:
    with Market(Home(tmp_path)) as market, pytest.raises(TasadorError, match="run `tasador refresh`"):
        answer(market, "select 1", "csv", BytesIO(), width=120)


def test_a_locale_without_utf_8_takes_nothing_from_a_statement(published: Home) -> None:
    command = [sys.executable, "-m", "flows.cli", "--home", str(published.root), "sql", "--format", "csv"]
    bare = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = subprocess.run([*command, "select 'é€' as t"], env=bare, capture_output=True, check=True)
    assert done.stdout.decode() == "t\né€\n"
    wrong = subprocess.run(command, input=b"select '\xff'", env=bare, capture_output=True, check=False)
    assert (wrong.returncode, wrong.stderr) == (2, b"tasador: statements must be UTF-8, got b'\\xff'\n")


def test_statements_come_from_another_program(published: Home) -> None:
    from click.testing import CliRunner

    from flows.cli import cli

    done = CliRunner().invoke(cli, ["--home", str(published.root), "sql", "--format", "csv"], input=QUERY)
    assert done.output.startswith("make,asking_price\nHonda")


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


def test_nothing_but_comments_is_complete(told: Tell) -> None:
    assert is_complete(" -- nothing;\n/* yet */")
    assert told(" -- nothing;\n/* yet */") == ""
