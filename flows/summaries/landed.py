"""What came in: the reconciliation of an import or a crawl, and what a refresh did."""

from crawler.home import Home
from flows.show import print_lines, published
from flows.steps.import_table import Imported
from flows.steps.refresh import Refreshed

RECONCILIATION = """
select landed_rows, exact_duplicates, further_observations, rejected, listings, unpriced, reject_reasons
from reconciliation
where crawl_run_id = $crawl_run_id
"""

RECONCILIATION_WORDS = {
    "landed_rows": "rows landed",
    "exact_duplicates": "- exact duplicates of another row",
    "further_observations": "- further rows of a listing that is counted already",
    "rejected": "- rejects",
    "listings": "= listings",
    "unpriced": "  of which unpriced: kept and scored, not trained on",
}


def tell_import(home: Home, imported: Imported) -> None:
    """Tell which columns were recognised and what became of each row."""
    table = imported.table
    print_lines(f"{field:22} <- {column}" for field, column in table.columns.items())
    print_lines(f"{field:22} <- {column}, where that is silent" for column, field in table.fallbacks.items())
    if table.unmapped:
        print_lines([f"kept as published:        {', '.join(table.unmapped)}"])
    if imported.was_known:
        print_lines([f"This file was imported before, as {imported.crawl_run_id}: nothing was added."])
    tell_reconciliation(home, imported.crawl_run_id)
    print_lines(["Next: `tasador retrain` learns from them, `tasador score` prices them."])


def tell_reconciliation(home: Home, crawl_run_id: str) -> None:
    """Tell what became of each row that a crawl or an import landed; it adds up."""
    (row,) = published(home, RECONCILIATION, {"crawl_run_id": crawl_run_id}).to_dicts()
    print_lines(f"{row[name]:>9,}  {words}" for name, words in RECONCILIATION_WORDS.items())
    if row["reject_reasons"]:
        print_lines([f"{'':11}rejects by reason: {row['reject_reasons']}"])


def tell_refresh(refreshed: Refreshed) -> None:
    """Tell what a refresh loaded and how large the tables are now."""
    load, tables = refreshed.load, refreshed.tables
    print_lines(
        [
            f"loaded: {load.rows:,} observations in {load.parts} parts, of which {load.new_payloads:,} say something "
            f"new; {load.rejects:,} rejects",
            "tables: " + ", ".join(f"{name} {rows:,}" for name, rows in tables.rows.items()),
        ]
    )
    if tables.outdated:
        print_lines(
            [f"{tables.outdated:,} payloads were read by an older parser: `tasador refresh --all` reads them anew"]
        )
