"""Words that training did not know, counted by category."""

import polars as pl

from models.model_runs.registry import ModelRun, open_model_run
from models.predict.novelty import known_words, unseen_words
from models.prepare.features import build_features
from models.train.model_run import make_model_run
from models.train.recipe import Recipe


def _counts(model_run: ModelRun, listings: pl.DataFrame) -> dict[str, int]:
    return {name: len(words) for name, words in unseen_words(model_run, build_features(listings)).items() if words}


def test_words_that_no_member_saw_are_counted_once_each_by_category(cars, tmp_path) -> None:
    cars(60).write_parquet(tmp_path / "snapshot.parquet")
    recipe = Recipe(tmp_path / "snapshot.parquet", "demo", "baseline")
    model_run = open_model_run(make_model_run(recipe, tmp_path / "models", lambda done: None))
    assert set(known_words(model_run, "make")) == {"honda", "ford", "bmw", "kia"}
    assert _counts(model_run, cars(60, seed=1)) == {}
    strange = pl.when(pl.int_range(pl.len()) < 20).then(pl.lit("Z9")).otherwise("model").alias("model")
    names = ("model_line", "model_series", "make_model", "make_model_trim")
    assert _counts(model_run, cars(60, seed=1).with_columns(strange)) == dict.fromkeys(names, 4)
    unknown = cars(8).with_columns(make=pl.lit("Desconocida"), model=pl.lit(None, pl.String))
    assert _counts(model_run, unknown)["make"] == 1
