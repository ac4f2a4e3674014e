"""Compares what two weeks left: the published tables, what was told, and how the runs of Prefect ended."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import duckdb

from bench.week_station import Station, expected_runs
from crawler.home import Home
from warehouse.market import open_market

# Ids end in six random digits; before them stands the time at which they were given, and the estimator.
RANDOM = re.compile(r"(\d{8}T\d{6}Z(?:-[a-z_]+)?)-[0-9a-f]{6}")
SNAPSHOT_FOLDER = re.compile(r"'[^']*/snapshots/")
# The pages that the last process of a crawl asked for: its health's reason names them.
PAGES = re.compile(r" on [\d,]+ pages")

# What tells of the process that did the work, not of the market: how long it took, how many requests the last process
# of a crawl made, and in a manifest besides that the versions and the hashes of files that hold such figures.
# An age is that of the moment in which it is asked for.
LEFT_OUT = {
    "crawl_health": ("seconds", "requests", "retries", "failed_downloads", "response_bytes"),
    "model_runs": ("seconds", "manifest"),
    "schema_version": ("content_hash",),
    "freshness": ("age_hours",),
}
# Each run of a station, also of one that was killed: that is what they are for.
OF_PROCESSES = ("ops_runs", "stations")

FINAL = ("COMPLETED", "FAILED", "CANCELLED", "CRASHED")


def compared_tables(undisturbed: Home, disturbed: Home) -> Iterator[dict[str, Any]]:
    """Yield for each published table how many rows both have, and whether they say the same in the same order."""
    one, other = table_contents(undisturbed), table_contents(disturbed)
    for table in sorted(one.keys() | other.keys()):
        rows = one.get(table, []), other.get(table, [])
        hashes = [hashlib.sha256("\n".join(each).encode()).hexdigest()[:16] for each in rows]
        line = {"table": table, "rows": [len(each) for each in rows], "hashes": hashes, "is_equal": rows[0] == rows[1]}
        yield line if line["is_equal"] else line | {"first_difference": _first_difference(*rows)}


def table_contents(home: Home) -> dict[str, list[str]]:
    """Return each published table's rows as text, in order, without what is random or of a process."""
    with open_market(home) as market:
        tables = market.execute("select table_name from information_schema.tables order by all").fetchall()
        return {table: _rows(market, table) for (table,) in tables if table not in OF_PROCESSES}


def compared_messages(undisturbed: Sequence[str], disturbed: Sequence[str]) -> dict[str, Any]:
    """Return whether both weeks told the same, each match once; a match is told at each price that it had."""
    counts = Counter(disturbed)
    return {
        "told": [len(undisturbed), len(disturbed)],
        "told_twice": sum(count > 1 for count in counts.values()),
        "is_equal": counts == Counter(undisturbed) and max(counts.values(), default=1) == 1,
    }


def ended_runs(station: Station) -> dict[str, Any]:
    """Return how the runs of a week ended, and which have not."""
    runs = station.runs()
    stuck = [run["name"] for run in runs if run["state_type"] not in FINAL]
    states = Counter(run["state_name"] for run in runs)
    return {
        "week": station.name,
        "runs": dict(states),
        "stuck": stuck,
        "starts": Counter(str(run["run_count"]) for run in runs),
        "is_equal": states == {"Completed": expected_runs(station.clock.days)},
    }


def _rows(market: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    left_out = LEFT_OUT.get(table, ())
    columns = f"columns(each -> each not in {left_out!r})" if left_out else "*"
    found = market.execute(f'select {columns} from "{table}"').fetchall()
    return sorted(_unified(repr(row)) for row in found)


def _unified(row: str) -> str:
    return PAGES.sub("", SNAPSHOT_FOLDER.sub("'", RANDOM.sub(r"\1", row)))


def _first_difference(one: Sequence[str], other: Sequence[str]) -> Mapping[str, str | None]:
    known = Counter(one), Counter(other)
    return {
        "undisturbed": next(iter((known[0] - known[1]).elements()), None),
        "disturbed": next(iter((known[1] - known[0]).elements()), None),
    }
