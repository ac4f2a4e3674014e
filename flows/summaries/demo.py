"""What the demo tells: the crawls, the estimators, the best deals, where everything lies, what to try next."""

from pathlib import Path

from flows.show import print_lines, print_table, published
from flows.steps.demo import Demo
from flows.summaries.landed import tell_reconciliation
from flows.summaries.trained import tell_retrained

CRAWLS = """
select
    strftime(first_scraped_at, '%Y-%m-%d') as day,
    landed_observations as observations,
    reconciliation.listings,
    (select count(*) from listings where first_seen_at between first_scraped_at and last_scraped_at) as new,
    (select count(*) from price_changes where changed_at between first_scraped_at and last_scraped_at) as price_changes,
    reconciliation.unpriced,
    rejected as rejects,
    if(is_complete, 'complete', finish_reason) as crawl
from crawl_runs
inner join reconciliation using (crawl_run_id)
order by first_scraped_at
"""

# docs/deals.md: rated, so that it can be judged; each vehicle once; none that something makes doubtful.
DEALS = """
select make, model, trim, model_year as year, mileage, asking_price as asked, predicted_price as predicted, lower, upper
from deals
anti join suspicious_listings using (listing_id)
where rating in ('great_deal', 'good_deal')
qualify row_number() over (partition by vehicle_id order by asking_price, listing_id) = 1
order by above_predicted_share, listing_id
limit 5
"""


def tell_demo(demo: Demo, listings: Path | None) -> None:
    """Tell what the demo did, station by station."""
    print_table(published(demo.home, CRAWLS), "Crawls of the demo market")
    if listings:
        _tell_table(demo, listings)
    if demo.retrained:
        tell_retrained(demo.retrained)
    print_table(published(demo.home, DEALS), "Five best deals: asking least against the predicted asking price")
    print_lines(_places(demo))


def _tell_table(demo: Demo, listings: Path) -> None:
    """Tell what became of each row of the table that the demo market served."""
    from crawler.demo_market.market import Market

    counts = Market.from_table(listings).counts
    print_lines([f"{listings}:"])
    print_lines(
        [
            f"{counts.rows:>9,}  rows in the table",
            f"{counts.exact_duplicates:>9,}  - exact duplicates of another row, served once",
            f"{counts.repeated_vehicles:>9,}  - vehicles seen more than once: the last row of a VIN is served",
            f"{counts.listings:>9,}  = pages served",
            "",
            "The crawl of these pages (a card and a page for each):",
        ]
    )
    tell_reconciliation(demo.home, demo.crawls[-1].crawl_run_id)


def _places(demo: Demo) -> list[str]:
    home = demo.home
    return [
        f"{demo.scored:,} live listings are scored. Where everything lies:",
        f"  {demo.report}  the market on a page, for a browser",
        f"  {home.market}  what to query; opens in any DuckDB client",
        f"  {home.reports}  pictures and tables",
        f"  {home.models}  the model runs",
        f"  {home.landing}  what was crawled, as the pages said it",
        "",
        "Try next:",
        f'  tasador --home {home.root} sql "select make, model, asking_price, predicted_price, lower, upper '
        "from deals where rating = 'great_deal' limit 5\"",
        f'  tasador --home {home.root} sql "from price_changes limit 10"',
        f"  tasador --home {home.root} models show",
    ]
