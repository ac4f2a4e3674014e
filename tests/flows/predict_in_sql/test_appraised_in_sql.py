"""Appraising a table in SQL: its columns are recognised, its rows keep what they say, and get what each would alone."""

from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from crawler.errors import TasadorError
from crawler.home import Home
from flows.steps import appraise as appraise_step
from flows.steps.appraise import ADDED
from flows.steps.predict_in_sql import ANSWER, ROWS_IN_A_LIST

CIVIC = "make := 'Honda', model := 'Civic', model_year := 2020, mileage := 41000"

Ask = Callable[[str], list[dict[str, Any]]]


def test_a_table_is_appraised_as_its_cars_are_one_by_one(ask: Ask, batches: list[int]) -> None:
    ask(
        "create temp table stock as select n as id, 2010 + n % 15 as year, if(n % 2 = 0, 'Honda', 'BMW') as brand, "
        "if(n % 2 = 0, 'Civic', 'X5') as model, (n % 7 * 9000)::decimal(9, 2) as miles, null as trim "
        "from range(5000) t(n)"
    )
    rows = ask("from appraised(stock)")
    assert batches == [5000]
    names = "mileage := miles, model_year := year, make := brand, model := model"
    assert rows == ask(f"select *, unnest(appraise({names})) from stock order by id")
    assert rows[1]["predicted_price"] > rows[1]["lower"] > 0
    turned = ask("with turned as (select miles, id, trim, model, brand, year from stock) from appraised('turned')")
    assert turned == rows


def test_a_long_table_is_appraised_in_lists_and_each_row_keeps_its_price(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    lists: list[int] = []

    def priced_by_mileage(appraiser: Any, said: pl.DataFrame) -> pl.DataFrame:
        lists.append(said.height)
        nothing = {name: pl.lit(None) for name in ADDED[1:]}
        return said.select(pl.col("mileage").cast(pl.Float64).alias(ADDED[0]), **nothing)

    monkeypatch.setattr(appraise_step, "appraise_said", priced_by_mileage)
    count = 2 * ROWS_IN_A_LIST + 10
    rows = ask(
        f"with stock as (select 'Honda' as make, n as mileage from range({count}) t(n)) "
        "select count(*) as n, bool_and(mileage = predicted_price) as is_its_own from appraised(stock)"
    )
    assert rows == [{"n": count, "is_its_own": True}] and sorted(lists) == [10, ROWS_IN_A_LIST, ROWS_IN_A_LIST]


def test_columns_may_hold_anything_and_no_rows_are_no_prices(ask: Ask) -> None:
    (row,) = ask(
        "with stock as (select 'Honda' as make, [1, 2] as list, {'a': 1} as struct, null as model, true as doors, "
        "interval 1 day as since, date '2020-03-01' as year, 'a\nb\"' as title) from appraised(stock)"
    )
    assert row["predicted_price"] > 0 and row["list"] == [1, 2]
    assert ask("with stock as (select 'Honda' as make where false) from appraised(stock)") == []


def test_a_table_without_makes_is_refused_with_its_columns(ask: Ask) -> None:
    with pytest.raises(TasadorError, match=r"^no column is recognised as the make, only kind, kms: name one make$"):
        ask("with stock as (select 'Honda' as kind, 5 as kms) from appraised(stock)")
    with pytest.raises(TasadorError, match="Table with name stok does not exist"):
        ask("from appraised(stok)")


def test_a_table_is_appraised_by_the_market_that_is_named(both: Home, ask: Ask) -> None:
    stock = "with stock as (select 'Honda' as make, 'Civic' as model, 2020 as year, 65983 as odometer)"
    with pytest.raises(TasadorError, match=r"^market must be one of demo, germany: several have a champion"):
        ask(f"{stock} from appraised(stock)")
    (row,) = ask(f"{stock} from appraised(stock, distance_unit := 'km', market := 'germany')")
    (same,) = ask(
        f"select appraise({CIVIC.replace('41000', '65983')}, market := 'germany', distance_unit := 'km') as a"
    )
    assert {name: row[name] for name in ANSWER} == same["a"] and row["currency"] == "EUR"
