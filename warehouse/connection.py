"""Opening the private warehouse, for writing; what is published is opened by warehouse/market.py.

DuckDB lets one process write and then nobody else even read, so whoever writes opens, does its work and closes.
"""

import logging
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import duckdb

from crawler.errors import InUseError, TasadorError
from crawler.home import Home
from crawler.sites import read_lake
from warehouse.full_disk import full_disk_told
from warehouse.lake import lake_errors_told, open_lake
from warehouse.migrate import migrate
from warehouse.quoting import quoted

logger = logging.getLogger(__name__)

SECONDS_BETWEEN_TRIES = 0.1

# Of the private file, which only Tasador's own DuckDB opens: from 1.2 on, strings can be compressed by zstd.
STORAGE_VERSION = "v1.5.0"

# What DuckDB says before the words of a TasadorError that a function of ours raised.
OF_A_FUNCTION = "Invalid Input Error: Python exception occurred while executing the UDF: TasadorError: "

# What needs more is done on disk: a refresh is a neighbour of whatever else the machine does.
MEMORY = "2GB"


@contextmanager
def connect(home: Home, *, wait_seconds: float | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the warehouse for writing, with its migrations applied, and close it at the end.

    It is the data folder's own file, or the lake that the configuration names: that one is never locked. While
    another process has the file open, wait ``wait_seconds``; by default $TASADOR_WAIT_SECONDS, else 30.

    Raises:
        InUseError: another process still has it open after that time.
        AwayError: the lake's PostgreSQL is not there, or went away.
        TasadorError: it is no database, or the disk is full.
    """
    home.root.mkdir(parents=True, exist_ok=True)
    seconds = float(os.environ.get("TASADOR_WAIT_SECONDS", "30")) if wait_seconds is None else wait_seconds
    lake = read_lake()
    connection = open_lake(lake) if lake else _open_when_free(home.warehouse, time.monotonic() + seconds)
    try:
        with full_disk_told(home.root), lake_errors_told(lake) if lake else nullcontext():
            connection.execute("set TimeZone = 'UTC'")
            connection.execute(f"set memory_limit = '{MEMORY}'")
            connection.execute(f"set temp_directory = {quoted(home.root / '.temporary')}")
            migrate(connection)
            yield connection
    finally:
        connection.close()


def first_line(error: Exception) -> str:
    """Return in one line what DuckDB says and which names it would know, without the excerpt below."""
    words = " ".join(re.split(r"\n\n|\tCandidate functions", str(error))[0].split())
    return words.removeprefix(OF_A_FUNCTION)


def _open_when_free(path: Path, deadline: float) -> duckdb.DuckDBPyConnection:
    is_told = False
    while True:
        try:
            return duckdb.connect(str(path), config={"storage_compatibility_version": STORAGE_VERSION})
        except duckdb.Error as error:
            if "Could not set lock" not in str(error):
                raise TasadorError(f"{path} cannot be opened: {first_line(error)}") from error
            if time.monotonic() >= deadline:
                raise InUseError(f"{path} is in use by {_holder(error)}: try again when it is done") from error
            if not is_told:
                logger.warning("waiting for %s, which has %s open", _holder(error), path)
                is_told = True
        time.sleep(SECONDS_BETWEEN_TRIES)


def _holder(error: duckdb.Error) -> str:
    found = re.search(r"PID (\d+)", str(error))
    return f"process {found[1]}" if found else "another process"
