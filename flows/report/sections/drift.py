"""Drift: how far the listings of the last scoring were from what was trained on, and the error of cars that went."""

from collections.abc import Sequence

import altair as alt

from flows.report.blocks import Block, Figure, Section
from flows.report.charts import data, figure
from flows.report.source import Nothing, Source

LAST = """
select feature || if(measure = 'psi', '', ', ' || replace(measure, '_', ' ')) as what, drift, chance, level, scored_at
from drift
where market = $market
qualify scored_at = max(scored_at) over ()
order by drift desc, what
limit 15
"""

GONE = """
select gone_week, gone_listings, expost_mdape, mdape
from expost_error
where market = $market and model_run_id = $model_run_id
order by gone_week
"""

# From which on a drift is told, and may stop a scoring.
LIMITS = (0.1, 0.25)
WEEKS = alt.Axis(format="%d %b", labelAngle=0, labelOverlap=True)
LEVELS = {"steady": "var(--color-3)", "warn": "var(--color-5)", "stop": "var(--color-2)"}


def _blocks(source: Source) -> Sequence[Block]:
    return [_last(source), *_gone(source)]


def _last(source: Source) -> Figure:
    drift = source.read(LAST)
    highest = max(float(drift["drift"].to_numpy().max()), 1.2 * LIMITS[-1])
    bars = alt.Chart(data(drift)).mark_bar().encode(
        y=alt.Y("what:N", sort=None, title=None),
        x=alt.X("drift:Q", title="drift (index, or a share)", scale=alt.Scale(domain=[0, highest])),
        color=alt.Color("level:N", scale=alt.Scale(domain=list(LEVELS), range=list(LEVELS.values()))),
    )  # fmt: skip
    by_chance = alt.Chart(data(drift)).mark_tick(color="var(--ink)", thickness=2, clip=True).encode(
        y=alt.Y("what:N", sort=None, title=None), x="chance:Q"
    )  # fmt: skip
    limits = (
        alt.Chart(alt.Data(values=[{"limit": limit} for limit in LIMITS]))
        .mark_rule(strokeDash=[4, 4])
        .encode(x="limit:Q")
    )
    worst = drift.row(0, named=True)
    moved = drift.filter(drift["level"] != "steady").height
    words = f"{moved} of {drift.height} are above their limits; the largest is {worst['what']}, {worst['drift']:.3f}."
    note = f"Scored {worst['scored_at']:%Y-%m-%d %H:%M} UTC. Ticks: as much may be chance. Dashed: the limits."
    return figure(bars + by_chance + limits, "The largest drifts (index or share)", words, note=note, rows=drift.height)


def _gone(source: Source) -> list[Figure]:
    try:
        weeks = source.read(GONE, model_run_id=source.model_run_id)
    except Nothing:
        return []
    gone = alt.Chart(data(weeks)).mark_line(point=True).encode(
        x=alt.X("yearmonthdate(gone_week):O", title="week in which cars went", axis=WEEKS),
        y=alt.Y("expost_mdape:Q", title="median error (%)", axis=alt.Axis(format="%")),
        tooltip=["gone_week:T", "gone_listings:Q", "expost_mdape:Q"],
    )  # fmt: skip
    held_out = alt.Chart(data(weeks.tail(1))).mark_rule(strokeDash=[4, 4]).encode(y="mdape:Q")
    last = weeks.row(-1, named=True)
    words = (
        f"Median error of cars that went, by week: {last['expost_mdape']:.1%} of {last['gone_listings']:,} in the "
        f"last, {last['mdape']:.1%} on the holdout."
    )
    note = f"{weeks['gone_listings'].sum():,} cars that went. Dashed: the error on held-out cars."
    return [figure(gone + held_out, "Error of cars that went (%)", words, note=note)]


SECTION = Section(
    "drift",
    "Drift",
    "Whether the cars on offer are still what the model learned from. Above 0.1 is told, above 0.25 may stop it.",
    _blocks,
)
