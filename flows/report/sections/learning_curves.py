"""Learning curves: the losses of both networks by epoch, side by side on one scale, members as thin lines."""

import json
from collections.abc import Mapping, Sequence

import altair as alt
import numpy as np
import polars as pl

from flows.report.blocks import Block, Figure, Section
from flows.report.charts import ACCENT, SECOND, data, figure
from flows.report.sections.estimators import RUNS
from flows.report.source import Nothing, Source

NETWORKS = {"keras_network": "Keras network", "torch_network": "PyTorch network"}
PARTS = ("train", "validation")


def _blocks(source: Source) -> Sequence[Block]:
    runs = source.read(RUNS, model_run_id=source.model_run.manifest.model_run_id)
    manifests = dict(runs.select("estimator", "manifest").iter_rows())
    curves = {name: _curves(json.loads(manifests[name])["history"]) for name in NETWORKS if name in manifests}
    if not curves:
        raise Nothing("No network was trained together with the model that is live.")
    ends = np.quantile(pl.concat(curves.values())["loss"].to_numpy(), (0, 0.995)).tolist()
    return [_figure(name, losses, ends) for name, losses in curves.items()]


def _curves(members: Sequence[Mapping[str, Sequence[float]]]) -> pl.DataFrame:
    rows = [
        {"member": member, "of": part, "epoch": epoch, "loss": loss}
        for member, history in enumerate(members, start=1)
        for part in PARTS
        for epoch, loss in enumerate(history.get(part, ()), start=1)
    ]
    return pl.DataFrame(rows, schema={"member": pl.Int64, "of": pl.String, "epoch": pl.Int64, "loss": pl.Float64})


def _figure(name: str, losses: pl.DataFrame, ends: list[float]) -> Figure:
    colour = alt.Scale(domain=list(PARTS), range=[ACCENT, SECOND])
    chart = alt.Chart(data(losses)).mark_line(strokeWidth=1.4, opacity=0.75, clip=True).encode(
        x=alt.X("epoch:Q", axis=alt.Axis(format="d", tickMinStep=1)),
        y=alt.Y("loss:Q", title="Huber loss of log price", scale=alt.Scale(type="log", domain=ends, nice=False)),
        color=alt.Color("of:N", scale=colour),
        detail="member:N",
    )  # fmt: skip
    best = losses.filter(of="validation").group_by("member").agg(pl.col("loss").min())["loss"].to_numpy()
    members = losses["member"].n_unique()
    words = (
        f"Training and validation loss of {members} members by epoch; the median of the best is {np.median(best):.4f}."
    )
    return figure(chart, f"{NETWORKS[name]}, {members} members (loss by epoch)", words)


SECTION = Section(
    "learning",
    "Learning curves",
    "Where the validation loss rises while the training loss falls, a network learns by heart; each member keeps the "
    "weights of its best epoch.",
    _blocks,
)
