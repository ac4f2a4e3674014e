"""Depreciation: what the cars of a model ask, by age."""

from collections.abc import Sequence

import altair as alt
import polars as pl

from flows.report.blocks import Block, Figure, Section
from flows.report.charts import colors, data, figure
from flows.report.source import Source

# The models of which most is known, of those with at least four ages.
CURVES = """
with

stated as (
    from depreciation
    where market = $market and median_price is not null and age_years <= 20
),

most as (
    select make, model
    from stated
    group by make, model
    having count(*) >= 4
    order by count(*) desc, sum(vehicles) desc, make, model
    limit 6
)

select left(make || ' ' || model, 40) as car, age_years, median_price, retained_share, youngest_age, vehicles
from stated
inner join most using (make, model)
order by car, age_years
"""


def _blocks(source: Source) -> Sequence[Block]:
    curves = source.read(CURVES)
    return [_prices(curves, source.currency), _retained(curves)]


def _prices(curves: pl.DataFrame, currency: str) -> Figure:
    y = alt.Y("median_price:Q", title=f"median asking price ({currency})", axis=alt.Axis(format="~s"))
    return figure(
        _chart(curves, y), f"Median asking price by age ({currency})", _told(curves, "median_price", currency)
    )


def _retained(curves: pl.DataFrame) -> Figure:
    y = alt.Y("retained_share:Q", title="of the youngest age's median", axis=alt.Axis(format="%"))
    told = _told(curves.with_columns(pl.col("retained_share") * 100), "retained_share", "%")
    note = "Different cars side by side, not one car growing older: trims and equipment differ between model years."
    return figure(_chart(curves, y), "Retained by age (%)", told, note=note)


def _chart(curves: pl.DataFrame, y: alt.Y) -> alt.Chart:
    names = curves["car"].unique(maintain_order=True).to_list()
    return alt.Chart(data(curves)).mark_line(point=True).encode(
        x=alt.X("age_years:Q", title="age (years)", axis=alt.Axis(format="d", tickMinStep=1)),
        y=y,
        color=alt.Color("car:N", scale=colors(names)),
    )  # fmt: skip


def _told(curves: pl.DataFrame, column: str, unit: str) -> str:
    ends = curves.group_by("car", maintain_order=True).agg(
        pl.col("age_years", column).first().name.suffix("_first"),
        pl.col("age_years", column).last().name.suffix("_last"),
    )
    lines = [f"{name}: {begin:,.0f} {unit} at {young} years, {end:,.0f} {unit} at {old}"
             for name, young, begin, old, end in ends.iter_rows()]  # fmt: skip
    return f"Curves by age. {'; '.join(lines)}."


SECTION = Section(
    "depreciation",
    "Depreciation",
    "What used cars of a model ask by age; ages with fewer than five cars are left out.",
    _blocks,
)
