"""Locks of files: they go with the process that holds them, however it ends."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from crawler.errors import InUseError


def locked(path: Path, kind: int = fcntl.LOCK_EX, *, mode: str = "w") -> IO[str] | None:
    """Return the open file that holds the lock as long as it is open; None where another process holds it."""
    file: IO[str] = path.open(mode)
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file


@contextmanager
def alone(path: Path, otherwise: str) -> Iterator[None]:
    """Hold a lock for a while.

    Raises:
        InUseError: another process holds it; ``otherwise`` says what that process is doing.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    file = locked(path)
    if file is None:
        raise InUseError(f"{otherwise}: wait until it has ended")
    with file:
        yield
