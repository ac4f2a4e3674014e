"""Price index: what the same kinds of cars ask, week by week."""

from collections.abc import Sequence

import altair as alt
import numpy as np
import polars as pl

from flows.report.blocks import Block, Figure, Section
from flows.report.charts import ACCENT, SECOND, data, figure
from flows.report.source import Nothing, Source

INDEX = """
select is_new, week, price_index, same_age_index, compared_listings
from price_index
where market = $market and price_index is not null
order by is_new, week
"""

NAMES = {"price_index": "same model years", "same_age_index": "same ages"}


def _blocks(source: Source) -> Sequence[Block]:
    index = source.read(INDEX)
    kinds = {is_new: index.filter(is_new=is_new) for is_new in (False, True)}
    figures = [_figure(weeks, is_new) for is_new, weeks in kinds.items() if weeks.height > 1]
    if not figures:
        raise Nothing("An index takes two weeks, and this market has been watched in one.")
    return figures


def _figure(weeks: pl.DataFrame, is_new: bool) -> Figure:
    known = [name for name in NAMES if weeks[name].count()]
    long = weeks.unpivot(known, index="week", variable_name="held", value_name="index").drop_nulls("index")
    # a hundredth of a per cent is no event: the axis is at least two per cent high
    lowest, highest = min(99, np.min(long["index"].to_numpy())), max(101, np.max(long["index"].to_numpy()))
    named = long.with_columns(pl.col("held").replace_strict(NAMES))
    colours = alt.Scale(domain=[NAMES[name] for name in known], range=[ACCENT, SECOND][: len(known)])
    height = alt.Scale(zero=False, domainMin=lowest, domainMax=highest)
    chart = alt.Chart(data(named)).mark_line(point=True).encode(
        x=alt.X("week:T", title="week"),
        y=alt.Y("index:Q", title="index (first week = 100)", scale=height),
        color=alt.Color("held:N", scale=colours),
    )  # fmt: skip
    last = weeks.row(-1, named=True)
    words = f"Index of asking prices: {last['price_index']:.1f} in the week of {last['week']}, 100 in the first."
    cars = "new" if is_new else "used"
    return figure(chart, f"Asking prices of {cars} cars (index, first week = 100)", words)


SECTION = Section(
    "index",
    "Price index",
    "Each week against the one before, inside cells of like cars, so that a change of what is on offer moves nothing. "
    "Cars of the same model years grow older; the other line puts back what a year of age costs.",
    _blocks,
)
