"""The real tables that accuracy is measured on, imported from their raw columns and split by the rule of their README.

The rule: exact duplicate rows and rows without a price are dropped; a row's key is its VIN, else the whole row; it is
held out when the key's SHA-256 divides by five. models.holdout says the same of vehicle ids, so that a table without
VINs gets its keys as vehicle ids.
"""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from crawler.home import home
from flows.steps.import_table import import_table, open_source
from warehouse.connection import connect
from warehouse.training import freeze, training_set

FOLDER = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
KEY = "row_key"


@dataclass(frozen=True, slots=True)
class RealTable:
    """One market: its files, the profile that reads them, and whether they name VINs."""

    name: str
    files: str
    profile: str
    has_vin: bool = False
    price: str = "price"


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
    keys: dict[str, str] = {}
    for path in files:
        mapping = None if table.has_vin else {"source_id": KEY}
        source = open_source(scratch, _keyed(table, path, folder, keys), profile=table.profile, mapping=mapping)
        import_table(scratch, source)
    with connect(scratch) as connection:
        rows = training_set(connection, source.site.market.name)
    if not table.has_vin:
        source_id = pl.col("listing_id").str.strip_prefix(f"{source.site.name}:")
        rows = rows.with_columns(source_id.replace_strict(keys).alias("vehicle_id"))
    return freeze(rows, folder).path, source.site.market.name


def _keyed(table: RealTable, path: Path, folder: Path, keys: dict[str, str]) -> Path:
    """Return a copy of a file with each row's number in its source as its id, or the file itself where it has VINs.

    ``keys`` learns the rows' keys by those ids.
    """
    if table.has_vin:
        return path
    rows = pl.read_csv(path, infer_schema=False).unique(maintain_order=True)
    priced = rows.filter(pl.col(table.price).str.contains(r"\d"))
    key = priced.select(pl.concat_str(pl.all().fill_null(""), separator="|")).to_series()
    numbers = [f"{path.stem}-{number}" for number in range(priced.height)]
    keys.update(zip(numbers, key, strict=True))
    copy = folder / path.name
    priced.with_columns(pl.Series(KEY, numbers)).write_csv(copy)
    return copy
