"""Predicting within SQL: a car is said by named words, in any order, and priced as `tasador appraise` prices it."""

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from crawler.errors import TasadorError
from crawler.home import Home
from flows.steps import appraise as appraise_step
from flows.steps.appraise import ADDED, appraise_table
from flows.steps.predict_in_sql import ANSWER
from models.model_runs.registry import open_model_run

CIVIC = "make := 'Honda', model := 'Civic', model_year := 2020, mileage := 41000"

Ask = Callable[[str], list[dict[str, Any]]]
Publish = Callable[[dict[str, str]], None]


def test_the_order_of_names_does_not_matter(ask: Ask) -> None:
    (row,) = ask(f"select predict_price({CIVIC}) as p, predict_price({', '.join(CIVIC.split(', ')[::-1])}) as q")
    (other,) = ask("select predict_price(make := 'BMW', model := 'X5', model_year := 2020, mileage := 41000) as p")
    assert row["p"] == row["q"] and other["p"] > 1.5 * row["p"] > 0


@pytest.mark.parametrize("function", ["predict_price", "appraise"])
def test_what_is_named_wrongly_or_not_at_all_is_refused(ask: Ask, function: str) -> None:
    with pytest.raises(TasadorError, match=rf"Macro {function}\(\) does not support .* make := NULL, model := NULL"):
        ask(f"select {function}(mak := 'Honda')")
    with pytest.raises(TasadorError, match=r"^Invalid Input Error: each argument must be named, as make := 'Honda'"):
        ask(f"select {function}('Honda', 'Civic')")


def test_words_are_understood_as_appraising_a_table_does(ask: Ask, home: Home, tmp_path: Path) -> None:
    cars = tmp_path / "cars.csv"
    cars.write_text(
        "make,model,trim,model_year,mileage,engine,condition\n"
        'Honda,Civic,EX-L,2018,"76,939 mi.",2.0L I4 Turbo,Used\n'
        "bmw,X5,,03/2019,41000,,\n"
        "Honda,Civic,,,,,\n"
        "Trabant,601,,1988,90000,,\n"
        "Honda,Zeppelin,,2018,1,,\n"
        ",,,2018,41000,,\n"
    )
    columns = ("make", "model", "trim", "model_year", "mileage", "engine", "condition")
    names = ", ".join(f'"{name}" := "{name}"' for name in columns)
    found = ask(f"select unnest(appraise({names})) from read_csv('{cars}', all_varchar := true)")
    rows = appraise_table(home, cars).rows
    assert [[row[name] for name in ADDED] for row in found] == [list(row) for row in rows.select(ADDED).iter_rows()]
    assert rows["reason"].null_count() < 6 and rows["predicted_price"].null_count() == 2
    assert [list(row) for row in found] == [list(ANSWER)] * 6 and {row["currency"] for row in found} == {"USD"}


def test_numbers_and_dates_may_have_any_type(ask: Ask) -> None:
    typed = "model_year := date '2020-03-01', mileage := 41000::double, doors := 4.0"
    (row,) = ask(
        f"select appraise(make := 'Honda', model := 'Civic', {typed}) as typed, "
        "appraise(make := 'Honda', model := 'Civic', model_year := '2020', mileage := '41,000', doors := '4') as said"
    )
    assert row["typed"] == row["said"] and row["said"]["predicted_price"] > 0


def test_a_table_is_priced_in_order_and_each_of_its_cars_once(ask: Ask, batches: list[int]) -> None:
    names = "make := make, model := model, model_year := model_year"
    rows = ask(
        "with stock as (select n, 2010 + n % 15 as model_year, if(n % 2 = 0, 'Honda', 'BMW') as make, "
        "if(n % 2 = 0, 'Civic', 'X5') as model from range(5000) t(n)) "
        f"select n, predict_price({names}) as p, (appraise({names})).lower as l from stock"
    )
    assert [row["n"] for row in rows] == list(range(5000)) and sum(batches) == 5000
    by_kind = {row["n"] % 30: row["p"] for row in rows}
    assert len(set(by_kind.values())) == 30 and all(by_kind[row["n"] % 30] == row["p"] > row["l"] for row in rows)


def test_a_car_of_constants_is_priced_once_for_a_statement(ask: Ask, batches: list[int]) -> None:
    ask(f"select predict_price({CIVIC}) from range(10000)")
    assert batches == [1]


def test_a_car_of_the_training_is_priced_by_the_member_that_never_saw_it(
    ask: Ask, trained: tuple[Home, dict[str, str]]
) -> None:
    home, champions = trained
    names = "make := make, model := model, model_year := model_year, mileage := mileage, condition := condition"
    stock = f"read_parquet('{home.root / 'demo.parquet'}')"
    rows = pl.DataFrame(
        ask(f"select listing_id, predict_price({names}, vin := vin) as p, predict_price({names}) as blind from {stock}")
    )
    known = open_model_run(home.models / "demo" / champions["demo"]).out_of_fold.join(rows, on="listing_id")
    assert known.height > 200 and (known["p"] != known["blind"]).mean() > 0.5
    assert known["p"].to_list() == pytest.approx(known["predicted_price"].to_list())


def test_ctrl_c_stops_a_query_that_predicts(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: Any) -> None:
        signal.raise_signal(signal.SIGINT)

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(appraise_step, "appraise_said", stopped)
        ask(f"select predict_price({CIVIC})")
    assert ask(f"select predict_price({CIVIC}) > 0 as is_priced") == [{"is_priced": True}]


def test_no_rows_are_no_prices(ask: Ask) -> None:
    assert ask("select predict_price(make := make) from (select 'Honda' as make where false)") == []
    assert ask("select predict_price() as p") == [{"p": None}]


def test_a_champion_is_opened_once_and_the_next_publish_brings_another(
    ask: Ask, trained: tuple[Home, dict[str, str]], publish_champions: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    opening = appraise_step.open_model_run
    monkeypatch.setattr(appraise_step, "open_model_run", lambda folder: opened.append(folder.name) or opening(folder))
    champions = trained[1]
    for year in (2018, 2019):
        before = ask(f"select predict_price({CIVIC.replace('2020', str(year))}) as p")
    assert opened == [champions["demo"]]
    publish_champions({"germany": champions["germany"]})
    after = ask(f"select predict_price({CIVIC.replace('2020', str(year))}) as p")
    assert opened == [champions["demo"], champions["germany"]]
    assert after[0]["p"] > 1.5 * before[0]["p"]


def test_of_several_markets_one_is_named_in_each_row(both: Home, ask: Ask) -> None:
    with pytest.raises(TasadorError, match=r"^market must be one of demo, germany: several have a champion"):
        ask(f"select predict_price({CIVIC})")
    rows = ask(
        f"select unnest(appraise({CIVIC}, market := market)) from (values ('germany'), ('demo'), ('germany')) t(market)"
    )
    assert [row["currency"] for row in rows] == ["EUR", "USD", "EUR"]
    assert rows[0] == rows[2] and rows[0]["predicted_price"] > 1.5 * rows[1]["predicted_price"]
    with pytest.raises(TasadorError, match=r"^market mars has no champion, only demo, germany"):
        ask(f"select predict_price({CIVIC}, market := 'mars')")


def test_bare_distances_have_the_unit_of_the_market_or_the_one_named(ask: Ask) -> None:
    (row,) = ask(
        f"select appraise({CIVIC}) as miles, appraise({CIVIC.replace('41000', '65983')}, distance_unit := 'km') as km, "
        f"appraise({CIVIC.replace('41000', '65983')}) as far"
    )
    assert row["km"]["lower"] == pytest.approx(row["miles"]["lower"], rel=1e-4)
    assert row["far"]["lower"] != pytest.approx(row["miles"]["lower"], rel=1e-4)
    with pytest.raises(TasadorError, match=r"^distance_unit must be mi or km, got 'furlong'"):
        ask(f"select predict_price({CIVIC}, distance_unit := 'furlong')")


def test_a_package_that_is_missing_is_told_in_one_line(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: Any) -> None:
        raise ModuleNotFoundError("No module named 'catboost'", name="catboost")

    monkeypatch.setattr(appraise_step, "open_appraiser", missing)
    with pytest.raises(TasadorError) as error:
        ask(f"select predict_price({CIVIC})")
    assert str(error.value) == ("catboost is not installed, and predicting needs it: run pip install 'tasador[score]'")


def test_a_query_that_predicts_nothing_imports_nothing_of_models(home: Home) -> None:
    script = (
        "import sys; from flows.cli import cli; "
        f"cli(['--home', {str(home.root)!r}, 'sql', 'select 40 + 2 as n'], standalone_mode=False); "
        "print([name for name in ('models', 'polars', 'sklearn') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "42" in done.stdout and done.stdout.endswith("[]\n")
