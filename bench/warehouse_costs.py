"""What bringing a warehouse up to its landing files costs, in a process of its own: seconds by step and peak memory."""

import os
import resource
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import duckdb

from crawler.home import Home
from warehouse.connection import connect
from warehouse.load import load_landing
from warehouse.publish import publish
from warehouse.refresh import refresh

READ_BARE = """
create table bare as
from read_json(
    $parts, format = 'newline_delimited', compression = 'zstd',
    columns = {
        site: 'varchar', market: 'varchar', currency: 'varchar', distance_unit: 'varchar', crawl_run_id: 'varchar',
        scraped_at: 'varchar', listing_id: 'varchar', kind: 'varchar', page: 'varchar', listing: 'varchar'
    }
)
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of each step, and CPU seconds (user and system) and peak memory of the process that did them all."""

    seconds: dict[str, float]
    cpu_seconds: float
    peak_mb: float

    @property
    def total(self) -> float:
        """The seconds of all steps."""
        return sum(self.seconds.values())


def alone(work: Callable[..., dict[str, float]], *arguments: Any) -> Cost:
    """Do the work in a process that does nothing else; it returns the seconds of its steps."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_silence) as pool:
        return pool.submit(_counted, work, arguments).result()


def load_bare(landing: str, database: Path) -> dict[str, float]:
    """Let DuckDB read the parts into a table of strings in a new file."""
    seconds: dict[str, float] = {}
    parts = sorted(map(str, Path(landing).glob("*/*/part-*.jsonl.zst")))
    database.unlink(missing_ok=True)
    with _timed(seconds, "load"), duckdb.connect(str(database)) as connection:
        connection.execute(READ_BARE, {"parts": parts})
    return seconds


def load_ours(home: Home) -> dict[str, float]:
    """Load what has landed into a new warehouse."""
    home.warehouse.unlink(missing_ok=True)
    with connect(home):
        pass  # tables are made once in a warehouse's life
    seconds: dict[str, float] = {}
    with _timed(seconds, "load"), connect(home) as connection:
        load_landing(connection, home.landing)
    return seconds


def bring_up(home: Home) -> dict[str, float]:
    """Do what `tasador refresh` does."""
    seconds: dict[str, float] = {}
    with connect(home) as connection:
        with _timed(seconds, "load"):
            load_landing(connection, home.landing)
        with _timed(seconds, "refresh"):
            refresh(connection)
    with _timed(seconds, "publish"):
        publish(home)
    return seconds


def _silence() -> None:
    """Keep DuckDB's progress bar, which it shows where it takes a process for an interactive one, from our lines."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


@contextmanager
def _timed(seconds: dict[str, float], step: str) -> Iterator[None]:
    started = time.monotonic()
    yield
    seconds[step] = time.monotonic() - started


def _counted(work: Callable[..., dict[str, float]], arguments: tuple[Any, ...]) -> Cost:
    before = time.process_time()
    seconds = work(*arguments)
    cpu_seconds = time.process_time() - before
    return Cost(seconds, cpu_seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
