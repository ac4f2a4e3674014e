"""The prompt of `tasador sql`: history across sessions, completion, statements of several lines."""

import os
import re
import sys
import time
from collections.abc import Iterable
from pathlib import Path

import click
from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion, WordCompleter
from prompt_toolkit.document import Document
from prompt_toolkit.filters import Condition
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.lexers import PygmentsLexer
from pygments.lexers.sql import SqlLexer

from crawler.errors import TasadorError
from flows.steps.predict_in_sql import FUNCTIONS
from flows.steps.query import answer
from flows.steps.statements import DOT_COMMANDS, is_complete, is_dot_command, names
from warehouse.market import Market

KEYWORDS = "select keyword_name from duckdb_keywords() where keyword_category = 'reserved' order by all"
# More is for a file: --output.
ROWS = 40


def history_file() -> Path:
    """Return where what was typed is remembered: it is the person's, not the data folder's."""
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state) / "tasador" / "sql_history"


def prompt(market: Market) -> None:
    """Answer until the person leaves; what is wrong is told in one line, and the prompt goes on.

    Raises:
        TasadorError: nothing is published yet.
    """
    with market.newest():
        session = _session(market)
    click.echo("The published tables, read-only. .tables lists them, .help helps, Ctrl-D leaves.")
    while True:
        try:
            typed = session.prompt("tasador> ", prompt_continuation="    ...> ")
        except KeyboardInterrupt:
            continue
        except EOFError:
            return
        if typed.strip().rstrip(";") in (".quit", ".exit"):
            return
        _answer(market, typed)


def _answer(market: Market, typed: str) -> None:
    started = time.monotonic()
    try:
        answer(market, typed, "table", sys.stdout.buffer, width=_width(), rows=ROWS)
    except TasadorError as error:
        click.echo(f"tasador: {error}", err=True)
    except KeyboardInterrupt:
        click.echo("stopped", err=True)
    else:
        if typed.strip():
            click.secho(f"{time.monotonic() - started:.2f} s", dim=True)


def _width() -> int:
    return os.get_terminal_size().columns if sys.stdout.isatty() else 120


class MarketCompleter(Completer):
    """Complete dot commands, the names of the newest publish, and the words of SQL."""

    def __init__(self, market: Market) -> None:
        self._market = market

    def get_completions(self, document: Document, event: CompleteEvent) -> Iterable[Completion]:
        """Give what the word before the cursor may become."""
        if re.fullmatch(r"\s*\.\w*", document.text_before_cursor):
            completer = WordCompleter(list(DOT_COMMANDS), pattern=re.compile(r"\.\w*"))
        else:
            completer = WordCompleter(self._words(is_dot_command(document.text)), ignore_case=True)
        return completer.get_completions(document, event)

    def _words(self, only_tables: bool) -> list[str]:
        with self._market.newest() as connection:
            tables, columns = names(connection)
            keywords = [] if only_tables else [word for (word,) in connection.execute(KEYWORDS).fetchall()]
        return tables if only_tables else sorted({*tables, *columns, *keywords, *FUNCTIONS})


def _session(market: Market) -> PromptSession[str]:
    session: PromptSession[str] = PromptSession(
        history=_history(),
        lexer=PygmentsLexer(SqlLexer),
        completer=MarketCompleter(market),
        complete_while_typing=False,
        multiline=Condition(lambda: not is_complete(session.default_buffer.text)),
    )
    return session


def _history() -> History:
    file = history_file()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
    except OSError:  # a home folder that cannot be written to is no reason not to answer
        return InMemoryHistory()
    return FileHistory(str(file))
