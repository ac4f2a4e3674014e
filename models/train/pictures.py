"""Pictures of a model run, PNG: how its members learned, and what they predicted against what was asked."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter

from models.evaluate.metrics import Metrics

# "train" and "validation" to one loss per epoch, for one member
History = Mapping[str, Sequence[float]]

COLORS = {"train": "#1f6f8b", "validation": "#d1603d"}
# What an estimator counts its training in, and the loss that it counts; the networks share theirs.
AXES = {"boosting": ("trees", "RMSE of log price")}
NETWORK_AXES = ("epoch", "Huber loss of standardised log price")
DOTS_PER_INCH = 120


def draw_learning_curves(histories: Mapping[str, Sequence[History]], path: Path) -> bool:
    """Draw each estimator's training and validation loss, all members on one panel, panels side by side.

    ``histories`` maps an estimator to its members' histories; those without one are left out. Nothing is drawn, and
    False returned, where none is left.
    """
    curves = {name: [member for member in members if member.get("train")] for name, members in histories.items()}
    drawn = {name: members for name, members in curves.items() if members}
    if drawn:
        figure = Figure(figsize=(1.2 + 5.4 * len(drawn), 4.4), layout="constrained")
        panels = figure.subplots(1, len(drawn), squeeze=False)[0]
        for panel, (name, members) in zip(panels, drawn.items(), strict=True):
            _draw_members(panel, name, members)
        _save(figure, path)
    return bool(drawn)


def draw_training(history: History, path: Path, *, title: str, losses: str, scores: str) -> None:
    """Draw a network's losses on the left and its scores on the right, each in training and validation, by epoch.

    ``history`` is that of models.estimators.stopping; ``losses`` and ``scores`` say what it counts.
    """
    figure = Figure(figsize=(11, 4.2), layout="constrained")
    kinds = {losses: ("train", "validation"), scores: ("train_score", "validation_score")}
    for panel, (words, parts) in zip(figure.subplots(1, 2), kinds.items(), strict=True):
        for part, (where, color) in zip(parts, COLORS.items(), strict=True):
            epochs = np.arange(1, len(history[part]) + 1)
            panel.plot(epochs, history[part], color=color, linewidth=1.4, marker=".", label=where)
        panel.set(xlabel="epoch", ylabel=words)
        panel.xaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))
        _tidy(panel)
    figure.suptitle(title, fontsize=11, x=0.01, ha="left")
    _save(figure, path)


def draw_predicted_against_actual(
    actual: np.ndarray, predicted: np.ndarray, path: Path, *, title: str, currency: str, metrics: Metrics
) -> None:
    """Draw predicted over asking prices, both in ``currency`` and of shape (rows,), on log axes with their diagonal."""
    figure = Figure(figsize=(6.6, 6.8), layout="constrained")
    panel = figure.subplots()
    ends = np.array([min(actual.min(), predicted.min()) * 0.9, max(actual.max(), predicted.max()) * 1.1])
    panel.fill_between(ends, ends * 0.8, ends * 1.2, color="#1f6f8b", alpha=0.10, linewidth=0, label="within 20 %")
    panel.plot(ends, ends, color="#333333", linewidth=1, label="predicted = asked")
    panel.scatter(actual, predicted, s=9, alpha=_opacity(len(actual)), color="#1f6f8b", linewidths=0)
    panel.set(xlim=ends, ylim=ends, xscale="log", yscale="log", aspect="equal")
    panel.set(xlabel=f"asking price ({currency})", ylabel=f"predicted price ({currency})")
    panel.set_title(f"{title}\n{_in_words(metrics, currency)}", fontsize=10, loc="left")
    for axis in (panel.xaxis, panel.yaxis):
        axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axis.set_major_formatter(FuncFormatter(lambda price, _: f"{price:,.0f}"))
        axis.set_minor_formatter(NullFormatter())
    _tidy(panel)
    _save(figure, path)


def _draw_members(panel: Axes, name: str, members: Sequence[History]) -> None:
    for number, member in enumerate(members):
        for part, color in COLORS.items():
            losses = member.get(part, ())
            epochs = np.arange(1, len(losses) + 1)
            panel.plot(epochs, losses, color=color, linewidth=1.2, alpha=0.75, label=None if number else part)
        _mark_best(panel, member.get("validation", ()), label=None if number else "best validation")
    steps, loss = AXES.get(name, NETWORK_AXES)
    panel.set(xlabel=steps, ylabel=loss, yscale="log")
    panel.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    panel.yaxis.set_major_formatter(FuncFormatter(lambda loss, _: f"{loss:g}"))
    panel.yaxis.set_minor_formatter(NullFormatter())
    panel.set_title(f"{name}, {len(members)} members", fontsize=10, loc="left")
    panel.xaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))
    _tidy(panel)


def _mark_best(panel: Axes, losses: Sequence[float], label: str | None) -> None:
    if losses:
        best = int(np.argmin(losses))
        panel.plot(
            best + 1, losses[best], "o", color=COLORS["validation"], markersize=5, markeredgecolor="white", label=label
        )


def _opacity(rows: int) -> float:
    """Return how dense a dot may be drawn, so that 50 cars can be seen and 20,000 told apart."""
    return float(np.clip(12 / np.sqrt(rows), 0.08, 0.8))


def _in_words(metrics: Metrics, currency: str) -> str:
    return (
        f"{metrics.rows:,} held-out cars: MAE {metrics.mae:,.0f} {currency}, MdAPE {100 * metrics.mdape:.1f} %, "
        f"log-RMSE {metrics.log_rmse:.3f}, R² {metrics.r2:.3f}"
    )


def _tidy(panel: Axes) -> None:
    panel.spines[["top", "right"]].set_visible(False)
    panel.grid(color="#e4e4e4", linewidth=0.6)
    panel.set_axisbelow(True)
    panel.legend(frameon=False, fontsize=9)


def _save(figure: Figure, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    FigureCanvasAgg(figure).print_figure(path, dpi=DOTS_PER_INCH, format="png")
