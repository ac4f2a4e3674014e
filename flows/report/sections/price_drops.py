"""Price drops: whose asking price fell lately, and how many prices fell and rose."""

from collections.abc import Sequence
from typing import Any

import altair as alt

from flows.report.blocks import Block, Cell, Figure, Section, Table
from flows.report.charts import ACCENT, SECOND, data, figure
from flows.report.source import Nothing, Source
from flows.report.words import car, count, number, share

SHOWN = 15

LATEST = """
select *
from price_drops
where market = $market
qualify row_number() over (partition by vehicle_id order by last_drop_share desc) = 1
order by days_since_drop // 7, last_drop_share desc, listing_id
limit $shown
"""

CHANGES = """
select date_trunc('week', changed_at)::date as week, if(change < 0, 'fell', 'rose') as direction, count(*) as changes
from price_changes
where market = $market and change <> 0
group by all
order by week, direction
"""

COLUMNS = ("Car", "Asks", "Last drop", "Share", "Days ago", "Drops", "First asked", "Days on market")


def _blocks(source: Source) -> Sequence[Block]:
    rows = [_row(drop) for drop in source.read(LATEST, shown=SHOWN).to_dicts()]
    return [
        Table(f"Deepest of the last drops, this week's first ({source.currency})", COLUMNS, rows),
        *_changes(source),
    ]


def _changes(source: Source) -> list[Figure]:
    try:
        changes = source.read(CHANGES)
    except Nothing:
        return []
    scale = alt.Scale(domain=["fell", "rose"], range=[ACCENT, SECOND])
    chart = alt.Chart(data(changes)).mark_bar().encode(
        x=alt.X("yearmonthdate(week):O", title="week", axis=alt.Axis(format="%d %b", labelAngle=0, labelOverlap=True)),
        y=alt.Y("changes:Q", title="changed prices"),
        color=alt.Color("direction:N", scale=scale),
    )  # fmt: skip
    fell, rose = (changes.filter(direction=direction)["changes"].sum() for direction in ("fell", "rose"))
    return [
        figure(chart, "Changed prices (by week)", f"By week; in all {fell:,} asking prices fell and {rose:,} rose.")
    ]


def _row(drop: dict[str, Any]) -> list[Cell]:
    return [
        car(drop),
        number(count(drop["asking_price"])),
        number(count(drop["last_drop"])),
        number(share(drop["last_drop_share"])),
        number(count(drop["days_since_drop"])),
        number(count(drop["drops"])),
        number(count(drop["first_asking_price"])),
        number(count(drop["days_on_market"])),
    ]


SECTION = Section("drops", "Price drops", "Live listings whose asking price fell, each vehicle once.", _blocks)
