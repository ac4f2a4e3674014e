"""Refreshes what is derived: parses the new payloads, rebuilds the tables and checks them, all or nothing."""

from collections.abc import Callable
from dataclasses import dataclass

import duckdb

from warehouse.contracts import check
from warehouse.normalize import PARSER_VERSION
from warehouse.parse import parse_new
from warehouse.transaction import transaction
from warehouse.transform import RELATIONS, build


@dataclass(frozen=True, slots=True)
class RefreshSummary:
    """How many payloads a refresh parsed, how many an older parser read, and how many rows each table holds now."""

    parsed: int
    outdated: int
    rows: dict[str, int]


def refresh(
    connection: duckdb.DuckDBPyConnection,
    *,
    everything: bool = False,
    on_progress: Callable[[str], None] | None = None,
) -> RefreshSummary:
    """Bring every derived table up to what is loaded; a second refresh right after changes no row.

    Args:
        connection: the warehouse.
        everything: parse all history anew, after the parser changed.
        on_progress: told in a few words how far the refresh is.

    Raises:
        TasadorError: a check failed; the tables stay as they were.
    """
    with transaction(connection):
        if everything:
            connection.execute("delete from parsed_listings")
        parsed = parse_new(connection, on_progress)
        for relation in RELATIONS:
            if on_progress:
                on_progress(f"building {relation}")
            build(connection, relation)
        check(connection)
    outdated = _count(connection, f"parsed_listings where parser_version <> {PARSER_VERSION}")
    return RefreshSummary(parsed, outdated, {relation: _count(connection, relation) for relation in RELATIONS})


def _count(connection: duckdb.DuckDBPyConnection, rows: str) -> int:
    (count,) = connection.execute(f"select count(*) from {rows}").fetchone() or (0,)
    return int(count)
