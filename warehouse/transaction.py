"""All or nothing: the one way in which the warehouse is changed, alone or beside others who change it too."""

import logging
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TypeVar

import duckdb

from crawler.errors import TasadorError

logger = logging.getLogger(__name__)

TRIES = 50
LONGEST_WAIT_SECONDS = 2.0

Result = TypeVar("Result")


@contextmanager
def transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Commit everything inside at once, or nothing of it."""
    connection.begin()
    try:
        yield
    except BaseException:
        with suppress(duckdb.Error):  # a full disk has undone it already; that is what is to be told
            connection.rollback()
        raise
    connection.commit()


def in_transaction(connection: duckdb.DuckDBPyConnection, work: Callable[[], Result]) -> Result:
    """Do some work in a transaction, anew on what is there now as often as another's commit conflicts with it.

    The work must be repeatable: what it leaves outside the warehouse, doing it again puts right.

    Raises:
        TasadorError: it conflicted each of TRIES times.
    """
    for attempt in range(TRIES):
        try:
            with transaction(connection):
                return work()
        except duckdb.TransactionException as error:
            if "conflict" not in str(error).lower():
                raise
            logger.info("another commit came first, try %d: %s", attempt + 1, error)
            last = error
        time.sleep(random.uniform(0, min(LONGEST_WAIT_SECONDS, 0.02 * 2**attempt)))
    raise TasadorError(f"the warehouse is being changed by others, {TRIES} tries conflicted: run this again") from last
