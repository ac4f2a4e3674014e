"""How many held-out cars lie in their range, by kind of car: a range may hold what it states only on the whole."""

import polars as pl

from models.evaluate.segments import MINIMUM_ROWS, groups_of, segments

Z = 1.959964  # of a two-sided interval of 95 %


def coverage_by_segment(holdout: pl.DataFrame, judged: pl.DataFrame) -> pl.DataFrame:
    """Return segment, value, rows, coverage, lower and upper, one row per kind of car, the least covered first.

    ``holdout`` are listings, ``judged`` their listing_id, asking_price, predicted_price, lower and upper; those of both
    count. (lower, upper) of a kind is Wilson's interval of its coverage (Wilson 1927). Kinds are those of
    ``evaluate_by_segment``.
    """
    rows = holdout.join(judged.drop("vehicle_id", "asking_price"), on="listing_id", maintain_order="left")
    inside = (rows["lower"] <= rows["asking_price"]) & (rows["asking_price"] <= rows["upper"])
    kinds = segments(rows, rows["predicted_price"].to_numpy())
    groups = groups_of(kinds, MINIMUM_ROWS).items()
    counted = [(*group, int(of.sum()), int(inside.filter(pl.Series(of)).sum())) for group, of in groups]
    schema = {"segment": pl.String, "value": pl.String, "rows": pl.Int64, "inside": pl.Int64}
    return _with_interval(pl.DataFrame(counted, schema=schema, orient="row"))


def _with_interval(counted: pl.DataFrame) -> pl.DataFrame:
    n, coverage = pl.col("rows"), pl.col("inside") / pl.col("rows")
    middle = (coverage + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = Z / (1 + Z**2 / n) * (coverage * (1 - coverage) / n + Z**2 / (4 * n**2)).sqrt()
    told = counted.select(
        "segment", "value", "rows", coverage.alias("coverage"), lower=middle - half, upper=middle + half
    )
    return told.sort("coverage", "segment", "value")
