"""Refreshes what is derived: parses the new payloads, derives anew what they touch and checks it, all or nothing.

The result is that of deriving everything anew from all that is loaded, in whatever order it was loaded.
"""

from collections.abc import Callable
from dataclasses import dataclass

import duckdb

from warehouse.contracts import check
from warehouse.history import make_input, read_history
from warehouse.lake import drop_double_payloads
from warehouse.normalize import PARSER_VERSION
from warehouse.parse import parse_all, parse_new
from warehouse.transaction import in_transaction
from warehouse.transform import (
    OF_LISTINGS,
    OF_RUNS,
    RELATIONS,
    VIEWS,
    WHOLE,
    build,
    build_view,
    derived_by,
    queries_sha256,
    replace_rows,
)

# Whose history is in memory at once.
LISTINGS_PER_BATCH = 250_000

OnProgress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class RefreshSummary:
    """How many payloads a refresh parsed, how many an older parser read, and how many rows each table holds now.

    ``derived`` counts the listings that were derived anew from their history.
    """

    parsed: int
    outdated: int
    derived: int
    rows: dict[str, int]


def refresh(
    connection: duckdb.DuckDBPyConnection,
    *,
    everything: bool = False,
    anew: bool = False,
    on_progress: OnProgress = lambda words: None,
) -> RefreshSummary:
    """Bring every derived table up to what is loaded; a second refresh right after changes no row.

    Args:
        connection: the warehouse.
        everything: parse all history anew, after the parser changed.
        anew: derive all anew, after what is loaded was changed otherwise than by a load.
        on_progress: told in a few words how far the refresh is.

    Raises:
        TasadorError: a check failed; the tables stay as they were.
    """

    def work() -> tuple[int, int]:
        drop_double_payloads(connection)
        parsed = (parse_all if everything else parse_new)(connection, on_progress)
        is_anew = everything or anew or derived_by(connection) != queries_sha256()
        if is_anew:
            _start_anew(connection)
        if not make_input(connection, "fresh_files") and not is_anew:
            return parsed, 0
        derived = _derive(connection, on_progress)
        check(connection)
        return parsed, derived

    parsed, derived = in_transaction(connection, work)
    outdated = _count(connection, f"parsed_listings where parser_version <> {PARSER_VERSION}")
    return RefreshSummary(parsed, outdated, derived, {name: _count(connection, name) for name in RELATIONS})


def _derive(connection: duckdb.DuckDBPyConnection, on_progress: OnProgress) -> int:
    """Derive what the fresh files touch and return how many listings that were."""
    make_input(connection, "stale_runs")
    for relation in OF_RUNS:
        replace_rows(connection, relation, "crawl_run_id", "stale_runs")
    build(connection, "superseded_readings")
    make_input(connection, "fresh_observations")
    stale = make_input(connection, "stale_listings")
    replace_rows(connection, "absences", "listing_id", "stale_listings")
    build(connection, "presence")
    _derive_listings(connection, stale, on_progress)
    for relation in WHOLE:
        on_progress(f"building {relation}")
        build(connection, relation)
    for relation in VIEWS:
        build_view(connection, relation)
    connection.execute("insert into refreshed_files select file from fresh_files")
    return stale


def _derive_listings(connection: duckdb.DuckDBPyConnection, stale: int, on_progress: OnProgress) -> None:
    batches = -(-stale // LISTINGS_PER_BATCH)
    for batch in range(batches):
        on_progress(f"{batch * LISTINGS_PER_BATCH:,} of {stale:,} changed listings derived")
        read_history(connection, f"select listing_id from stale_listings where hash(listing_id) % {batches} = {batch}")
        for relation in OF_LISTINGS:
            replace_rows(connection, relation, "listing_id", "asked")


def _start_anew(connection: duckdb.DuckDBPyConnection) -> None:
    """Forget what the derived tables hold; they are made empty, each of its own query."""
    connection.execute("delete from refreshed_files")
    connection.execute("delete from presence")
    connection.execute("delete from derivations")
    connection.execute("insert into derivations values (?)", [queries_sha256()])
    connection.execute("create or replace temp table fresh_files (file varchar, loaded_at timestamptz)")
    make_input(connection, "stale_runs")
    for relation in OF_RUNS:
        build(connection, relation)
    build(connection, "superseded_readings")
    make_input(connection, "fresh_observations")
    connection.execute("create or replace temp table stale_listings (listing_id varchar)")
    build(connection, "absences")
    read_history(connection, "from stale_listings")
    for relation in OF_LISTINGS:
        build(connection, relation)


def _count(connection: duckdb.DuckDBPyConnection, rows: str) -> int:
    (count,) = connection.execute(f"select count(*) from {rows}").fetchone() or (0,)
    return int(count)
