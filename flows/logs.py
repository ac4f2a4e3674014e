"""The log: a line of JSON in the data folder for whatever is logged while a station runs, with what it works on.

Knows no station. On a terminal warnings are shown as Python shows them; no line holds a secret.
"""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import NamedTuple

from crawler.clock import now
from crawler.home import Home
from crawler.locks import locked
from crawler.masking import mask_logs
from flows import PACKAGES
from warehouse.ops_runs import OpsRun

# A log that has grown so large becomes tasador.jsonl.1, and what was that tasador.jsonl.2.
LOG_BYTES = 10_000_000
KEPT_LOGS = 5

# What a line has that a terminal needs not show.
TOLD_ANYWAY = {"is_told_anyway": True}

OF_A_RUN = ("station", "subject", "ops_run_id", "crawl_run_id", "model_run_id", "flow_run_id", "seconds")


class _UnderWay(NamedTuple):
    """The run of a station that whoever logs something is part of, and its data folder."""

    home: Home
    run: OpsRun


_under_way: ContextVar[_UnderWay | None] = ContextVar("under_way", default=None)


class _Lines(logging.Handler):
    """Appends each record of a run to the log of its data folder; of many processes each line stays whole."""

    def emit(self, record: logging.LogRecord) -> None:
        under_way = _under_way.get()
        if under_way:
            with suppress(OSError):  # no log is worth a station
                _append(log_path(under_way.home), self._line(record, under_way.run))

    def _line(self, record: logging.LogRecord, run: OpsRun) -> str:
        said = {
            "time": now().isoformat(),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            **{name: getattr(run, name) for name in OF_A_RUN},
            "logger": record.name,
            "process": record.process,
        }
        return json.dumps(said | ({"traceback": record.exc_text} if record.exc_text else {}), ensure_ascii=False)


def log_path(home: Home) -> Path:
    """Return the file that is written to."""
    return home.root / "logs" / "tasador.jsonl"


@contextmanager
def logged(home: Home, run: OpsRun) -> Iterator[None]:
    """Let what is logged inside carry what ``run`` says of itself by then."""
    _install()
    before = _under_way.set(_UnderWay(home, run))
    try:
        yield
    finally:
        _under_way.reset(before)


@cache
def _install() -> None:
    mask_logs()
    # Python by itself shows the warnings of loggers that have no handler, and these have one now.
    handlers: list[logging.Handler] = [_Lines()] if logging.getLogger().handlers else [_Lines(), _warnings()]
    for name in PACKAGES:
        logger = logging.getLogger(name)
        logger.setLevel(logging.INFO)
        for handler in handlers:
            logger.addHandler(handler)


def _warnings() -> logging.Handler:
    handler = logging.StreamHandler()
    handler.setLevel(logging.WARNING)
    handler.addFilter(lambda record: not hasattr(record, *TOLD_ANYWAY))
    return handler


def _append(path: Path, line: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > LOG_BYTES:
        _rotate(path)
    with path.open("a", encoding="utf-8") as file:
        file.write(line + "\n")


def _rotate(path: Path) -> None:
    """Begin the log anew, unless another process is at it or has just done so."""
    lock = locked(path.with_name(f".{path.name}.lock"))
    if lock is None:
        return
    with lock:
        if path.stat().st_size > LOG_BYTES:
            names = [path, *(path.with_name(f"{path.name}.{number}") for number in range(1, KEPT_LOGS + 1))]
            for older, newer in reversed(list(zip(names[1:], names, strict=False))):
                with suppress(FileNotFoundError):
                    newer.replace(older)
