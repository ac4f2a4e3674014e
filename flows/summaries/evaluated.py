"""What a model run's evaluation says to people: each metric with its interval, and the segments, the worst first."""

import polars as pl

from flows.show import print_table

# In currency, as shares, and the others by their decimals.
WRITTEN = {
    **dict.fromkeys(("rmse", "mae"), "{:,.0f}"),
    **dict.fromkeys(("mdape", "within_5", "within_10", "within_20"), "{:.1%}"),
    **{"cod": "{:.1f}", "prb": "{:+.3f}"},
}
MEANINGS = {
    "r2": "share of the prices' variance that it explains",
    "rmse": "large errors weigh most: one car can be all of it",
    "mae": "mean error",
    "mdape": "median error, of the asking price",
    "log_rmse": "as rmse, of the logarithm",
    "log_mae": "as mae, of the logarithm",
    "within_5": "predictions at most 5 % off",
    "within_10": "at most 10 % off",
    "within_20": "at most 20 % off",
    "median_ratio": "predicted to asking price; 1 is the right level",
    "cod": "how far ratios lie apart, in % of their median",
    "prd": "above 1.03: dear cars are priced too low",
    "prb": "how much a ratio changes where the price doubles",
}

# Not the bias by price: among cars of one price it is chance.
BY_SEGMENT = {"mae": "mae", "within_10": "within_10", "ratio": "median_ratio", "cod": "cod"}


def tell_evaluation(evaluation: pl.DataFrame) -> None:
    """Tell every metric of the held-out cars with its interval, and the segments by their median error, worst first.

    ``evaluation`` is a model run's. A segment is marked where its whole interval lies above the error of all.
    """
    overall = evaluation.filter(pl.col("segment") == "all")
    print_table(pl.DataFrame([_metric(row) for row in overall.iter_rows(named=True)]), "Held-out cars")
    segments = _segments(evaluation)
    if segments.height:
        print_table(segments, "By kind of car, largest median error first; « surely larger than that of all")


def _metric(row: dict[str, float | str]) -> dict[str, str]:
    metric = str(row["metric"])
    estimate, lower, upper = (_figure(metric, row[name]) for name in ("estimate", "lower", "upper"))
    return {"metric": metric, "estimate": estimate, "95 %": f"{lower} to {upper}", "meaning": MEANINGS[metric]}


def _segments(evaluation: pl.DataFrame) -> pl.DataFrame:
    of_all = evaluation.filter(segment="all", metric="mdape")["estimate"].item()
    kinds = evaluation.filter(pl.col("segment") != "all")
    worst_first = kinds.filter(metric="mdape").sort("estimate", descending=True)
    told = kinds.pivot("metric", index=["segment", "value"], values="estimate")
    rows = worst_first.join(told, on=["segment", "value"], maintain_order="left").iter_rows(named=True)
    return pl.DataFrame([
        {
            "segment": f"{row['segment']} {row['value']}",
            "cars": f"{row['rows']:,}",
            "error": _figure("mdape", row["estimate"]),
            "95 %": f"{_figure('mdape', row['lower'])} to {_figure('mdape', row['upper'])}",
            **{name: _figure(metric, row[metric]) for name, metric in BY_SEGMENT.items()},
            " ": "«" if row["lower"] > of_all else "",
        }
        for row in rows
    ])  # fmt: skip


def _figure(metric: str, value: float | str) -> str:
    return WRITTEN.get(metric, "{:.3f}").format(value)
