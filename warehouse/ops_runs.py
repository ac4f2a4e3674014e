"""The journal of what ran: a file for each run of a station, which waits for nobody, then a row of ops_runs.

A run holds the lock of its file. Who finds a file that has no end and that nobody holds knows that its process died.
"""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from contextvars import ContextVar
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any, Literal, NamedTuple

import duckdb
import polars as pl

from crawler.clock import now
from crawler.home import Home
from crawler.locks import locked
from warehouse.transaction import in_transaction

_flow_run: ContextVar[str | None] = ContextVar("flow_run", default=None)

INSERT = """
insert into ops_runs by name
select * replace (started_at::timestamptz as started_at, finished_at::timestamptz as finished_at) from journal
"""

# A year can be compared with the one before.
KEPT_DAYS = 400

FORGET = """
delete from ops_runs
where started_at < ? and ops_run_id in (
    select ops_run_id
    from ops_runs
    qualify ops_run_id < max(ops_run_id) filter (outcome = 'succeeded') over (partition by station, subject)
)
"""

SUCCESS = """
select crawl_run_id, model_run_id
from ops_runs
where station = $station and subject = $subject and flow_run_id = $flow_run_id and outcome = 'succeeded'
order by ops_run_id desc
limit 1
"""


def _new_id() -> str:
    """Return an id that sorts by the clock, and where that stands still by when it was really given."""
    return f"{now():%Y%m%dT%H%M%SZ}-{time.time_ns():016x}"


@dataclass(slots=True)
class OpsRun:
    """One run of a station, on a site or market (``subject``) or on all; its fields are the columns of ops_runs.

    ``rows`` is what it brought. It has died, unless it lives to tell.
    """

    station: str
    subject: str | None = None
    ops_run_id: str = field(default_factory=_new_id)
    started_at: datetime = field(default_factory=now)
    finished_at: datetime | None = None
    seconds: float | None = None
    outcome: Literal["succeeded", "failed", "died"] = "died"
    error: str | None = None
    crawl_run_id: str | None = None
    model_run_id: str | None = None
    rows: int | None = None
    flow_run_id: str | None = field(default_factory=_flow_run.get)
    host: str = field(default_factory=socket.gethostname)
    version: str = field(default_factory=partial(version, "tasador"))

    def __str__(self) -> str:
        return f"{self.station} of {self.subject}" if self.subject else self.station


SCHEMA = dict.fromkeys(OpsRun.__dataclass_fields__, pl.String) | {"seconds": pl.Float64, "rows": pl.Int64}


@contextmanager
def part_of(flow_run_id: str | None) -> Iterator[None]:
    """Let the stations that begin inside be parts of a flow run, of which whoever knows Prefect tells."""
    before = _flow_run.set(flow_run_id)
    try:
        yield
    finally:
        _flow_run.reset(before)


def begin(home: Home, run: OpsRun) -> IO[str]:
    """Write that a run has begun, and return its file, which is to be kept open until ``end``."""
    folder = _folder(home)
    folder.mkdir(parents=True, exist_ok=True)
    new = folder / f"{run.ops_run_id}.writing"
    file = locked(new)
    assert file, "the name is new"
    try:
        _write(file, run)
    except OSError:  # the disk is full
        with suppress(OSError):
            file.close()
        new.unlink()
        raise
    new.rename(new.with_suffix(".jsonl"))  # nobody sees it without its lock
    return file


def end(file: IO[str], run: OpsRun) -> None:
    """Write how a run ended, and let go of it."""
    with file:
        _write(file, run)


def load_ops_runs(connection: duckdb.DuckDBPyConnection, home: Home) -> None:
    """Move what the data folder's journal says of runs that have ended into the warehouse."""
    with ExitStack() as files:
        ended = {path: files.enter_context(file) for path, file in _ended(_folder(home))}
        rows = [row for file in ended.values() if (row := _last_row(file))]
        journal = pl.DataFrame(rows, schema=SCHEMA, orient="row")

        def load() -> None:
            connection.execute("delete from ops_runs where ops_run_id in (select ops_run_id from journal)")
            connection.execute(INSERT)

        if rows:
            connection.register("journal", journal)
            in_transaction(connection, load)
            connection.unregister("journal")
        for path in ended:
            path.unlink(missing_ok=True)


def forget_ops_runs(connection: duckdb.DuckDBPyConnection) -> None:
    """Delete what ran more than KEPT_DAYS ago, but for each station's last success on a subject and what came since."""
    connection.execute(FORGET, [now() - timedelta(days=KEPT_DAYS)])


class Success(NamedTuple):
    """A run that succeeded, by what it brought."""

    crawl_run_id: str | None
    model_run_id: str | None


def success_of(connection: duckdb.DuckDBPyConnection, station: str, subject: str, flow_run_id: str) -> Success | None:
    """Return the last run of a station that succeeded as a part of a flow run; None where none did."""
    row = connection.execute(SUCCESS, {"station": station, "subject": subject, "flow_run_id": flow_run_id}).fetchone()
    return Success(*row) if row else None


def _folder(home: Home) -> Path:
    return home.root / ".ops_runs"


def _write(file: IO[str], run: OpsRun) -> None:
    file.write(json.dumps(asdict(run), default=str) + "\n")
    file.flush()


def _ended(folder: Path) -> Iterator[tuple[Path, IO[str]]]:
    """Yield the files that no process holds."""
    for path in sorted(folder.glob("*.jsonl")):
        with suppress(FileNotFoundError):  # another process has just loaded it
            if file := locked(path, mode="r+"):
                yield path, file


def _last_row(file: IO[str]) -> dict[str, Any] | None:
    """Return what was last said of a run; of what a crash of the machine left half-written, nothing."""
    for line in reversed(file.read().splitlines()):
        with suppress(ValueError):
            return dict(json.loads(line))
    return None
