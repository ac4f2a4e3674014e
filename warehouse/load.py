"""Loads landing files: each line becomes an observation or a crawl reject, each distinct payload is stored once.

Strings stay as they were published; warehouse.parse understands them.
"""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from functools import partial

import duckdb

from crawler.clock import now
from crawler.errors import TasadorError
from crawler.landing import Manifest
from warehouse.claims import ClaimLost, Claims, claims_of
from warehouse.connection import first_line
from warehouse.landing_folder import LandingFolder, landing_folder
from warehouse.payload_hash import payload_hash
from warehouse.transaction import in_transaction

# Of compressed parts, some 300,000 rows: a batch fits into memory, DuckDB writes most of it in whole row groups, which
# skip its log, and a commit is cheap against it.
BYTES_PER_TRANSACTION = 32 * 2**20

# DuckDB keeps the order of the lines, so a row's place in the temporary table gives its line number.
READ = f"""
create or replace temp table landed as
select
    *,
    case when kind = 'price' then {payload_hash("listing")} end as payload_hash
from read_json(
    $addresses, format = 'newline_delimited', compression = 'zstd', filename = true,
    columns = {{
        site: 'varchar', market: 'varchar', currency: 'varchar', distance_unit: 'varchar', crawl_run_id: 'varchar',
        scraped_at: 'timestamptz', listing_id: 'varchar', kind: 'varchar', page: 'varchar', listing: 'json',
        reject_reason: 'varchar', url: 'varchar', detail: 'varchar'
    }}
)
"""

READ_FILES = """
create or replace temp table landed_parts as
select
    filename,
    filename[$root_length + 1:] as file,
    min(rowid) as first_row,
    count(*) as rows,
    count(*) filter (
        site is null or market is null or crawl_run_id is null or scraped_at is null
        or (reject_reason is null and (listing_id is null or kind is null or listing is null))
    ) as broken
from landed
group by filename
"""

# Hashes are compared before anything as wide as a payload is touched.
INSERT_PAYLOADS = """
insert into payloads by name
select payload_hash, currency, distance_unit, listing as payload, $loaded_at as loaded_at
from landed
where rowid in (
    select min(landed.rowid)
    from landed
    anti join payloads using (payload_hash)
    where payload_hash is not null
    group by payload_hash
)
"""

INSERT_OBSERVATIONS = """
insert into observations by name
select
    listing_id, site, market, crawl_run_id, scraped_at, $loaded_at as loaded_at, kind, page, payload_hash, file,
    landed.rowid - first_row + 1 as line_number
from landed
inner join landed_parts using (filename)
where reject_reason is null
"""

INSERT_REJECTS = """
insert into crawl_rejects by name
select
    site, market, crawl_run_id, scraped_at, $loaded_at as loaded_at, reject_reason, url, detail, file,
    landed.rowid - first_row + 1 as line_number
from landed
inner join landed_parts using (filename)
where reject_reason is not null
"""

INSERT_FILES = """
insert into landing_files by name
select file, 'loaded' as status, rows, $loaded_at as loaded_at from landed_parts
"""

INSERT_MANIFEST = """
insert into manifests values (
    $crawl_run_id, $site, $market, $started_at, $finished_at, $finish_reason, $is_complete, $scope, $rows, $parts,
    $rejects, $stats, $loaded_at, $health, $health_reason
)
"""


@dataclass(slots=True)
class LoadSummary:
    """What a load added; ``corrupt`` names the files that could not be read, each with the reason.

    ``newly_corrupt`` are those among them that no load before this one had found, by their full address.
    """

    parts: int = 0
    rows: int = 0
    new_payloads: int = 0
    rejects: int = 0
    corrupt: dict[str, str] = field(default_factory=dict)
    newly_corrupt: dict[str, str] = field(default_factory=dict)


class _Corrupt(Exception):
    """Raised while landing files are read, before anything is written."""


def load_landing(
    connection: duckdb.DuckDBPyConnection, landing: str, on_progress: Callable[[str], None] | None = None
) -> LoadSummary:
    """Load what has landed since the last time; a second load adds nothing.

    A corrupt file is left out whole, recorded, and tried again by each later load; see ``require_intact``.

    Args:
        connection: the warehouse.
        landing: a folder or fsspec URL.
        on_progress: told in a few words how far the load is.
    """
    folder = landing_folder(connection, landing)
    waiting, manifests = folder.new_files(connection)
    total = len(waiting)
    summary = LoadSummary()
    with claims_of(connection) as claims:
        while parts := _take_batch(waiting):
            with suppress(ClaimLost):
                _load_parts(claims, folder, claims.claim(parts), summary)
            if on_progress:
                on_progress(f"{summary.parts} of {total} parts, {summary.rows:,} observations")
        with suppress(ClaimLost):
            _load_manifests(claims, folder, manifests, summary)
        in_transaction(connection, partial(_record_corrupt, connection, folder, summary))
    return summary


def _take_batch(waiting: dict[str, int]) -> list[str]:
    """Take the next parts to be loaded in one transaction out of those that wait, with the bytes of each."""
    batch: list[str] = []
    size = 0
    while waiting and size < BYTES_PER_TRANSACTION:
        part = next(iter(waiting))
        size += waiting.pop(part)
        batch.append(part)
    return batch


def _load_parts(claims: Claims, folder: LandingFolder, parts: list[str], summary: LoadSummary) -> None:
    """Load a batch in one transaction; where it holds a corrupt part, load each half of it by itself."""
    if not parts:
        return
    try:
        _read(claims.connection, folder, parts)
    except _Corrupt as error:
        if len(parts) == 1:
            if not folder.is_local:
                folder.read_bytes(parts[0])  # raises where it is the store that fails and not the part
            summary.corrupt[parts[0]] = str(error)
            return
        half = len(parts) // 2
        _load_parts(claims, folder, parts[:half], summary)
        _load_parts(claims, folder, parts[half:], summary)
    else:
        payloads, rows, rejects = claims.load(parts, partial(_insert, claims.connection))
        summary.new_payloads += payloads
        summary.rows += rows
        summary.rejects += rejects
        summary.parts += len(parts)


def _read(connection: duckdb.DuckDBPyConnection, folder: LandingFolder, parts: list[str]) -> None:
    addresses = [folder.address(part) for part in parts]
    try:
        connection.execute(READ, {"addresses": addresses})
    except (duckdb.InvalidInputException, duckdb.IOException, duckdb.ConversionException) as error:
        raise _Corrupt(first_line(error)) from error
    connection.execute(READ_FILES, {"root_length": len(addresses[0]) - len(parts[0])})
    broken = dict(connection.execute("select file, broken from landed_parts").fetchall())
    for part in parts:
        if broken.get(part) != 0:
            raise _Corrupt(f"{broken[part]} lines are no observations" if part in broken else "it is empty")


def _insert(connection: duckdb.DuckDBPyConnection) -> tuple[int, int, int]:
    """Insert what was read and return how many payloads, observations and rejects it is."""
    at = {"loaded_at": now()}
    payloads = _count(connection.execute(INSERT_PAYLOADS, at))
    rows = _count(connection.execute(INSERT_OBSERVATIONS, at))
    rejects = _count(connection.execute(INSERT_REJECTS, at))
    connection.execute(INSERT_FILES, at)
    return payloads, rows, rejects


def _count(inserted: duckdb.DuckDBPyConnection) -> int:
    row = inserted.fetchone()
    return int(row[0]) if row else 0


def _load_manifests(claims: Claims, folder: LandingFolder, manifests: list[str], summary: LoadSummary) -> None:
    files = claims.claim(manifests)
    claims.load(files, partial(_insert_manifests, claims.connection, folder, files, summary))


def _insert_manifests(
    connection: duckdb.DuckDBPyConnection, folder: LandingFolder, files: list[str], summary: LoadSummary
) -> None:
    for file in files:
        try:
            manifest = Manifest(**json.loads(folder.read_bytes(file)))
        except (ValueError, TypeError) as error:
            summary.corrupt[file] = first_line(error)
            continue
        values = {**asdict(manifest), "stats": json.dumps(manifest.stats), "loaded_at": now()}
        if values.pop("partition") is None:  # a part of a crawl counts through the manifest of the whole
            connection.execute(INSERT_MANIFEST, values)
        connection.execute("insert into landing_files values (?, 'loaded', null, 1, ?)", [file, now()])


def _record_corrupt(connection: duckdb.DuckDBPyConnection, folder: LandingFolder, summary: LoadSummary) -> None:
    known = {file for (file,) in connection.execute("select file from landing_files").fetchall()}
    for file, reason in summary.corrupt.items():
        if file not in known:
            connection.execute("insert into landing_files values (?, 'corrupt', ?, 0, ?)", [file, reason, now()])
            summary.newly_corrupt[folder.address(file)] = reason


def require_intact(summary: LoadSummary) -> None:
    """Make sure that a load found no file corrupt that was not known to be.

    Raises:
        TasadorError: it did, and the first is named; everything else is loaded.
    """
    if summary.newly_corrupt:
        file, reason = next(iter(summary.newly_corrupt.items()))
        others = f" (and {len(summary.newly_corrupt) - 1} more)" if len(summary.newly_corrupt) > 1 else ""
        raise TasadorError(
            f"landing file {file} is corrupt{others}: {reason}. Everything else is loaded: "
            "restore or delete it, and run `tasador refresh` again"
        )
