"""What each station's result looks like as artifacts of its run: the words are those of the command line.

A machine that only crawls has none of the libraries that the other stations' results need.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from crawler.home import Home
from crawler.landing import Manifest
from flows.operations.artifacts import leave_frame, leave_lines, leave_path, leave_table
from flows.show import published
from warehouse.publish import TABLES

if TYPE_CHECKING:
    from flows.steps.refresh import Refreshed
    from flows.steps.retrain import Retrained
    from flows.steps.score import Scored

# What the site's last complete crawl saw: a crawl does not know how many listings it will find.
LAST_TIME = """
select max_by(landed_observations, started_at)::bigint as observations
from crawl_runs
where site = $site and is_complete
"""

RECONCILIATION = """
select
    site, crawl_run_id, landed_rows, presence_rows, exact_duplicates, further_observations, rejected, listings, unpriced
from reconciliation
qualify row_number() over (partition by site order by crawl_run_id desc) = 1
order by site
"""


def expected_observations(home: Home, site: str) -> int | None:
    """Return how many observations the site's last complete crawl landed; None where there is no such crawl."""
    if not home.market.exists():
        return None
    (count,) = published(home, LAST_TIME, {"site": site})["observations"]
    return count or None


def show_crawl(home: Home, manifest: Manifest) -> None:
    """Leave what a crawl landed, and how it went."""
    counts = {"observations": manifest.rows, "rejects": manifest.rejects, "landing parts": manifest.parts}
    complete = "complete" if manifest.is_complete else f"not complete: {manifest.finish_reason}"
    leave_table(
        f"crawl-{manifest.site}-{manifest.partition or ''}",
        [{"landed": what, "rows": count} for what, count in counts.items()],
        f"{manifest.health}: {manifest.health_reason}; {complete}; "
        f"landed in {home.landing}/{manifest.site}/{manifest.crawl_run_id}",
    )


def show_refresh(home: Home, refreshed: "Refreshed") -> None:
    """Leave what was loaded, how large the published tables are, and what became of each site's newest crawl."""
    load, tables = refreshed.load, refreshed.tables
    leave_table(
        "tables",
        [{"table": name, "rows": rows} for name, rows in tables.rows.items() if name in TABLES],
        f"loaded: {load.rows:,} observations in {load.parts} parts, of which {load.new_payloads:,} say something new; "
        f"{load.rejects:,} rejects",
    )
    leave_frame("reconciliation", published(home, RECONCILIATION), "what became of each row of the newest crawls")


def show_retrained(retrained: "Retrained", report: Path) -> None:
    """Leave the estimators side by side, the gate's verdict, and where the report lies."""
    from flows.summaries.trained import verdict_lines
    from models.train.tables import compare_estimators

    market = retrained.market
    manifests = [model_run.manifest for model_run in retrained.model_runs]
    held_out = f"{manifests[0].holdout_rows:,} held-out cars ({manifests[0].holdout_rule})"
    leave_frame(f"estimators-{market}", compare_estimators(manifests), f"{market}: {held_out}")
    leave_lines(f"gate-{market}", verdict_lines(retrained.verdict), f"{market}: what the gate decided")
    leave_path(f"training-report-{market}", report, f"{market}: the report of the training")


def show_scored(scores: "Mapping[str, Scored | None]") -> None:
    """Leave what was scored in each market."""
    from flows.summaries.scored import scored_lines

    for market, scored in scores.items():
        leave_lines(f"scored-{market}", list(scored_lines(market, scored)), f"{market}: what was scored")


def show_reports(reports: Sequence[Path]) -> None:
    """Leave where the markets' reports lie: ``<reports>/<market>/market.html``."""
    for report in reports:
        leave_path(f"report-{report.parent.name}", report, f"{report.parent.name}: the market's report")
