"""What must hold before anything is published: a key for each table, no row that a file of checks/ finds, and no more
than half of what was published last gone.
"""

from collections.abc import Iterator
from pathlib import Path

import duckdb

from crawler.errors import TasadorError

CHECKS = Path(__file__).parent / "checks"

# What names one row of each published table. They are published in this order too.
KEYS = {
    "crawl_runs": ("crawl_run_id",),
    "superseded_readings": ("file", "line_number"),
    # two crawl runs may read one listing at one moment: their prices follow each other in ascending order
    "price_changes": ("listing_id", "changed_at", "new_price"),
    "listings": ("listing_id",),
    "rejects": ("file", "line_number"),
    "reconciliation": ("crawl_run_id",),
    "champions": ("market",),
    "predicted_prices": ("listing_id",),
    "model_runs": ("model_run_id",),
}


def check(connection: duckdb.DuckDBPyConnection) -> None:
    """Hold the tables as they stand against every key and every file of checks/.

    Raises:
        TasadorError: rows were found that must not be; the message shows the first.
    """
    for name, query in _checks():
        found = connection.execute(query)
        names = [column[0] for column in found.description or ()]
        rows = found.fetchall()
        if rows:
            example = ", ".join(f"{name}={value!r}" for name, value in zip(names, rows[0], strict=True))
            raise TasadorError(f"check {name} failed for {len(rows)} rows, the first: {example}; nothing changed")


def _checks() -> Iterator[tuple[str, str]]:
    for table, key in KEYS.items():
        columns, missing = ", ".join(key), " or ".join(f"{column} is null" for column in key)
        yield (
            f"{table}_are_unique",
            f"select {columns}, count(*) as rows from {table} group by all having count(*) > 1 or {missing}",
        )
    for path in sorted(CHECKS.glob("*.sql")):
        yield path.stem, path.read_text(encoding="utf-8")
