"""What an import would do: how far each column is understood, and what would become of each row. Lands nothing."""

from dataclasses import dataclass
from datetime import datetime

import polars as pl

from crawler.identity import listing_id
from crawler.items import FIELD_NAMES
from crawler.sites import Market
from crawler.tables import Table, iterate_listings
from flows.steps.import_table import EMPTY_ROW, Source, runs_of
from warehouse.normalize import SCHEMA, normalize
from warehouse.normalize.text import tidy

# What a field is understood as, where that has another name; any one of them will do.
MEANINGS = {
    "price": ("asking_price",),
    "engine": ("engine_liters", "horsepower", "cylinders", "fuel_type"),
    "engine_displacement": ("engine_liters",),
    "power": ("horsepower",),
    "accidents": ("has_accidents",),
}
# What other words than a column of their own can say, as a headline does.
DERIVED = ("make", "model", "model_year")
EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Preview:
    """What would become of a table's rows.

    ``rows`` are the ones that say something, as published; ``meanings`` is what the warehouse understands of each, and
    its ``reject_reason``.

    ``fields`` has one row for each listing field: ``field``, ``column`` (null for a profile's constant), ``example``,
    how many rows it ``says`` something in, the share of them that is ``understood``, and what is ``not_understood``,
    the most frequent first. ``rejects`` has one for each ``reason``: its ``rows``, and of the first its number
    (``row``) and what it says (``example``). ``counts`` add up: rows = exact_duplicates + further_observations +
    rejected + listings.
    """

    source: Source
    crawls: int
    first_seen_at: datetime | None
    last_seen_at: datetime | None
    rows: pl.DataFrame
    meanings: pl.DataFrame
    fields: pl.DataFrame
    rejects: pl.DataFrame
    counts: dict[str, int]


def preview(source: Source, *, scraped_at: datetime | None = None) -> Preview:
    """Return what importing this table would do."""
    runs = runs_of(source, scraped_at=scraped_at)
    rows = pl.concat(run.rows.with_columns(run=pl.lit(at)) for at, run in enumerate(runs))
    refused = pl.Series("refused", [run.reject_reason for run in runs for _ in range(run.rows.height)], pl.String)
    meanings = normalize(as_payloads(rows, source.site.market)).with_columns(
        reject_reason=pl.coalesce(refused, "reject_reason")
    )
    fates = _fates(source, rows, meanings)
    seen_at: list[datetime] = fates.filter(pl.col("reason").is_null())["seen_at"].drop_nulls().to_list()
    return Preview(
        source=source,
        crawls=len([run for run in runs if run.reject_reason is None]),
        first_seen_at=min(seen_at, default=None),
        last_seen_at=max(seen_at, default=None),
        rows=rows,
        meanings=meanings,
        fields=_fields(source.table, rows, meanings),
        rejects=fates.filter(pl.col("reason").is_not_null())
        .group_by("reason", maintain_order=True)
        .agg(rows=pl.len(), row=pl.first("row"), example=pl.first("said"))
        .sort("rows", descending=True),
        counts=_counts(fates),
    )


def as_payloads(rows: pl.DataFrame, market: Market) -> pl.DataFrame:
    """Return rows of a table (Table.rows) as the warehouse reads payloads of a market."""
    silent = [pl.lit(None, pl.String).alias(name) for name in FIELD_NAMES if name not in rows.columns]
    of_market = {
        "payload_hash": pl.lit(""),
        "currency": pl.lit(market.currency),
        "distance_unit": pl.lit(market.distance_unit),
    }
    return rows.with_columns(silent).rename({"currency": "published_currency"}).with_columns(**of_market)


def _fates(source: Source, rows: pl.DataFrame, meanings: pl.DataFrame) -> pl.DataFrame:
    """Return one row for each row of the file: whose listing it is, what it says, and why it would be rejected."""
    listings = [(listing_id(source.site.name, entry), str(entry.payload())) for entry in iterate_listings(rows)]
    fates = rows.select("row", "run", "seen_at").with_columns(
        pl.DataFrame(listings, {"listing_id": pl.String, "said": pl.String}, orient="row"),
        reason=meanings["reject_reason"],
    )
    empty = pl.DataFrame({"row": source.table.empty_rows, "reason": EMPTY_ROW}, {"row": pl.UInt32, "reason": pl.String})
    return pl.concat([fates, empty], how="diagonal")


def _counts(fates: pl.DataFrame) -> dict[str, int]:
    """Count as the warehouse's reconciliation does: what repeats a row of its crawl, what sees a listing again."""
    of_listings = fates.filter(pl.col("row").is_not_null() & pl.col("run").is_not_null())
    distinct = of_listings.unique(["run", "listing_id", "said"])
    accepted = distinct.filter(pl.col("reason").is_null())
    listings = accepted["listing_id"].n_unique()
    return {
        "rows": fates.height,
        "exact_duplicates": of_listings.height - distinct.height,
        "further_observations": accepted.height - listings,
        "rejected": fates.height - of_listings.height + distinct.height - accepted.height,
        "listings": listings,
    }


def _fields(table: Table, rows: pl.DataFrame, meanings: pl.DataFrame) -> pl.DataFrame:
    origin = {**{split_field: split.column for split in table.splits for split_field in split.fields}, **table.columns}
    entries = [
        _field(field, origin.get(field), rows[field], meanings) for field in FIELD_NAMES if field in rows.columns
    ]
    derived = [name for name in DERIVED if name not in rows.columns and meanings[name].null_count() < rows.height]
    entries += [_field(name, "title", rows["title"], meanings) for name in derived if "title" in rows.columns]
    return pl.DataFrame(entries)


def _field(field: str, column: str | None, published: pl.Series, meanings: pl.DataFrame) -> dict[str, object]:
    """Tell how far a field's words are understood."""
    names = [name for name in MEANINGS.get(field, (field,)) if name in SCHEMA and field != "currency"]
    known = meanings.select(pl.any_horizontal(pl.col(names).is_not_null())).to_series() if names else True
    words = published.to_frame("words").with_columns(known=known).filter(tidy(pl.col("words")).is_not_null())
    unknown = words.filter(~pl.col("known"))["words"].value_counts(sort=True)["words"].head(EXAMPLES)
    return {
        "field": field,
        "column": column,
        "example": words["words"].first(),
        "says": words.height,
        "understood": words["known"].mean() if words.height else None,
        "not_understood": ", ".join(unknown),
    }
