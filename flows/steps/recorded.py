"""Recording stations: whoever runs one, a command or a flow, it leaves a row of ops_runs and lines in the log.

What cannot be recorded, because another process has the warehouse open, is recorded by the next station.
"""

import logging
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import duckdb

from crawler.clock import now
from crawler.errors import InUseError, TasadorError
from crawler.home import Home
from crawler.masking import masked
from crawler.sites import read_lake
from flows.logs import TOLD_ANYWAY, logged
from warehouse.connection import connect
from warehouse.ops_runs import OpsRun, begin, end, load_ops_runs
from warehouse.publish import publish_ops_runs

logger = logging.getLogger(__name__)

# Whoever has the warehouse open for longer loads what was written here meanwhile when he publishes.
WAIT_SECONDS = 2.0
LONGEST_ERROR = 1_000

_is_part: ContextVar[bool] = ContextVar("is_part", default=False)


@contextmanager
def recorded(home: Home, station: str, subject: str | None = None) -> Iterator[OpsRun]:
    """Record that a station runs, on a site or market or on all, and how it ends.

    Whoever knows ``crawl_run_id``, ``model_run_id`` and ``rows`` of what is yielded sets them; who goes on after a
    failure says so by ``error``.
    """
    run = OpsRun(station, subject)
    with recorded_at_once(home), logged(home, run), _journalled(home, run):
        logger.info("%s began", run)
        began = time.monotonic()
        try:
            yield run
            run.outcome = "failed" if run.error else "succeeded"
        except BaseException as error:
            run.outcome, run.error = "failed", _words(error)
            raise
        finally:
            run.finished_at, run.seconds = now(), round(time.monotonic() - began, 3)
            _log_end(run)


@contextmanager
def recorded_at_once(home: Home) -> Iterator[None]:
    """Let the stations inside reach warehouse and market.duckdb together, when the outermost of them has ended."""
    if _is_part.get():
        yield
        return
    before = _is_part.set(True)
    try:
        yield
    finally:
        _is_part.reset(before)
        with _never_failing("what ran is told by the next station"):
            _tell(home)


@contextmanager
def _journalled(home: Home, run: OpsRun) -> Iterator[None]:
    file = None
    with _never_failing(f"this run of {run} is not recorded"):
        file = begin(home, run)
    try:
        yield
    finally:
        if file:
            with _never_failing(f"the end of {run} is not recorded"):
                end(file, run)


def _log_end(run: OpsRun) -> None:
    """Log how a run ended, which whoever asked for it is told anyway; a defect of ours with its traceback."""
    if run.outcome == "succeeded":
        logger.info("%s succeeded", run)
    else:
        error = sys.exc_info()[1]
        is_defect = isinstance(error, Exception) and not isinstance(error, TasadorError)
        logger.error("%s failed: %s", run, run.error, exc_info=is_defect, extra=TOLD_ANYWAY)


def _words(error: BaseException) -> str:
    """Return in one line without secrets why a run failed."""
    words = str(error) if isinstance(error, TasadorError) else f"{type(error).__name__}: {error}".rstrip(": ")
    return masked(" ".join(words.split()))[:LONGEST_ERROR]


def _tell(home: Home) -> None:
    """Load what was written and publish it; a machine that only crawls has no warehouse to load it into."""
    if home.warehouse.exists() or read_lake():
        with connect(home, wait_seconds=WAIT_SECONDS) as connection:
            load_ops_runs(connection, home)
            publish_ops_runs(connection, home)


@contextmanager
def _never_failing(otherwise: str) -> Iterator[None]:
    """Let no station fail because it cannot be recorded."""
    try:
        yield
    except InUseError as error:
        logger.info("%s: %s", otherwise, error)
    except (OSError, TasadorError, duckdb.Error) as error:
        logger.warning("%s: %s", otherwise, error)
