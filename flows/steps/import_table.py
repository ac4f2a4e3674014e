"""Import a table: its rows become landing files, as if crawls had seen them, and are refreshed into `listings`.

A table with a date column is several crawls: one run for each of its days.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl

from crawler.errors import UsageError
from crawler.files import files_at
from crawler.home import Home
from crawler.landing import MANIFEST_NAME, LandingWriter
from crawler.profiles import Profile, named, read_profiles, recognised, write_profile
from crawler.sites import DistanceUnit, Market, Site, checked_currency, checked_name, read_sites
from crawler.tables import Table, iterate_listings, read_table
from flows.steps.recorded import recorded
from flows.steps.refresh import Refreshed, refresh

# Equal for all imports of a site, so that a complete one later can prove that a listing of an earlier one is gone.
SCOPE = "imported tables"

EMPTY_ROW = "empty row"
NO_DATE = "no readable date"


@dataclass(frozen=True, slots=True)
class Source:
    """A table, and the site whose cars stand in it."""

    table: Table
    site: Site


@dataclass(frozen=True, slots=True)
class Run:
    """The rows that one crawl saw, or with a ``reject_reason`` rows that none surely saw; the numbers of empty ones."""

    crawl_run_id: str
    rows: pl.DataFrame
    empty_rows: tuple[int, ...] = ()
    reject_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: how many crawls the table holds, and the runs they became, with one for what has no date.

    ``known_runs`` of them had been imported before, and were not landed again.
    """

    source: Source
    crawls: int
    crawl_run_ids: tuple[str, ...]
    known_runs: int
    refreshed: Refreshed


def open_source(
    home: Home,
    path: Path,
    *,
    site: str | None = None,
    profile: str | None = None,
    mapping: Mapping[str, str] | None = None,
    currency: str | None = None,
    distance_unit: DistanceUnit | None = None,
    date_column: str | None = None,
) -> Source:
    """Read a table by its profile, or as its columns' names and the options say.

    Args:
        home: the data folder, where people's own profiles are.
        path: CSV, Parquet, JSON Lines, Excel, or a gzip of the text ones.
        site: whose cars these are; by default the profile says it.
        profile: the profile's name; by default the one whose signature the table has.
        mapping: listing field to column, over what the profile or the names tell.
        currency: the market's, ISO 4217, where neither tasador.toml nor the profile says it.
        distance_unit: unit of bare distances, likewise.
        date_column: when each row was seen; by default the profile or a column's name says it.

    Raises:
        UsageError: the file or a column is missing, or nothing says whose cars these are.
    """
    profiles = read_profiles(home.profiles)
    forced = named(profile, profiles) if profile else None
    table = read_table(
        path, mapping, choose_profile=lambda frame: forced or recognised(frame, profiles), date_column=date_column
    )
    return Source(table, site_of_import(site, currency, distance_unit, table.profile))


def import_table(
    home: Home, source: Source, *, scraped_at: datetime | None = None, is_complete: bool = False
) -> Imported:
    """Land a table's rows, as one run or as one for each of its days, and refresh.

    Args:
        home: the data folder.
        source: the table and its site.
        scraped_at: when all rows were collected, whatever their dates; by default their dates say it, else now.
        is_complete: these (of each day) are all of the site's listings, so that others are gone.
    """
    profile = source.table.profile
    is_complete = is_complete or bool(profile and profile.is_complete)
    runs = runs_of(source, scraped_at=scraped_at)
    crawls = sum(run.reject_reason is None for run in runs)
    with recorded(home, "import", source.site.name) as ops_run:
        new = [run for run in runs if not _has_landed(home, source.site, run.crawl_run_id)]
        for run in new:
            _land(home, source, run, is_complete)
        ops_run.rows = sum(run.rows.height for run in new)
        refreshed = refresh(home)
    return Imported(source, crawls, tuple(run.crawl_run_id for run in runs), len(runs) - len(new), refreshed)


def runs_of(source: Source, *, scraped_at: datetime | None = None) -> list[Run]:
    """Return the crawls that a table holds, in the order of their days; what has no day and no words comes last."""
    table = source.table
    if table.date_column is None or scraped_at is not None:
        rows = table.rows.with_columns(seen_at=pl.lit(scraped_at, dtype=table.rows.schema["seen_at"]))
        return [Run(_run_id(source, "", rows), rows, table.empty_rows)]
    dated = table.rows.filter(pl.col("seen_at").is_not_null()).with_columns(day=pl.col("seen_at").dt.date())
    days = dated.partition_by("day", as_dict=True, include_key=False, maintain_order=True)
    runs = [Run(_run_id(source, f"{day:%Y%m%d}-", days[day,]), days[day,]) for (day,) in sorted(days)]
    undated = table.rows.filter(pl.col("seen_at").is_null())
    if undated.height or table.empty_rows:
        runs.append(Run(_run_id(source, "undated-", undated), undated, table.empty_rows, NO_DATE))
    return runs


def site_of_import(
    name: str | None, currency: str | None, distance_unit: DistanceUnit | None, profile: Profile | None = None
) -> Site:
    """Return the configured site, or one made of the given currency and unit; a market of its own then.

    Raises:
        UsageError: the site is not configured and no currency says how to read it, or the two disagree.
    """
    name = name or (profile.site if profile else None)
    if name is None:
        raise UsageError("no profile knows this table (tasador import --profiles): say whose cars these are by --site")
    known = read_sites().get(name)
    if known is None and profile is not None:
        currency, distance_unit = currency or profile.currency, distance_unit or profile.distance_unit
    if known is None and (currency is None or distance_unit is None):
        raise UsageError(f"site {name!r} is not in tasador.toml: add it there, or give --currency and --distance-unit")
    if known is None:
        return Site(checked_name(name), Market(name, checked_currency(str(currency)), distance_unit or "mi"))
    if currency not in (None, known.market.currency):
        raise UsageError(f"currency of {name} must be {known.market.currency} (tasador.toml), got {currency!r}")
    if distance_unit not in (None, known.market.distance_unit):
        raise UsageError(f"distance unit of {name} must be {known.market.distance_unit}, got {distance_unit!r}")
    return known


def save_profile(home: Home, name: str, source: Source, *, is_complete: bool = False) -> Path:
    """Write how this table was read as a profile of the data folder, for the next time, and return its path."""
    table, market, before = source.table, source.site.market, source.table.profile
    profile = Profile(
        name=name,
        site=source.site.name,
        currency=market.currency,
        distance_unit=market.distance_unit,
        signature={column: (before.signature.get(column, "") if before else "") for column in table.header},
        columns={field: tuple(columns) for field, columns in table.sources.items()},
        splits=table.splits,
        constants=table.constants,
        ignored=table.ignored,
        date_column=table.date_column,
        is_complete=is_complete or bool(before and before.is_complete),
    )
    return write_profile(home.profiles, profile)


def _run_id(source: Source, day: str, rows: pl.DataFrame) -> str:
    """Name a run by what its rows say and by how they are read, so that the same rows land once."""
    market = source.site.market
    reading = json.dumps([source.site.name, market.currency, market.distance_unit]).encode()
    said = rows.drop("row").write_csv().encode()
    return f"import-{day}{hashlib.sha256(reading + said).hexdigest()[:16]}"


def _has_landed(home: Home, site: Site, crawl_run_id: str) -> bool:
    files, folder = files_at(f"{home.landing}/{site.name}/{crawl_run_id}")
    return bool(files.exists(f"{folder}/{MANIFEST_NAME}"))


def _land(home: Home, source: Source, run: Run, is_complete: bool) -> None:
    writer = LandingWriter(home.landing, source.site, run.crawl_run_id)
    for path in writer.files.glob(f"{writer.path}/part-*"):
        writer.files.rm_file(path)  # what is left of this import, killed: now all of it lands
    dates: list[datetime | None] = run.rows["seen_at"].to_list()
    known = [seen_at for seen_at in dates if seen_at]
    writer.started_at = min(known, default=writer.started_at)
    for row, seen_at, listing in zip(run.rows["row"], dates, iterate_listings(run.rows), strict=True):
        if run.reject_reason is None:
            writer.write(listing, page="file", scraped_at=seen_at or writer.started_at)
        else:
            said = json.dumps(listing.payload(), ensure_ascii=False)
            writer.reject(run.reject_reason, url=source.table.path.name, detail=f"row {row}: {said}")
    for row in run.empty_rows:
        writer.reject(EMPTY_ROW, url=source.table.path.name, detail=f"row {row}")
    writer.finish(
        reason="imported",
        is_complete=is_complete and run.reject_reason is None,
        scope=[SCOPE],
        finished_at=max(known, default=None),
    )
