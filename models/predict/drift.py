"""Whether the listings to be scored still are what a model run was trained on: measures, their levels, what follows.

Knows distributions and prices, no estimator and no warehouse. docs/drift.md says why the limits are what they are.
"""

import math
from collections.abc import Iterator
from typing import Any

import polars as pl

from models.model_runs.registry import ModelRun
from models.predict.distributions import FAMILIES, PREDICTION, RESIDUAL, Distribution, watched
from models.predict.novelty import known_words

# Of a population stability index, as its users have it (Siddiqi 2006), and of a share that rose, alike.
WARN, STOP = 0.1, 0.25
# One family drifts when a site changes its words or a dealer comes in; several, when it is another market.
STOPPING_FAMILIES = 3
# On these most of a price hangs: where they are told no more, a page is read wrongly.
ESSENTIAL = {"name", "age_and_use"}
# In standard deviations, what chance may do: one measure in 4,000 exceeds it, of the hundred of a scoring.
CHANCE = 3.5
# By chance an index over so many moves by 0.0025 and a share by 0.012, a tenth of what counts: more would only cost.
MOST_LISTINGS = 20_000

SCHEMA = pl.Schema(
    {
        "feature": pl.String(),
        "measure": pl.String(),
        "training_share": pl.Float64(),
        "share": pl.Float64(),
        "drift": pl.Float64(),
        "chance": pl.Float64(),
        "level": pl.String(),
    }
)


def measure_drift(model_run: ModelRun, listings: pl.DataFrame, predictions: pl.DataFrame) -> pl.DataFrame:
    """Return one row per feature and measure, columns as SCHEMA; none of a model run that kept no distributions.

    ``predictions`` are what ``predict`` returned for ``listings``, row by row. The measures are ``psi``, the population
    stability index of the known values, ``missing`` and, of categories, ``new_words``: shares, of listings and of
    known words. ``level`` is steady, warn or stop.
    """
    every = max(1, math.ceil(listings.height / MOST_LISTINGS))
    prices = predictions[PREDICTION].gather_every(every).to_numpy()
    values = watched(listings.gather_every(every), prices)
    kept = [Distribution(**row) for row in model_run.distributions.iter_rows(named=True)]
    rows = [row for learned in kept for row in _measured(model_run, learned, values[learned.feature])]
    frame = pl.DataFrame(rows, schema={name: dtype for name, dtype in SCHEMA.items() if name != "level"})
    beyond = [pl.col("drift") > pl.max_horizontal(pl.lit(limit), "chance") for limit in (STOP, WARN)]
    level = pl.when(beyond[0]).then(pl.lit("stop")).when(beyond[1]).then(pl.lit("warn")).otherwise(pl.lit("steady"))
    return frame.with_columns(level.alias("level"))


def stops(drift: pl.DataFrame) -> bool:
    """Tell whether the listings are too far from the training rows to be scored."""
    beyond = _beyond(drift)
    families, untold = _families(beyond), _families(_beyond(drift.filter(measure="missing")))
    return PREDICTION in beyond or len(families) >= STOPPING_FAMILIES or bool(untold & ESSENTIAL)


def is_outdated(drift: pl.DataFrame) -> bool:
    """Tell whether the market should be retrained: its listings, or what is asked for such, are not what they were."""
    return stops(drift) or RESIDUAL in _beyond(drift)


def told(drift: pl.DataFrame) -> list[str]:
    """Return in a few words each what has drifted, farthest first."""
    found = drift.filter(pl.col("level") != "steady").sort(-pl.col("drift"), "feature", "measure")
    return [_words(row) for row in found.iter_rows(named=True)]


def stability_index(expected: list[int], found: list[int]) -> float:
    """Return the population stability index of two counts over the same bins: sum of (q - p) ln(q / p).

    Half a row is added to each bin, so that an empty one is finite.
    """
    shares = [[(count + 0.5) / (sum(counts) + len(counts) / 2) for count in counts] for counts in (expected, found)]
    return math.fsum((q - p) * math.log(q / p) for p, q in zip(*shares, strict=True))


def chance_of_index(expected: list[int], found: list[int]) -> float:
    """Return how large the index gets by chance: a quantile of χ² with bins - 1 degrees, times 1/n + 1/m.

    Yurdakul and Naranjo, Statistical properties of the population stability index (2020); the quantile by Wilson and
    Hilferty (1931).
    """
    degrees = max(1, len(expected) - 1)
    quantile: float = degrees * (1 - 2 / (9 * degrees) + CHANCE * math.sqrt(2 / (9 * degrees))) ** 3
    return quantile * (1 / sum(expected) + 1 / sum(found))


def _measured(model_run: ModelRun, learned: Distribution, values: pl.Series) -> Iterator[dict[str, Any]]:
    found = learned.count(values)
    known, missing = sum(found), values.null_count()
    if sum(learned.counts) and known:
        index, chance = stability_index(learned.counts, found), chance_of_index(learned.counts, found)
        yield {"feature": learned.feature, "measure": "psi", "drift": index, "chance": chance}
    if len(values):
        rows = sum(learned.counts) + learned.missing
        yield {"feature": learned.feature, "measure": "missing", **_risen(learned.missing, rows, missing, len(values))}
    if learned.words is not None and learned.held_out and known:
        new = int((~values.drop_nulls().is_in(known_words(model_run, learned.feature).implode())).sum())
        shares = _risen(learned.new_words, learned.held_out, new, known)
        yield {"feature": learned.feature, "measure": "new_words", **shares}


def _risen(expected: int, rows: int, found: int, listings: int) -> dict[str, float]:
    """Return two shares, by how much the second is larger, and by how much it may be by chance."""
    pooled = (expected + found + 1) / (rows + listings + 2)
    chance = CHANCE * math.sqrt(pooled * (1 - pooled) * (1 / rows + 1 / listings))
    before, now = expected / rows, found / listings
    return {"training_share": before, "share": now, "drift": max(0.0, now - before), "chance": chance}


def _beyond(drift: pl.DataFrame) -> set[str]:
    return set(drift.filter(pl.col("level") == "stop")["feature"])


def _families(features: set[str]) -> set[str]:
    return {FAMILIES[name] for name in features & set(FAMILIES)}


def _words(row: dict[str, Any]) -> str:
    name = f"{row['feature']} {row['measure'].replace('_', ' ')}"
    if row["measure"] == "psi":
        return f"{name} {row['drift']:.2f}"
    return f"{name} {row['training_share']:.0%} → {row['share']:.0%}"
