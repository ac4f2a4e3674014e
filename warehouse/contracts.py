"""What must hold before anything is published: the keys of the tables, the files of checks/, and that no more than
half of what was published last has gone.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import duckdb

from crawler.errors import TasadorError

CHECKS = Path(__file__).parent / "checks"

# Every published table, and what names one of its rows, which are published in its order.
KEYS = {
    "crawl_runs": ("crawl_run_id",),
    "crawl_health": ("crawl_run_id",),
    # two crawl runs may read one listing at one moment: their prices follow each other in ascending order
    "price_changes": ("listing_id", "changed_at", "new_price"),
    "listings": ("listing_id",),
    "relists": ("listing_id", "relisted_at"),
    "vehicles": ("vehicle_id",),
    # as above: two prices of one moment
    "price_history": ("listing_id", "asked_from", "asking_price"),
    "price_drops": ("listing_id",),
    "depreciation": ("market", "make", "model", "age_years"),
    "market_days_supply": ("market", "make", "model", "is_new"),
    "price_index": ("market", "is_new", "week"),
    "rejects": ("file", "line_number"),
    "reconciliation": ("crawl_run_id",),
    "champions": ("market",),
    "predicted_prices": ("listing_id",),
    "deals": ("listing_id",),
    "comparables": ("listing_id", "rank"),
    "price_rank": ("listing_id",),
    "suspicious_listings": ("listing_id", "signal"),
    "model_runs": ("model_run_id",),
    "model_metrics": ("model_run_id", "segment", "segment_value", "metric"),
    "drift": ("model_run_id", "scored_at", "feature", "measure"),
    "expost_error": ("market", "model_run_id", "gone_week"),
    "tuning_trials": ("market", "estimator", "snapshot_sha256", "trial"),
    "ops_runs": ("ops_run_id",),
}

# What does not shrink by itself. Rejects do, by a better parser.
GUARDED = ("crawl_runs", "listings", "vehicles", "price_changes", "model_runs")
MOST_LOST = 0.5
# Fewer rows than these may go by chance.
FEWEST_LOST = 20


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


def guarded_rows(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Return how many rows there are, in the warehouse or in what is published, of what does not shrink by itself."""
    tables = "select table_name from duckdb_tables() where database_name = current_database()"
    there = {name for (name,) in connection.execute(tables).fetchall()}
    queries = [f"select 'rows of {table}', count(*) from {table}" for table in GUARDED if table in there]
    queries += ["select 'live listings of ' || site, count(*) from listings where status = 'live' group by site"]
    return dict(connection.execute(" union all ".join(queries)).fetchall())


def require_no_loss(published: Mapping[str, int], now: Mapping[str, int]) -> None:
    """Compare guarded rows with those of the last publish.

    Raises:
        TasadorError: something lost more than MOST_LOST of its rows, as when a site was misconfigured.
    """
    lost = [
        f"{what} fell from {rows:,} to {now.get(what, 0):,}"
        for what, rows in published.items()
        if rows - now.get(what, 0) >= max(FEWEST_LOST, rows * MOST_LOST)
    ]
    if lost:
        raise TasadorError(
            f"not published: {'; '.join(lost)}; market.duckdb stays as it was. Run `tasador publish --anyway` "
            "if that is right; else mend the site in tasador.toml and crawl it again, which brings its listings back"
        )
