"""Crawl health: how old the data of each site is, and how the last crawls went."""

from collections.abc import Sequence
from typing import Any

import altair as alt
import polars as pl

from flows.report.blocks import Block, Cell, Figure, Section, Table
from flows.report.charts import data, figure
from flows.report.source import Nothing, Source
from flows.report.words import UNKNOWN, age, count, moment, number

SHOWN = 12

FRESHNESS = """
select *
from freshness
where market = $market
order by site
"""

CRAWLS = """
select *
from crawl_health
where market = $market
order by started_at desc
limit 60
"""

SITES = ("Site", "Live listings", "Age", "Last whole and healthy", "Last crawl")
COLUMNS = ("Crawl", "Site", "Health", "Why", "Requests", "Listings", "New", "Price changes", "Minutes")


def _blocks(source: Source) -> Sequence[Block]:
    sites = Table("Sites", SITES, [_site(row) for row in source.read(FRESHNESS).to_dicts()])
    try:
        crawls = source.read(CRAWLS)
    except Nothing:
        return [sites]
    last = Table("The last crawls (UTC)", COLUMNS, [_crawl(row) for row in crawls.head(SHOWN).to_dicts()])
    return [sites, last, _figure(crawls)]


def _figure(crawls: pl.DataFrame) -> Figure:
    colours = {"healthy": "var(--color-3)", "partial": "var(--color-5)", "blocked": "var(--color-2)",
               "changed": "var(--color-4)", "failed": "var(--color-2)"}  # fmt: skip
    seen = [health for health in colours if health in crawls["health"].to_list()]
    chart = alt.Chart(data(crawls)).mark_point(size=60).encode(
        x=alt.X("started_at:T", title="begun (UTC)", axis=alt.Axis(format="%d %b")),
        y=alt.Y("listings:Q", title="listings seen"),
        color=alt.Color("health:N", scale=alt.Scale(domain=seen, range=[colours[health] for health in seen])),
    )  # fmt: skip
    told = ", ".join(f"{health} {crawls.filter(health=health).height}" for health in seen)
    return figure(chart, "Crawls (listings seen)", f"The last {crawls.height} crawls by health: {told}.")


def _site(row: dict[str, Any]) -> list[Cell]:
    return [
        Cell(row["site"]),
        number(count(row["live_listings"])),
        number(age(row["age_hours"])),
        Cell(moment(row["last_good_at"])),
        Cell(row["last_run_health"] or UNKNOWN),
    ]


def _crawl(row: dict[str, Any]) -> list[Cell]:
    return [
        Cell(moment(row["started_at"])),
        Cell(row["site"]),
        Cell(row["health"] or UNKNOWN),
        Cell(row["health_reason"] or ""),
        number(count(row["requests"])),
        number(count(row["listings"])),
        number(count(row["new_listings"])),
        number(count(row["price_changes"])),
        number(UNKNOWN if row["seconds"] is None else f"{row['seconds'] / 60:,.1f}"),
    ]


SECTION = Section("crawls", "Crawl health", "How old what is told above is, and whether it is whole.", _blocks)
