"""Accuracy: the held-out cars, predicted against asked; errors and coverage overall and by kind of car."""

from collections.abc import Sequence
from pathlib import Path

import altair as alt
import numpy as np
import polars as pl

from flows.report.blocks import Block, Figure, Section, Tiles
from flows.report.charts import data, figure
from flows.report.source import Source
from flows.report.words import count, money, share
from models.evaluate.coverage import coverage_by_segment
from models.evaluate.holdout import read_split
from models.model_runs.registry import ModelRun

# More points than that are a blot, and a page too large to send.
MOST_POINTS = 1_200
MOST_KINDS = 24

ERRORS = """
select
    left(segment || ' ' || segment_value, 60) as kind,
    segment_rows as cars,
    estimate,
    estimate_lower,
    estimate_upper
from model_metrics
inner join model_runs using (model_run_id)
where market = $market and model_run_id = $model_run_id and metric = 'mdape' and segment <> 'all'
order by estimate desc, kind
limit $shown
"""


def _blocks(source: Source) -> Sequence[Block]:
    run = source.model_run
    priced = run.holdout.with_columns(residual_share=pl.col("asking_price") / pl.col("predicted_price") - 1)
    errors = source.read(ERRORS, model_run_id=run.manifest.model_run_id, shown=MOST_KINDS)
    return [
        _tiles(run), _scatter(priced, run.manifest.currency), _residuals(priced), _errors(errors), *_coverage(run)
    ]  # fmt: skip


def _tiles(run: ModelRun) -> Tiles:
    manifest = run.manifest
    return Tiles(
        [
            ("Held-out cars", count(manifest.holdout_rows), manifest.holdout_rule),
            ("Median error", share(manifest.holdout.mdape), "of the asking price (MdAPE)"),
            ("Mean error", money(manifest.holdout.mae, manifest.currency), "MAE"),
            ("Within 10 %", share(manifest.holdout.within_10), "of the asking price"),
            ("In their range", share(manifest.holdout_coverage), f"{share(manifest.coverage, 0)} stated"),
        ]
    )


def _scatter(priced: pl.DataFrame, currency: str) -> Figure:
    shown = priced.sample(min(MOST_POINTS, priced.height), seed=0)
    prices = priced.select("asking_price", "predicted_price").to_numpy()
    ends = [float(prices.min()) * 0.9, float(prices.max()) * 1.1]
    scale, axis = alt.Scale(type="log", domain=ends, nice=False), alt.Axis(format="~s", tickCount=5)
    points = alt.Chart(data(shown.select("asking_price", "predicted_price"))).mark_circle(
        opacity=0.4, size=18, aria=False
    ).encode(
        x=alt.X("asking_price:Q", title=f"asking price ({currency})", scale=scale, axis=axis),
        y=alt.Y("predicted_price:Q", title=f"predicted price ({currency})", scale=scale, axis=axis),
    )  # fmt: skip
    diagonal = alt.Chart(data(pl.DataFrame({"price": ends}))).mark_line(color="var(--ink)", strokeWidth=1).encode(
        x=alt.X("price:Q", scale=scale), y=alt.Y("price:Q", scale=scale)
    )  # fmt: skip
    near = float((priced["residual_share"].abs() < 0.1).to_numpy().mean())
    words = f"Predicted over asking prices of {priced.height:,} held-out cars; {near:.0%} lie within a tenth."
    drawn = "" if shown.height == priced.height else f" {shown.height:,} of {priced.height:,} cars, drawn at random."
    return figure(
        points + diagonal, f"Predicted against actual ({currency})", words, note=f"The line: predicted = asked.{drawn}"
    )


def _residuals(priced: pl.DataFrame) -> Figure:
    edges = pl.col("residual_share").clip(-0.5, 0.5 - 1e-9)
    bars = priced.group_by((edges / 0.05).floor().alias("band")).len("cars").sort("band")
    banded = bars.with_columns(low=pl.col("band") * 0.05, high=(pl.col("band") + 1) * 0.05)
    chart = alt.Chart(data(banded)).mark_bar().encode(
        x=alt.X("low:Q", bin="binned", title="asking price above the predicted one (%)", axis=alt.Axis(format="+.0%")),
        x2="high:Q",
        y=alt.Y("cars:Q", title="held-out cars"),
    )  # fmt: skip
    middle = np.median(priced["residual_share"].to_numpy())
    words = f"Residuals in per cent of the prediction; their median is {middle:+.1%}."
    return figure(chart, "Residuals (% of the prediction)", words, note="Beyond 50 % is counted in the outermost bars.")


def _errors(errors: pl.DataFrame) -> Figure:
    base = alt.Chart(data(errors)).encode(y=alt.Y("kind:N", sort=None, title=None))
    width = base.mark_rule(strokeWidth=2, opacity=0.6).encode(
        x=alt.X("estimate_lower:Q", title="median error (% of the asking price)", axis=alt.Axis(format=".0%")),
        x2="estimate_upper:Q",
    )
    chart = width + base.mark_point(size=50).encode(x="estimate:Q", tooltip=["kind:N", "cars:Q", "estimate:Q"])
    worst = errors.row(0, named=True)
    words = f"Median error by kind, largest first: {worst['kind']}, {worst['estimate']:.1%} of {worst['cars']:,} cars."
    return figure(chart, "Error by kind of car (%)", words, note="Lines: 95 % intervals.", rows=errors.height)


def _coverage(run: ModelRun) -> list[Figure]:
    snapshot = Path(run.manifest.snapshot.path)
    if not snapshot.exists():
        return []
    _, holdout = read_split(snapshot, run.manifest.market)
    kinds = coverage_by_segment(holdout, run.holdout).head(MOST_KINDS)
    named = kinds.select(
        pl.concat_str("segment", "value", separator=" ").str.slice(0, 60).alias("kind"),
        "rows",
        "coverage",
        "lower",
        "upper",
    )
    if named.is_empty():
        return []
    base = alt.Chart(data(named)).encode(y=alt.Y("kind:N", sort=None, title=None))
    width = base.mark_rule(strokeWidth=2, opacity=0.6).encode(
        x=alt.X("lower:Q", title="share in their range (%)", axis=alt.Axis(format=".0%"), scale=alt.Scale(zero=False)),
        x2="upper:Q",
    )
    points = base.mark_point(size=50).encode(x="coverage:Q", tooltip=["kind:N", "rows:Q", "coverage:Q"])
    stated = alt.Chart(data(pl.DataFrame({"stated": [run.manifest.coverage]}))).mark_rule(
        color="var(--second)", strokeDash=[4, 4]
    ).encode(x="stated:Q")  # fmt: skip
    least = named.row(0, named=True)
    words = f"Share of held-out cars in their range by kind, least first: {least['kind']}, {least['coverage']:.0%}."
    note = f"Dashed: the stated {run.manifest.coverage:.0%}. Lines: 95 % intervals."
    return [figure(width + points + stated, "Coverage by kind of car (%)", words, note=note, rows=named.height)]


SECTION = Section(
    "accuracy",
    "Predicted against actual",
    "Cars that no part of the model saw in training: what it predicts against what they ask.",
    _blocks,
)
