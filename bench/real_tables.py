"""The real tables that accuracy is measured on, imported from their raw columns and split by the rule of their README.

The rule: exact duplicate rows and rows without a price are dropped; a row's key is its VIN, else the whole row; it is
held out when the key's SHA-256 divides by five. models.evaluate.holdout says the same of vehicle ids, so that a table
without VINs gets its keys as vehicle ids.
"""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from crawler.home import home
from flows.steps.import_table import import_table, open_source
from warehouse.connection import connect
from warehouse.reading import live_listings
from warehouse.training import freeze, training_set

FOLDER = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
ROW = "row_number"
PUBLISHED = {ROW: pl.String, "key": pl.String, "published_price": pl.Float64}


@dataclass(frozen=True, slots=True)
class RealTable:
    """One market: its files, the profile that reads them, and whether they name VINs."""

    name: str
    files: str
    profile: str
    has_vin: bool = False


REAL_TABLES = {
    table.name: table
    for table in (
        RealTable("cars_com_dealers", "cars_com_dealers.csv", "cars_com_dealers", has_vin=True),
        RealTable("cars_com_used", "cars_com_used.csv", "cars_com_used"),
        RealTable("uk", "uk/[!u]*.csv", "uk"),  # all but the unclean one
    )
}


def freeze_by_rule(table: RealTable, folder: Path) -> tuple[Path, str]:
    """Import a table into ``folder``, freeze its training set there, and return the snapshot and its market.

    Raises:
        FileNotFoundError: the real input is not here.
    """
    scratch = home(folder / "home")
    files = sorted(FOLDER.glob(table.files))
    if not files:
        raise FileNotFoundError(f"{FOLDER / table.files} is not here")
    published = pl.DataFrame(schema=PUBLISHED)
    for path in files:
        mapping = None if table.has_vin else {"source_id": ROW}
        if not table.has_vin:
            path, rows = _numbered(path, folder)
            published.extend(rows)
        source = open_source(scratch, path, profile=table.profile, mapping=mapping)
        import_table(scratch, source)
    market = source.site.market.name
    with connect(scratch) as connection:
        frame = training_set(connection, market)
        listings = live_listings(connection, market)
    if not table.has_vin:
        frame = _by_rows(frame, listings, published)
    return freeze(frame, folder).path, market


def _by_rows(frame: pl.DataFrame, listings: pl.DataFrame, published: pl.DataFrame) -> pl.DataFrame:
    """Return one row per published one, with its key as vehicle_id.

    A price that the warehouse takes for none (123456) is one to the rule: who was measured on it before us was
    measured on it as it stands.
    """
    unpriced = listings.filter(pl.col("asking_price").is_null()).select(set(frame.columns) & set(listings.columns))
    rows = pl.concat([frame, unpriced], how="diagonal_relaxed")
    known = rows.with_columns(pl.col("listing_id").str.split(":").list.last().alias(ROW)).join(published, on=ROW)
    price = pl.coalesce("asking_price", "published_price").alias("asking_price")
    return known.select(pl.col("key").alias("vehicle_id"), price, pl.exclude("vehicle_id", "asking_price", *PUBLISHED))


def _numbered(path: Path, folder: Path) -> tuple[Path, pl.DataFrame]:
    """Return a copy of a file whose rows have their number as id, and by that id what the rule goes by."""
    rows = pl.read_csv(path, infer_schema=False).unique(maintain_order=True)
    priced = rows.filter(pl.col("price").str.contains(r"\d"))
    published = priced.select(
        pl.format("{}-{}", pl.lit(path.stem), pl.int_range(pl.len())).alias(ROW),
        pl.concat_str(pl.all().fill_null(""), separator="|").alias("key"),
        pl.col("price").str.replace_all(r"[^\d]", "").cast(pl.Float64).alias("published_price"),
    )
    copy = folder / path.name
    priced.with_columns(published[ROW]).write_csv(copy)
    return copy, published
