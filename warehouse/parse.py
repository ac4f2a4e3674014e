"""Understands the payloads that are new: strings in, typed columns out, in batches, each payload once."""

from collections.abc import Callable
from typing import Any

import duckdb
import polars as pl

from crawler.items import FIELD_NAMES
from warehouse.normalize import PARSER_VERSION, normalize

PAYLOADS_PER_BATCH = 100_000

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
)
"""


def parse_new(connection: duckdb.DuckDBPyConnection, on_progress: Callable[[str], None] | None = None) -> int:
    """Parse the payloads that were never parsed and return how many they were."""
    connection.execute(
        "create or replace temp table unparsed as select payload_hash, row_number() over () as number "
        "from payloads anti join parsed_listings using (payload_hash)"
    )
    (total,) = connection.execute("select count(*) from unparsed").fetchone() or (0,)
    for first in range(1, total + 1, PAYLOADS_PER_BATCH):
        last = first + PAYLOADS_PER_BATCH - 1
        raw = connection.execute(READ_RAW, {"first": first, "last": last}).pl()
        _insert(connection, normalize(raw).with_columns(parser_version=pl.lit(PARSER_VERSION)))
        if on_progress:
            on_progress(f"{min(last, total):,} of {total:,} new payloads understood")
    return int(total)


def _insert(connection: duckdb.DuckDBPyConnection, parsed: Any) -> None:
    connection.register("parsed", parsed)
    connection.execute("insert into parsed_listings by name select * from parsed")
    connection.unregister("parsed")
