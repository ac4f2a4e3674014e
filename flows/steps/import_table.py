"""Import a table: its rows become landing files, as if a crawl had seen them, and are refreshed into `listings`."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import fsspec

from crawler.errors import UsageError
from crawler.home import Home
from crawler.landing import MANIFEST_NAME, LandingWriter
from crawler.sites import DistanceUnit, Market, Site, checked_currency, checked_name, read_sites
from crawler.tables import Table, read_table
from flows.steps.refresh import Refreshed, refresh


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did; ``was_known`` when the same file had been imported before, and nothing was landed."""

    crawl_run_id: str
    table: Table
    was_known: bool
    refreshed: Refreshed


def import_table(
    home: Home,
    path: Path,
    site: Site,
    mapping: Mapping[str, str],
    *,
    scraped_at: datetime | None = None,
    is_complete: bool = False,
) -> Imported:
    """Land a table's rows as one run of a site and refresh.

    Args:
        home: the data folder.
        path: CSV, Parquet, JSON Lines, Excel, or a gzip of the text ones.
        site: the site whose cars these are.
        mapping: listing field to column, where the names do not tell.
        scraped_at: when the rows were collected; now by default.
        is_complete: these are all of the site's listings, so that others are gone.

    Raises:
        UsageError: the file or a column is missing.
    """
    table = read_table(path, mapping)
    crawl_run_id = _run_id(path, site, mapping)
    was_known = _has_landed(home, site, crawl_run_id)
    if not was_known:
        _land(home, table, site, crawl_run_id, scraped_at, is_complete)
    return Imported(crawl_run_id, table, was_known, refresh(home))


def site_of_import(name: str, currency: str | None, distance_unit: DistanceUnit | None) -> Site:
    """Return the configured site, or one made of the given currency and unit; a market of its own then.

    Raises:
        UsageError: the site is not configured and no currency says how to read it, or the two disagree.
    """
    known = read_sites().get(name)
    if known is None and (currency is None or distance_unit is None):
        raise UsageError(f"site {name!r} is not in tasador.toml: add it there, or give --currency and --distance-unit")
    if known is None:
        return Site(checked_name(name), Market(name, checked_currency(str(currency)), distance_unit or "mi"))
    if currency not in (None, known.market.currency):
        raise UsageError(f"currency of {name} must be {known.market.currency} (tasador.toml), got {currency!r}")
    if distance_unit not in (None, known.market.distance_unit):
        raise UsageError(f"distance unit of {name} must be {known.market.distance_unit}, got {distance_unit!r}")
    return known


def _run_id(path: Path, site: Site, mapping: Mapping[str, str]) -> str:
    """Name the run by its content and by how it is read, so that the same file lands once."""
    market = site.market
    reading = json.dumps([site.name, market.currency, market.distance_unit, sorted(mapping.items())]).encode()
    return f"import-{hashlib.sha256(path.read_bytes() + reading).hexdigest()[:16]}"


def _has_landed(home: Home, site: Site, crawl_run_id: str) -> bool:
    files, folder = fsspec.core.url_to_fs(f"{home.landing}/{site.name}/{crawl_run_id}")
    return bool(files.exists(f"{folder}/{MANIFEST_NAME}"))


def _land(
    home: Home, table: Table, site: Site, crawl_run_id: str, scraped_at: datetime | None, is_complete: bool
) -> None:
    writer = LandingWriter(home.landing, site, crawl_run_id)
    for listing in table.listings:
        writer.write(listing, page="file", scraped_at=scraped_at or writer.started_at)
    writer.finish(reason="imported", is_complete=is_complete, scope=[table.path.name])
