"""Forgets listings' personal fields in the warehouse and in training snapshots, down to the bytes of their files.

The payloads become what loading the rewritten landing files gives, so history and hashes stay what they would be.
"""

import json
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from crawler.personal import PERSONAL_FIELDS, forgotten, forgotten_text
from warehouse.payload_hash import payload_hash
from warehouse.transaction import transaction

THEIRS = """
select distinct payloads.*
from observations
inner join payloads using (payload_hash)
where observations.listing_id in (select unnest($listing_ids))
"""

# Written as warehouse.load does.
REWRITTEN = f"""
create or replace temp table rewritten as
select
    payload_hash as old_hash,
    currency,
    distance_unit,
    json(payload)::varchar as payload,
    {payload_hash("json(payload)")} as payload_hash,
    loaded_at
from changed
"""

REPLACE = (
    """
    update observations set payload_hash = rewritten.payload_hash
    from rewritten
    where observations.payload_hash = rewritten.old_hash
        and observations.listing_id in (select unnest($listing_ids))
    """,
    """
    insert into payloads by name
    select distinct on (payload_hash) payload_hash, currency, distance_unit, payload, loaded_at
    from rewritten
    anti join payloads using (payload_hash)
    """,
)
UNUSED = (
    "delete from payloads where not exists (from observations where observations.payload_hash = payloads.payload_hash)",
    "delete from parsed_listings where payload_hash not in (select payload_hash from payloads)",
    "delete from parsed_listings_past where payload_hash not in (select payload_hash from payloads)",
)


def forget(
    connection: duckdb.DuckDBPyConnection, listing_ids: Collection[str], urls: Collection[str], name: str | None = None
) -> int:
    """Take the seller out of the listings' payloads and rejects; return how many payloads there were.

    A refresh afterwards brings the derived tables up to it.
    """
    ids = {"listing_ids": sorted(listing_ids)}
    payloads: pl.DataFrame = connection.execute(THEIRS, ids).pl()
    changed = pl.DataFrame(list(_changed(payloads, name)), schema=payloads.schema)
    connection.register("changed", changed)
    with transaction(connection):
        connection.execute(REWRITTEN)
        connection.execute(REPLACE[0], ids)
        connection.execute(REPLACE[1])
        for statement in UNUSED:
            connection.execute(statement)
        _forget_rejects(connection, urls, name)
    connection.execute("drop table rewritten")
    connection.unregister("changed")
    return changed.height


def forget_in_snapshots(folder: Path, listing_ids: Collection[str], name: str | None = None) -> int:
    """Take the seller out of frozen training sets and return how many files changed.

    A file keeps its name, by which model runs know it; its content no longer has the hash that they recorded.
    """
    return sum(_forget_in_snapshot(path, listing_ids, name) for path in sorted(folder.glob("*.parquet")))


def _forget_in_snapshot(path: Path, listing_ids: Collection[str], name: str | None) -> bool:
    frame = pl.read_parquet(path)
    theirs = pl.col("listing_id").is_in(list(listing_ids))
    cleared = [pl.when(~theirs).then(column).alias(column) for column in PERSONAL_FIELDS if column in frame.columns]
    texts = [
        pl.when(theirs).then(_forgotten_texts(column, name)).otherwise(column).alias(column)
        for column in ("title", "trim")  # what a title says beside make and model may be read as the trim
    ]
    changed = frame.with_columns(*cleared, *texts)
    if changed.equals(frame):
        return False
    temporary = path.with_suffix(".writing")
    changed.write_parquet(temporary)
    temporary.replace(path)
    return True


def _forgotten_texts(column: str, name: str | None) -> pl.Expr:
    return pl.struct(column, "seller_name").map_elements(
        lambda said: said[column] and forgotten_text(said[column], said["seller_name"], name), return_dtype=pl.String
    )


def _changed(payloads: pl.DataFrame, name: str | None) -> Iterator[dict[str, Any]]:
    for row in payloads.iter_rows(named=True):
        said = json.loads(row["payload"])
        if (left := forgotten(said, name)) != said:
            yield {**row, "payload": json.dumps(left, ensure_ascii=False)}


def _forget_rejects(connection: duckdb.DuckDBPyConnection, urls: Collection[str], name: str | None) -> None:
    connection.execute("update crawl_rejects set detail = '' where url in (select unnest(?))", [sorted(urls)])
    if name and len(name.split()) > 1:
        connection.execute("update crawl_rejects set detail = '' where contains(lower(detail), lower(?))", [name])
