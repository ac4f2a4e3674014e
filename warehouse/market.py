"""Reading what is published: always the newest version, read-only, and nothing fetched unasked."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import duckdb

from crawler.errors import TasadorError
from crawler.home import Home
from warehouse.connection import first_line
from warehouse.quoting import quoted

# Files of this machine may be read and written by a query; extensions and secrets are not looked for.
SETTINGS = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
    "allow_persistent_secrets": False,
    # else `from listing` would find a Python variable of ours before it finds that there is no such table
    "python_enable_replacements": False,
    "temp_directory": f"{tempfile.gettempdir()}/tasador-{os.getpid()}",
}


class Market:
    """A private DuckDB in which the newest published version is attached, as the database ``market``.

    What a session makes for itself (settings, temporary tables) outlives a publish.
    """

    def __init__(self, home: Home) -> None:
        self._home = home
        self._version: Path | None = None
        self._connection = duckdb.connect(config=dict(SETTINGS))
        self._connection.execute("set TimeZone = 'UTC'")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._connection.close()

    @property
    def version(self) -> Path | None:
        """The published file that is attached, which a statement sees from its beginning to its end."""
        return self._version

    @contextmanager
    def newest(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Give the connection, with the newest version attached; what is wrong with a query becomes one line.

        Raises:
            TasadorError: nothing has been published yet, or DuckDB refuses a query.
            KeyboardInterrupt: Ctrl-C stopped a query.
        """
        try:
            self._attach_newest()
            yield self._connection
        except duckdb.Error as error:
            raise TasadorError(first_line(error)) from error
        except KeyboardInterrupt:
            self._connection.interrupt()
            raise
        except RuntimeError as error:
            if "interrupted" not in str(error):
                raise
            # DuckDB's threads still work on the query: the next one would wait until they are done
            self._connection.interrupt()
            raise KeyboardInterrupt from error

    def _attach_newest(self) -> None:
        version = self._home.market.resolve()
        if not version.exists():
            raise TasadorError(
                f"{self._home.market} is not there yet: run `tasador refresh`, or `tasador demo` to try it out"
            )
        if version != self._version and not self._is_in_transaction():
            self._connection.execute("use memory")
            self._connection.execute("detach database if exists market")
            self._connection.execute(f"attach {quoted(version)} as market (read_only)")
            self._connection.execute("use market")
            self._version = version

    def _is_in_transaction(self) -> bool:
        """Tell whether a session began a transaction: until its end it stays with the version that it saw."""
        try:
            ids = {self._connection.execute("select txid_current()").fetchone() for _ in range(2)}
        except duckdb.TransactionException:  # it failed, and waits for a rollback
            return True
        return len(ids) == 1


@contextmanager
def open_market(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give a connection that reads the newest published version, and close it at the end.

    Raises:
        TasadorError: nothing has been published yet, or DuckDB refuses a query.
    """
    with Market(home) as market, market.newest() as connection:
        yield connection
