"""What a car of anybody should ask, or why there is no price or a doubtful one: predictions that say what they lack.

Nothing is guessed: a make that the model run never saw gets no price. Knows no file of cars and no warehouse.
"""

import polars as pl

from models.model_runs.registry import ModelRun
from models.predict.novelty import known_words
from models.predict.prediction import predict
from models.prepare.features import build_features
from models.ranges.abstention import REASONS

PRICES = ("predicted_price", "lower", "upper", "coverage", "lower_95", "upper_95")
# Why the model run cannot judge a listing that it priced, in words.
ABSTENTION = pl.col("reason_code").replace_strict(REASONS, default=None, return_dtype=pl.String)


def appraise(model_run: ModelRun, listings: pl.DataFrame) -> pl.DataFrame:
    """Return PRICES and ``reason``, one row per listing in order; no listing is dropped.

    ``listings`` are understood listings, with listing_id, vehicle_id and reject_reason, priced or not. ``reason`` is
    null, or says why the prices beside it are null, or why they are in doubt.
    """
    features = build_features(listings)
    refused = listings.select(_refusal(model_run, features).alias("refusal")).to_series()
    prices = predict(model_run, listings.filter(refused.is_null())).select(*PRICES, "reason_code")
    rows = pl.DataFrame({"row": range(listings.height), "refusal": refused, "doubt": _doubts(model_run, features)})
    priced = rows.filter(pl.col("refusal").is_null()).select("row").hstack(prices)
    joined = rows.join(priced, on="row", how="left", maintain_order="left")
    return joined.select(*PRICES, reason=pl.coalesce("refusal", "doubt", ABSTENTION))


def _refusal(model_run: ModelRun, features: pl.DataFrame) -> pl.Expr:
    """Return why a listing gets no price at all, null where it does."""
    makes = features["make"]
    is_known = makes.is_in(known_words(model_run, "make").implode())
    return (
        pl.when(pl.col("reject_reason").is_not_null())
        .then("reject_reason")
        .when(makes.is_null())
        .then(pl.lit("no make named"))
        .when(~is_known)
        .then(pl.lit("make is unknown to the model"))
    )


def _doubts(model_run: ModelRun, features: pl.DataFrame) -> pl.Series:
    """Return what a price lacks, null where it lacks nothing that most of a price hangs on."""
    names_no_model = pl.col("model_line") == pl.col("make")
    is_known = pl.col("model_line").is_in(known_words(model_run, "model_line").implode())
    is_new = pl.col("condition").eq_missing("new")
    doubts = {
        "no model named": names_no_model,
        "model is unknown to the model": ~names_no_model & ~is_known,
        "no model year named": pl.col("age").is_null(),
        "no mileage named": pl.col("mileage").is_null() & ~is_new,
    }
    said = pl.concat_str([pl.when(holds).then(pl.lit(doubt)) for doubt, holds in doubts.items()], separator="; ",
                         ignore_nulls=True)  # fmt: skip
    return features.select(said.replace("", None)).to_series()
