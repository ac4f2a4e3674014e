"""Imports every real table as a preview: what becomes of its rows, and how far each of its fields is understood.

``python -m bench.parse_rates [FOLDER]`` prints a JSON line for each table of ../shared/data and writes the tables of
docs/parse-rates.md. It exits with 1 where fewer priced rows than the limit come out as observations of a listing.
"""

import json
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from polars import col

from crawler.home import home
from crawler.items import FIELD_NAMES
from flows.steps.import_table import open_source
from flows.steps.preview_import import Preview, preview
from warehouse.normalize.text import tidy

ROOT = Path(__file__).resolve().parent.parent
REAL_TABLES = ROOT.parent / "shared" / "data"
DOC = ROOT / "docs" / "parse-rates.md"
# Everything from here on is written by this bench, what stands before it by people.
WRITTEN_FROM = "## Rows\n"

LEAST_SHARE = 0.995
# What stands here is no parsed value by itself: kept as published, or read into other columns.
NOT_JUDGED = ("currency", "published_at", "url", "source_id")


@dataclass(frozen=True, slots=True)
class Rates:
    """What becomes of a table's rows. ``observed`` is the share of its priced rows that come out as observations of a
    listing with a price, and with a make and a year where the row names them; ``understood`` the share of what each
    field says.
    """

    table: str
    counts: dict[str, int]
    rejects: dict[str, int]
    priced: int
    observed: float
    understood: dict[str, float]

    @property
    def holds(self) -> bool:
        """Whether enough of the priced rows are observations."""
        return self.observed >= LEAST_SHARE


def tables(folder: Path) -> list[str]:
    """Return the names of the tables in a folder and those below it."""
    files = (path for path in folder.rglob("*") if path.name.endswith((".csv", ".parquet", ".jsonl.gz")))
    return sorted((str(path.relative_to(folder)) for path in files), key=lambda name: ("/" in name, name))


def rates(folder: Path, table: str) -> Rates:
    """Preview the import of a table by its bundled profile."""
    with tempfile.TemporaryDirectory() as data:
        seen = preview(open_source(home(Path(data)), folder / table))
    fields = seen.fields.filter(col("understood").is_not_null() & ~col("field").is_in(NOT_JUDGED))
    priced, observed = _priced(seen)
    return Rates(
        table=table,
        counts=seen.counts,
        rejects=dict(seen.rejects.select("reason", "rows").iter_rows()),
        priced=priced,
        observed=observed,
        understood=dict(fields.select("field", "understood").iter_rows()),
    )


def _priced(seen: Preview) -> tuple[int, float]:
    """Return how many rows name a price in figures, and the share of them that are understood as they must be."""
    silent = [pl.lit(None, pl.String).alias(name) for name in ("make", "title", "model_year") if name not in seen.rows]
    said = seen.rows.with_columns(silent).select(
        is_priced=col("price").str.contains(r"\d"),
        names_make=tidy(pl.coalesce("make", "title")).is_not_null(),
        names_year=col("model_year").str.contains(r"\d"),
    )
    understood = seen.meanings.select("reject_reason", "asking_price", "make", "model_year")
    priced = pl.concat([said, understood], how="horizontal").filter("is_priced")
    is_observed = (
        col("reject_reason").is_null()
        & col("asking_price").is_not_null()
        & (col("make").is_not_null() | ~col("names_make").fill_null(False))
        & (col("model_year").is_not_null() | ~col("names_year").fill_null(False))
    )
    return priced.height, priced.select(is_observed.mean()).item()


def document(measured: list[Rates]) -> str:
    """Return what is written to the docs: what becomes of the rows, and how far each field is understood."""
    return (
        f"{WRITTEN_FROM}\n{_lines([row_line(entry) for entry in measured], HEAD)}\n\n"
        f"## Fields\n\n{FIELDS_WORDS}\n{_lines(*_field_lines(measured))}\n"
    )


HEAD = ["table", "rows", "exact duplicates", "further observations", "rejects", "listings", "priced rows",
        "of them observed"]  # fmt: skip
FIELDS_WORDS = """The share of what a table says in a field that is understood; empty where it says nothing.
`engine` is understood where litres, cylinders, power or fuel are. Only all is 100 %.
"""


def row_line(measured: Rates) -> list[str]:
    """Return a table's line: what becomes of its rows."""
    rejects = ", ".join(f"{rows:,} {reason}" for reason, rows in measured.rejects.items())
    numbers = [f"{measured.counts[name]:,}" for name in ("rows", "exact_duplicates", "further_observations")]
    return [measured.table, *numbers, rejects, f"{measured.counts['listings']:,}", f"{measured.priced:,}",
            _percent(measured.observed, 2)]  # fmt: skip


def _field_lines(measured: list[Rates]) -> tuple[list[list[str]], list[str]]:
    names = [name for name in FIELD_NAMES if any(name in entry.understood for entry in measured)]
    shares = [[entry.understood.get(name) for entry in measured] for name in names]
    lines = [[f"`{name}`", *(_percent(share) for share in row)] for name, row in zip(names, shares, strict=True)]
    return lines, ["field", *(Path(entry.table).name.split(".")[0] for entry in measured)]


def _lines(rows: list[list[str]], head: list[str]) -> str:
    separator = ["---", *("---:" for _ in head[1:])]
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, separator, *rows))


def _percent(share: float | None, decimals: int = 1) -> str:
    """Only all is 100 %."""
    if share is None:
        return ""
    return "100 %" if share == 1 else f"{min(share, 1 - 0.1 ** (decimals + 2)):.{decimals}%}".replace("%", " %")


def main() -> int:
    """Measure every table of a folder, print and write what was found, and return the exit code."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else REAL_TABLES
    measured = []
    for name in tables(folder):
        began = time.process_time()
        measured.append(rates(folder, name))
        print(json.dumps(_told(measured[-1]) | {"cpu_seconds": round(time.process_time() - began, 1)}), flush=True)
    words, _, _ = DOC.read_text().partition(WRITTEN_FROM)
    DOC.write_text(words + document(measured))
    return int(not all(entry.holds for entry in measured))


def _told(entry: Rates) -> dict[str, Any]:
    shares = {name: round(share, 4) for name, share in entry.understood.items()}
    return {"table": entry.table, **entry.counts, "rejects": entry.rejects, "priced": entry.priced,
            "observed": round(entry.observed, 5), "holds": entry.holds, "understood": shares}  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
