"""What a run leaves to be looked at beside its log in Prefect: tables, verdicts, places of files, how far it is.

Knows no step; what is shown is never worth a station: where the server takes no artifact, the log says so.
"""

import re
import socket
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import copy_context
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import httpx
import polars as pl
from prefect import get_run_logger
from prefect.artifacts import (
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)
from prefect.exceptions import PrefectException

# An update is a request to the server, and a crawl tells how far it is once a second.
SECONDS_BETWEEN_UPDATES = 5.0

# How far work is: of 1, and in a few words.
Update = Callable[[float, str], None]


def leave_table(key: str, rows: Sequence[Mapping[str, Any]], description: str) -> None:
    """Leave rows as a table; newer tables with the same key are its later versions."""
    with _never_failing(key):
        create_table_artifact(key=_key(key), table=[dict(row) for row in rows], description=description)


def leave_frame(key: str, frame: pl.DataFrame, description: str) -> None:
    """Leave a data frame as a table."""
    leave_table(key, frame.to_dicts(), description)


def leave_lines(key: str, lines: Sequence[str], description: str) -> None:
    """Leave lines of plain text, the first as what the others say in short."""
    first, *others = lines
    with _never_failing(key):
        text = "\n".join([f"**{first.strip()}**", "", *(f"- {line.strip()}" for line in others)])
        create_markdown_artifact(key=_key(key), markdown=text, description=description)


def leave_path(key: str, path: Path, description: str) -> None:
    """Leave where on this machine a file lies, to be copied: from a server's page no browser follows a link to it."""
    with _never_failing(key):
        place = f"`{path.resolve()}` on {socket.gethostname()}"
        create_markdown_artifact(key=_key(key), markdown=place, description=description)


@contextmanager
def progress(key: str, title: str) -> Iterator[Update]:
    """Show how far long work is, every SECONDS_BETWEEN_UPDATES at most; it is done where the block ends well."""
    artifacts: list[UUID] = []  # none where the server takes none
    with _never_failing(key):
        artifacts.append(cast(UUID, create_progress_artifact(progress=0.0, key=_key(key), description=title)))
    last = time.monotonic()
    here = copy_context()  # a training tells from threads of its own, which know neither the run nor its server

    def tell(share: float, words: str) -> None:
        for artifact in artifacts:
            here.copy().run(_update, key, artifact, 100.0 * share, f"{title}: {words}")

    def update(share: float, words: str) -> None:
        nonlocal last
        if time.monotonic() - last >= SECONDS_BETWEEN_UPDATES:
            last = time.monotonic()
            tell(min(share, 1.0), words)

    yield update
    tell(1.0, "done")


def _update(key: str, artifact: UUID, percent: float, description: str) -> None:
    with _never_failing(key):
        update_progress_artifact(artifact, progress=percent, description=description)


def _key(key: str) -> str:
    """Return a key as Prefect wants it: small letters, digits and dashes."""
    return re.sub("[^a-z0-9]+", "-", key.lower()).strip("-")


@contextmanager
def _never_failing(key: str) -> Iterator[None]:
    try:
        yield
    except (PrefectException, httpx.HTTPError) as error:
        get_run_logger().warning("%s is not shown in Prefect: %s", key, error)
