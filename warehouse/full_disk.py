"""A full disk told in one line: DuckDB and Python each say it in their own words."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from crawler.errors import TasadorError

ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
# DuckDB quotes the system's words, in whatever class of error.
WORDS = ("No space left on device", "Disk quota exceeded", "File too large", "max_temp_directory_size")

FULL_DISK = (
    "the disk is full: nothing is lost, and what was published last still answers. "
    "Free some space (`tasador doctor` shows what is large) and run this again"
)


@contextmanager
def full_disk_told(folder: Path) -> Iterator[None]:
    """Run what writes below a folder.

    Raises:
        TasadorError: the disk was full; what was under way is undone, so that it can be run again.
    """
    try:
        yield
    except (OSError, duckdb.Error) as error:
        if not is_full_disk(error):
            raise
        raise TasadorError(f"{FULL_DISK} ({folder})") from error


def is_full_disk(error: Exception) -> bool:
    """Whether an error of Python's or DuckDB's says that the disk is full."""
    if isinstance(error, OSError) and error.errno in ERRORS:
        return True
    return isinstance(error, duckdb.Error) and any(words in str(error) for words in WORDS)
