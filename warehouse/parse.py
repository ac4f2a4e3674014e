"""Understands payloads: strings in, typed columns out, in batches; each once, or all anew by a better parser."""

from collections.abc import Callable
from typing import Any

import duckdb

from crawler.clock import now
from crawler.items import FIELD_NAMES
from warehouse.normalize import PARSER_VERSION, normalize

PAYLOADS_PER_BATCH = 50_000

# Every field is a string here, whatever JSON made of it.
_STRUCTURE = "{" + ", ".join(f'"{name}": "VARCHAR"' for name in FIELD_NAMES) + "}"
_FIELDS = ", ".join(f"fields.{name}" for name in FIELD_NAMES if name != "currency")

READ_RAW = f"""
select payload_hash, currency, distance_unit, fields.currency as published_currency, {_FIELDS}
from (
    select payload_hash, currency, distance_unit, json_transform(payload, '{_STRUCTURE}') as fields
    from unparsed
    inner join payloads using (payload_hash)
    where unparsed.number between $first and $last
        and payloads.loaded_at between $loaded_from and $loaded_to
)
"""

# In the order and of the types of the table.
EMPTY = "create or replace temp table parsed as from parsed_listings limit 0"
FILL = f"""
insert into parsed by name
select * replace (payload_hash::uuid as payload_hash), {PARSER_VERSION} as parser_version
from read
"""

# The same meaning by another version of the parser is no news.
KEEP_PAST = """
insert into parsed_listings_past by name
with changed as (
    select payload_hash
    from (
        select * exclude (parser_version) from parsed_listings semi join parsed using (payload_hash)
        except
        select * exclude (parser_version) from parsed
    )
)
select *, $replaced_at as replaced_at
from parsed_listings
semi join changed using (payload_hash)
"""

OnProgress = Callable[[str], None]
Write = Callable[[duckdb.DuckDBPyConnection], None]


def parse_new(connection: duckdb.DuckDBPyConnection, on_progress: OnProgress = lambda words: None) -> int:
    """Parse the payloads that were never parsed and return how many they were."""
    unparsed = "payloads anti join parsed_listings using (payload_hash)"
    return _parse(connection, unparsed, _insert, lambda done: on_progress(f"{done} new payloads understood"))


def parse_all(connection: duckdb.DuckDBPyConnection, on_progress: OnProgress = lambda words: None) -> int:
    """Parse all payloads and return how many they are; what one meant before is kept where it changes."""
    return _parse(connection, "payloads", _replace, lambda done: on_progress(f"{done} payloads understood anew"))


def _parse(connection: duckdb.DuckDBPyConnection, which: str, write: Write, on_progress: OnProgress) -> int:
    connection.execute(
        "create or replace temp table unparsed as "
        f"select payload_hash, loaded_at, row_number() over (order by loaded_at) as number from {which}"
    )
    (total,) = connection.execute("select count(*) from unparsed").fetchone() or (0,)
    for first in range(1, total + 1, PAYLOADS_PER_BATCH):
        last = first + PAYLOADS_PER_BATCH - 1
        raw = connection.execute(READ_RAW, _bounds(connection, first, last)).pl()
        connection.register("read", normalize(raw))
        connection.execute(EMPTY)
        connection.execute(FILL)
        write(connection)
        connection.unregister("read")
        on_progress(f"{min(last, total):,} of {total:,}")
    return int(total)


def _bounds(connection: duckdb.DuckDBPyConnection, first: int, last: int) -> dict[str, Any]:
    """Return what names a batch. The times say where its payloads lie, so that no others are unpacked."""
    query = "select min(loaded_at), max(loaded_at) from unparsed where number between ? and ?"
    loaded_from, loaded_to = connection.execute(query, [first, last]).fetchone() or (None, None)
    return {"first": first, "last": last, "loaded_from": loaded_from, "loaded_to": loaded_to}


def _insert(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("insert into parsed_listings from parsed")


def _replace(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(KEEP_PAST, {"replaced_at": now()})
    connection.execute("delete from parsed_listings where payload_hash in (select payload_hash from parsed)")
    _insert(connection)
