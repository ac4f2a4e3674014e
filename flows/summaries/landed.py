"""What came in: the reconciliation of an import or a crawl, and what a refresh did."""

from collections.abc import Mapping

import polars as pl

from crawler.home import Home
from crawler.profiles import Profile
from flows.show import print_lines, print_table, published
from flows.steps.import_table import Imported
from flows.steps.refresh import Refreshed
from flows.summaries.preview import tell_reading
from warehouse.publish import TABLES

RECONCILIATION = """
select
    sum(landed_rows)::bigint as landed_rows,
    sum(exact_duplicates)::bigint as exact_duplicates,
    sum(further_observations)::bigint as further_observations,
    sum(rejected)::bigint as rejected,
    sum(listings)::bigint as listings,
    sum(unpriced)::bigint as unpriced
from reconciliation
where list_contains($crawl_run_ids, crawl_run_id)
"""

REJECT_REASONS = """
select reject_reason || ': ' || count(*) as reason
from rejects
where list_contains($crawl_run_ids, crawl_run_id)
group by reject_reason
order by count(*) desc, reject_reason
"""

LISTINGS_OF_SITE = "select count(*) as listings from listings where site = $site"

RECONCILIATION_WORDS = {
    "landed_rows": "rows landed",
    "exact_duplicates": "- exact duplicates of another row",
    "further_observations": "- further rows of a listing that is counted already",
    "rejected": "- rejects",
    "listings": "= listings",
    "unpriced": "  of which unpriced: kept and scored, not trained on",
}


def tell_import(home: Home, imported: Imported) -> None:
    """Tell how the columns were read and what became of each row."""
    table, site, runs = imported.source.table, imported.source.site.name, imported.crawl_run_ids
    print_lines(f"{field:22} <- {column}" for field, column in table.columns.items())
    print_lines(f"{field:22} <- {column}, where that is silent" for column, field in table.fallbacks.items())
    print_lines(f"{field:22} <- {split.column}, a part of it" for split in table.splits for field in split.fields)
    print_lines(f"{field:22} =  {value}" for field, value in table.constants.items())
    tell_reading(table, site)
    if imported.known_runs == len(runs):
        print_lines([f"This file was imported before, as {runs[0]}: nothing was added."])
    elif imported.known_runs:
        print_lines([f"{imported.known_runs} of its {len(runs)} runs were imported before and not landed again."])
    tell_reconciliation(home, *runs)
    if len(runs) > 1:
        (known,) = published(home, LISTINGS_OF_SITE, {"site": site})["listings"]
        print_lines([f"{imported.crawls:>9,}  crawls, each counted by itself: {site} has {known:,} listings in all"])
    print_lines(["Next: `tasador retrain` learns from them, `tasador score` prices them."])


def tell_reconciliation(home: Home, *crawl_run_ids: str) -> None:
    """Tell what became of each row that crawls or an import landed; it adds up."""
    runs = {"crawl_run_ids": list(crawl_run_ids)}
    (row,) = published(home, RECONCILIATION, runs).to_dicts()
    several = {"listings": "= listings, each in every crawl that shows it"} if len(crawl_run_ids) > 1 else {}
    print_lines(f"{row[name]:>9,}  {words}" for name, words in (RECONCILIATION_WORDS | several).items())
    if row["rejected"]:
        print_lines([f"{'':11}rejects by reason: {'; '.join(published(home, REJECT_REASONS, runs)['reason'])}"])


def tell_profiles(profiles: Mapping[str, Profile]) -> None:
    """Tell which source profiles there are."""
    rows = [
        (
            profile.name,
            profile.site,
            f"{profile.currency}, {profile.distance_unit}",
            profile.date_column,
            ", ".join(profile.signature),
        )
        for profile in profiles.values()
    ]
    names = ("profile", "site", "market", "date_column", "recognised_by")
    print_table(pl.DataFrame(rows, dict.fromkeys(names, pl.String), orient="row"), "Source profiles")


def tell_refresh(refreshed: Refreshed) -> None:
    """Tell what a refresh loaded and how large the published tables are now."""
    load, tables = refreshed.load, refreshed.tables
    print_lines(
        [
            f"loaded: {load.rows:,} observations in {load.parts} parts, of which {load.new_payloads:,} say something "
            f"new; {load.rejects:,} rejects",
            "tables: " + ", ".join(f"{name} {rows:,}" for name, rows in tables.rows.items() if name in TABLES),
        ]
    )
    if tables.outdated:
        print_lines(
            [f"{tables.outdated:,} payloads were read by an older parser: `tasador refresh --all` reads them anew"]
        )
