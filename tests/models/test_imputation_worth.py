"""The bench of what imputation is worth: what it hides, and that its two ways to fill are two."""

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest

from bench import imputation_worth
from bench.imputation import NUMBERS


@pytest.fixture(scope="module")
def listings(cars: Callable[..., pl.DataFrame]) -> pl.DataFrame:
    rows = cars(300)
    liters = pl.Series(np.random.default_rng(1).uniform(1, 5, rows.height))
    others = {name: pl.lit(None, pl.Float64) for name in NUMBERS if name not in rows.columns}
    return rows.with_columns(**others).with_columns(engine_liters=liters)


def test_a_share_of_each_number_is_hidden_and_nothing_else(listings: pl.DataFrame) -> None:
    hidden = imputation_worth.hide(listings, seed=0)
    for name in ("model_year", "mileage", "engine_liters"):
        assert 0.08 < hidden[name].null_count() / hidden.height < 0.22
    assert hidden.drop(NUMBERS).equals(listings.drop(NUMBERS))


def test_both_ways_to_fill_are_told_and_differ_where_numbers_are_hidden(
    listings: pl.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imputation_worth, "ESTIMATORS", {"forest": {"n_trees": 5}})
    as_it_is, as_it_is_too, medians, ours = imputation_worth.lines(listings, seeds=[0])
    assert [line["fill"] for line in (medians, ours)] == ["medians", "ours"]
    assert as_it_is["log_mae"] == as_it_is_too["log_mae"]
    assert medians["saved"] == 0 != ours["saved"]
    assert ours["saved"] == pytest.approx(medians["log_mae"] - ours["log_mae"])
