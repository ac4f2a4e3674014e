"""Appraise: cars of anybody, in a table or in words, get a price and a range from a market's champion.

Reads what is published and the champion's folder; the warehouse is neither read nor written, so that it works while a
refresh runs.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from crawler.clock import now
from crawler.errors import TasadorError, UsageError
from crawler.home import Home
from crawler.identity import listing_id
from crawler.profiles import named, read_profiles, recognised
from crawler.sites import DistanceUnit, Market, read_sites
from crawler.table_files import read_rows
from crawler.tables import Table, iterate_listings, read_table
from flows.steps.comparables import comparables_of
from flows.steps.import_table import EMPTY_ROW
from flows.steps.preview_import import as_payloads
from flows.tables import WRITERS, write_table
from models.model_runs.registry import ModelRun, open_model_run
from models.predict.appraisal import PRICES, appraise
from models.predict.contributions import contributions
from warehouse.market import open_market
from warehouse.normalize import normalize

ADDED = (*PRICES, "reason")

# Rows that are understood and priced at a time: what that takes does not grow with the table.
ROWS_AT_ONCE = 50_000


@dataclass(frozen=True, slots=True)
class Appraiser:
    """A market, and the model run that is its champion."""

    market: Market
    model_run: ModelRun


@dataclass(frozen=True, slots=True)
class Appraised:
    """The rows of a table, with all their own columns and ADDED, and how the table was read."""

    appraiser: Appraiser
    table: Table
    rows: pl.DataFrame


@dataclass(frozen=True, slots=True)
class AppraisedCar:
    """One car: what was understood of it (the columns of a listing), its ADDED, and what is offered like it.

    ``contributions`` say why: typical_price and, for each of TERMS, what moves the price from there.
    """

    appraiser: Appraiser
    understood: dict[str, object]
    appraisal: dict[str, object]
    contributions: dict[str, float]
    comparables: pl.DataFrame


def appraise_table(
    home: Home,
    path: Path,
    *,
    market: str | None = None,
    site: str | None = None,
    profile: str | None = None,
    mapping: Mapping[str, str] | None = None,
    distance_unit: DistanceUnit | None = None,
    date_column: str | None = None,
) -> Appraised:
    """Return a table's rows, in their order, with what the market's champion says of each.

    Args:
        home: the data folder.
        path: as `tasador import` takes it; it needs no price column.
        market: who prices; by default the market of the site, else the only one that has a champion.
        site: whose cars these are, so that those without a VIN are known if they were in training.
        profile: how the table is read; by default the one whose signature it has, else its columns' names say it.
        mapping: listing field to column, over what the profile or the names tell.
        distance_unit: unit of bare distances; by default the profile's, else the market's.
        date_column: when each row was seen, and its car so old; by default as for an import, else now.

    Raises:
        UsageError: the file or a column is missing, a name is unknown, or a column of ADDED is in the table already.
        TasadorError: nothing is published yet, or the market has no champion.
    """
    profiles = read_profiles(home.profiles)
    forced = named(profile, profiles) if profile else None
    table = read_table(
        path,
        mapping,
        choose_profile=lambda frame: forced or recognised(frame, profiles),
        date_column=date_column,
        needs_price=False,
    )
    own, _ = read_rows(path)
    taken = sorted(set(own.columns) & set(ADDED))
    if taken:
        raise UsageError(f"{path} has a column {taken[0]!r} already, and appraising adds one: rename it")
    site = site or (table.profile.site if table.profile else None)
    unit = distance_unit or (table.profile.distance_unit if table.profile else None)
    appraiser = open_appraiser(home, market, site, unit)
    appraised = table.rows.select("row").hstack(_appraise(appraiser, table.rows, site))
    numbers = pl.DataFrame({"row": range(1, own.height + 1)}, {"row": pl.UInt32})
    every = numbers.join(appraised, on="row", how="left", maintain_order="left").with_columns(
        reason=pl.when(pl.col("row").is_in(table.empty_rows)).then(pl.lit(EMPTY_ROW)).otherwise("reason")
    )
    return Appraised(appraiser, table, own.hstack(every.select(ADDED)))


def appraise_car(
    home: Home, said: Mapping[str, str], *, market: str | None = None, distance_unit: DistanceUnit | None = None
) -> AppraisedCar:
    """Return what the market's champion says of one car, ``said`` as listing field to words.

    Raises:
        UsageError: several markets have a champion and none is named.
        TasadorError: nothing is published yet, the market has no champion, or there is no price, and why.
    """
    appraiser = open_appraiser(home, market, None, distance_unit)
    understood = _understood(appraiser.market, _seen_now(pl.DataFrame([dict(said)])), None)
    appraisal = appraise(appraiser.model_run, understood).row(0, named=True)
    if appraisal["predicted_price"] is None:
        raise TasadorError(f"no price: {appraisal['reason']}")
    why = contributions(appraiser.model_run, understood).drop("listing_id").row(0, named=True)
    comparables = comparables_of(home, appraiser.market.name, understood)
    return AppraisedCar(appraiser, understood.row(0, named=True), appraisal, why, comparables)


def appraise_said(appraiser: Appraiser, said: pl.DataFrame) -> pl.DataFrame:
    """Return ADDED for cars said in words, a String column for each listing field: one row per car, in order."""
    return _appraise(appraiser, _seen_now(said), None)


def open_appraiser(home: Home, market: str | None, site: str | None, distance_unit: DistanceUnit | None) -> Appraiser:
    """Return the market and its champion: the named market, else the site's, else the only one that has a champion.

    Raises:
        UsageError: none is named and several have a champion, or nothing says the unit of bare distances.
        TasadorError: nothing is published yet, or the market has no champion.
    """
    with open_market(home) as connection:
        champions = dict(connection.execute("select market, model_run_id from champions order by market").fetchall())
    if not champions:
        raise TasadorError("no market has a champion yet: run `tasador retrain`")
    sites = read_sites()
    name = market or (sites[site].market.name if site in sites else site)
    if name is None and len(champions) > 1:
        raise UsageError(f"market must be one of {', '.join(champions)}: several have a champion, and none is named")
    name = name or next(iter(champions))
    if name not in champions:
        raise TasadorError(f"market {name} has no champion, only {', '.join(champions)}: run `tasador retrain`")
    model_run = open_model_run(home.models / name / champions[name])
    units = {known.market.name: known.market.distance_unit for known in sites.values()}
    unit = distance_unit or units.get(name)
    if unit is None:
        raise UsageError(f"distance_unit must be mi or km: tasador.toml, which has no market {name}, does not say it")
    return Appraiser(Market(name, model_run.manifest.currency, unit), model_run)


def check_output(path: Path) -> None:
    """Make sure, before the work, that a table can be written there.

    Raises:
        UsageError: its name has none of the endings, or there is no such folder.
    """
    if path.suffix.lower() not in WRITERS:
        raise UsageError(f"the name of --output must end with one of {', '.join(WRITERS)}, got {str(path)!r}")
    if not path.resolve().parent.is_dir():
        raise UsageError(f"{path} cannot be written: there is no such folder")


def write_appraised(appraised: Appraised, path: Path) -> None:
    """Write the rows, in the format that the name asks for; the file is there only when it is whole."""
    write_table(appraised.rows, path)


def _appraise(appraiser: Appraiser, rows: pl.DataFrame, site: str | None) -> pl.DataFrame:
    pieces = rows.iter_slices(ROWS_AT_ONCE)
    return pl.concat(appraise(appraiser.model_run, _understood(appraiser.market, piece, site)) for piece in pieces)


def _seen_now(said: pl.DataFrame) -> pl.DataFrame:
    """Return cars said in words as rows of a table (Table.rows)."""
    return said.with_row_index("row", 1).with_columns(seen_at=pl.lit(None, pl.Datetime("us", "UTC")))


def _understood(market: Market, rows: pl.DataFrame, site: str | None) -> pl.DataFrame:
    """Return rows of a table (Table.rows) as the listings that they would become.

    A vehicle is known by its VIN, else by the listing's identity where it is said whose listings these are.
    """
    listings = normalize(as_payloads(rows, market))
    ids = [listing_id(site, listing) for listing in iterate_listings(rows)] if site else rows["row"].cast(pl.String)
    is_vin = pl.col("vin").str.len_chars() == 17
    return listings.with_columns(
        pl.Series("listing_id", ids, dtype=pl.String), rows["seen_at"].fill_null(now()).alias("scraped_at")
    ).with_columns(vehicle_id=pl.when(is_vin).then("vin").otherwise("listing_id"))
