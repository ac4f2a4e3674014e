"""Market today: what is on offer, what it asks and how long it has stood."""

from collections.abc import Sequence

import altair as alt
import polars as pl

from flows.report.blocks import Block, Figure, Section, Tiles
from flows.report.charts import data, figure
from flows.report.source import Source
from flows.report.words import count, money, share

TODAY = """
select
    count(*) as live,
    count(listings.asking_price) as priced,
    median(listings.asking_price) as median_price,
    quantile_cont(listings.asking_price, 0.25) as lower_quartile,
    quantile_cont(listings.asking_price, 0.75) as upper_quartile,
    median(listings.days_on_market) as median_days,
    count(distinct listings.make) as makes,
    count(distinct listings.site) as sites,
    count(total_drop) / count(*) as cut_share
from listings
left join price_drops using (listing_id)
where listings.market = $market and status = 'live'
having live > 0
"""

# The bars end at a price and an age that one listing in fifty exceeds.
PRICES = """
with

priced as (
    select asking_price, quantile_cont(asking_price, 0.98) over () as most
    from listings
    where market = $market and status = 'live' and asking_price is not null
),

bars as (
    select greatest(floor(log10(most / 24)), 0) as digits, * from priced
),

widths as (
    select *, pow(10, digits) * if(most / 24 > 5 * pow(10, digits), 10, if(most / 24 > 2 * pow(10, digits), 5, 2)) as w
    from bars
)

select floor(asking_price / w) * w as low, floor(asking_price / w) * w + w as high, count(*) as listings
from widths
where asking_price <= most
group by all
order by low
"""

DAYS = """
select
    least_days,
    count(listing_id) as listings
from unnest([0, 7, 14, 30, 60, 90, 180]) as bands (least_days)
left join (
    select
        listing_id,
        list_max(list_filter([0, 7, 14, 30, 60, 90, 180], lambda day: day <= days_on_market)) as least_days
    from listings
    where market = $market and status = 'live'
) using (least_days)
group by least_days
order by least_days
"""
BANDS = ("under 7", "7-13", "14-29", "30-59", "60-89", "90-179", "180 on")

MAKES = """
select left(make, 40) as make, count(*) as listings, median(asking_price) as median_price
from listings
where market = $market and status = 'live' and make is not null
group by make
order by listings desc, make
limit 12
"""

WEEKS = """
select week, sum(listings)::bigint as listings
from price_index
where market = $market
group by week
order by week
"""


def _blocks(source: Source) -> Sequence[Block]:
    return [_tiles(source), _prices(source), _days(source), _makes(source), *_weeks(source)]


def _tiles(source: Source) -> Tiles:
    (today,) = source.read(TODAY).to_dicts()
    currency = source.currency
    quartiles = f"half ask {count(today['lower_quartile'])} to {count(today['upper_quartile'])}"
    return Tiles(
        [
            ("Live listings", count(today["live"]), f"{count(today['priced'])} with a price"),
            ("Median asking price", money(today["median_price"], currency), quartiles),
            ("Median days on market", count(today["median_days"]), "since first seen, so far"),
            ("Asking less than before", share(today["cut_share"]), "of the live listings"),
            ("Makes", count(today["makes"]), f"sites: {count(today['sites'])}"),
        ]
    )


def _prices(source: Source) -> Figure:
    prices = source.read(PRICES)
    chart = alt.Chart(data(prices)).mark_bar(binSpacing=1).encode(
        x=alt.X("low:Q", bin="binned", title=f"asking price ({source.currency})", axis=alt.Axis(format="~s")),
        x2="high:Q",
        y=alt.Y("listings:Q", title="live listings"),
    )  # fmt: skip
    fullest = prices.row(prices["listings"].arg_max() or 0, named=True)
    return figure(
        chart,
        f"Asking prices ({source.currency})",
        f"Histogram of asking prices: most listings, {fullest['listings']:,}, ask {fullest['low']:,.0f} to "
        f"{fullest['high']:,.0f} {source.currency}.",
        note="The dearest 2 % are left out.",
    )


def _days(source: Source) -> Figure:
    days = source.read(DAYS).with_columns(days=pl.Series(BANDS))
    chart = alt.Chart(data(days)).mark_bar().encode(
        x=alt.X("days:N", sort=None, title="days on market", axis=alt.Axis(labelAngle=-30, labelOverlap=False)),
        y=alt.Y("listings:Q", title="live listings"),
    )  # fmt: skip
    told = ", ".join(f"{row['days']} days {row['listings']:,}" for row in days.to_dicts())
    return figure(chart, "How long they have stood (days)", f"Live listings by days on market: {told}.")


def _makes(source: Source) -> Figure:
    makes = source.read(MAKES)
    chart = alt.Chart(data(makes)).mark_bar().encode(
        y=alt.Y("make:N", sort=None, title=None, axis=alt.Axis(labelOverlap=False)),
        x=alt.X("listings:Q", title="live listings"),
        tooltip=["make:N", "listings:Q", "median_price:Q"],
    )  # fmt: skip
    first = makes.row(0, named=True)
    return figure(
        chart,
        "Makes (live listings)",
        f"Bars of live listings by make, the {makes.height} most frequent; {first['make']} has {first['listings']:,}.",
        rows=makes.height,
    )


def _weeks(source: Source) -> list[Figure]:
    weeks = source.read(WEEKS)
    if weeks.height < 2:
        return []
    chart = alt.Chart(data(weeks)).mark_line(point=True).encode(
        x=alt.X("week:T", title="week"), y=alt.Y("listings:Q", title="listings")
    )  # fmt: skip
    first, last = weeks.row(0, named=True), weeks.row(-1, named=True)
    words = f"Listings by week, {first['listings']:,} in the week of {first['week']}, {last['listings']:,} in the last."
    return [figure(chart, "Stock (listings by week)", words, note="Listings that name make, model and model year.")]


SECTION = Section("today", "Market today", "What is on offer now, what it asks, and how long it has stood.", _blocks)
