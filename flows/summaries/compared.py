"""Two model runs side by side, and what was done with one by hand."""

import polars as pl

from flows.show import print_lines, print_table
from flows.steps.models import Promoted
from models.gate.side_by_side import SideBySide

FIGURES = ("mae", "mdape", "log_rmse", "rmse", "r2")


def tell_compared(compared: SideBySide) -> None:
    """Tell the metrics of both, and how much smaller or larger the second one's error is, overall and by segment."""
    first, second = (model_run.manifest for model_run in compared.model_runs)
    print_lines([f"A  {first.model_run_id}", f"B  {second.model_run_id}", ""])
    measured = zip("AB", compared.model_runs, compared.metrics, compared.coverages, strict=True)
    rows = [
        {"": letter, "estimator": model_run.manifest.estimator}
        | {name: getattr(metrics, name) for name in FIGURES}
        | {"coverage": coverage}
        for letter, model_run, metrics, coverage in measured
    ]
    print_table(pl.DataFrame(rows), f"{compared.rows:,} {compared.kind}, new to both, in {first.currency}")
    print_lines([_overall(compared), ""])
    if not compared.by_segment.is_empty():
        print_table(_segments(compared.by_segment), "Mean error in log price, by segment")


def tell_promoted(promoted: Promoted) -> None:
    """Tell which model run is live now, and what makes its prices the published ones."""
    before = f", in place of {promoted.former}" if promoted.former else ""
    print_lines([
        f"{promoted.model_run_id} is the champion of {promoted.market}{before}.",
        "`tasador score` prices every live listing with it.",
        *filter(None, [promoted.tracked]),
    ])  # fmt: skip


def _overall(compared: SideBySide) -> str:
    found = compared.overall
    words = "surely smaller" if found.upper < 1 else "surely larger" if found.lower > 1 else "not surely different"
    interval = f"95 %: {found.lower - 1:+.1%} to {found.upper - 1:+.1%}"
    return f"B's error is {words} than A's: {found.ratio - 1:+.1%} ({interval}), over {found.vehicles:,} vehicles."


def _segments(by_segment: pl.DataFrame) -> pl.DataFrame:
    """Return the segments as people read them: where B does worst against A first within each."""
    ordered = by_segment.sort(pl.col("segment").rle_id(), "ratio", descending=[False, True], maintain_order=True)
    return pl.DataFrame(
        [
            {
                "segment": row["segment"],
                "value": row["value"],
                "rows": row["rows"],
                "A": f"{row['champion']:.4f}",
                "B": f"{row['challenger']:.4f}",
                "B against A": f"{row['ratio'] - 1:+.1%}",
                "95 %": f"{row['lower'] - 1:+.1%} to {row['upper'] - 1:+.1%}",
            }
            for row in ordered.iter_rows(named=True)
        ]
    )
