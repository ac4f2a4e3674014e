"""`tasador appraise`: a table as people have it comes back priced, in order and whole; one car is priced by words."""

import fcntl
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from crawler.home import Home
from crawler.table_files import read_rows
from flows.show import published
from flows.steps.appraise import ADDED, appraise_table
from models.model_runs.registry import open_model_run

Tasador = Callable[..., Any]

CARS = """Fahrzeug;Marke;Modell;Erstzulassung;Laufleistung;Notiz
a;Honda;Civic;2018;"41,000 mi";"=1+1"
b;Trabant;601;1988;90000;@x
c;Honda;Zeppelin;2018;41000;-
;;;;;
d;;;2018;41000;+3
e;Honda;Civic;;;-x
"""


@pytest.fixture
def cars(tmp_path: Path) -> Path:
    path = tmp_path / "cars.csv"
    path.write_text(CARS, encoding="utf-8")
    return path


def appraised(home: Path, path: Path) -> pl.DataFrame:
    return appraise_table(Home(home), path, mapping={"source_id": "Fahrzeug"}).rows


def test_every_row_comes_back_in_order_with_its_price_or_the_reason(demo: tuple[Path, Any], cars: Path) -> None:
    rows = appraised(demo[0], cars)
    own, _ = read_rows(cars)
    assert rows.drop(ADDED).equals(own)
    assert rows["reason"].to_list() == [
        None,
        "make is unknown to the model",
        "model is unknown to the model",
        "empty row",
        "no car named",
        "no model year named; no mileage named",
    ]
    assert rows["predicted_price"].is_not_null().to_list() == [True, False, True, False, False, True]
    priced = rows.drop_nulls("predicted_price")
    assert (priced["lower"] < priced["predicted_price"]).all() and (priced["predicted_price"] < priced["upper"]).all()
    assert rows.select("lower", "upper", "coverage").null_count().row(0) == (3, 3, 3)


def test_a_row_is_priced_alike_whatever_stands_around_it(demo: tuple[Path, Any], cars: Path, tmp_path: Path) -> None:
    alone = tmp_path / "alone.csv"
    lines = CARS.splitlines(keepends=True)
    alone.write_text(lines[0] + lines[1], encoding="utf-8")
    price = appraised(demo[0], cars)["predicted_price"][0]
    # A network's matrices of other heights are multiplied in another order: the last digits are not the price's.
    assert appraised(demo[0], alone)["predicted_price"][0] == pytest.approx(price, rel=1e-6)


def test_cars_of_the_training_are_priced_as_the_members_that_never_saw_them_did(
    demo: tuple[Path, Any], tmp_path: Path
) -> None:
    home, _ = demo
    (champion,) = published(Home(home), "from champions").to_dicts()
    known = open_model_run(home / "models" / "demo" / champion["model_run_id"]).out_of_fold
    columns = "vin as VIN, make, model, trim, model_year, mileage, condition, scraped_at, listing_id as theirs"
    query = f"select {columns} from listings where length(vin) = 17 and asking_price is not null order by listing_id"
    listings = published(Home(home), query)
    listings.write_parquet(tmp_path / "known.parquet")
    found = appraise_table(Home(home), tmp_path / "known.parquet").rows
    seen = found.join(known.select("fold", VIN="vehicle_id"), on="VIN").unique("VIN")
    assert seen.height > 100
    blind = found.with_columns(VIN=pl.lit(None, pl.String))
    blind.drop(ADDED).write_parquet(tmp_path / "blind.parquet")
    unknown = appraise_table(Home(home), tmp_path / "blind.parquet").rows
    together = found.join(unknown.select("theirs", seen_by_some="predicted_price"), on="theirs")
    assert (together["predicted_price"] != together["seen_by_some"]).mean() > 0.5


def test_columns_keep_the_types_that_the_file_has(demo: tuple[Path, Any], tmp_path: Path) -> None:
    table = pl.DataFrame({"make": ["Honda"], "model": ["Civic"], "year": [2018], "miles": [41_000.0], "tags": [["a"]]})
    table.write_parquet(tmp_path / "cars.parquet")
    rows = appraise_table(Home(demo[0]), tmp_path / "cars.parquet").rows
    assert rows.select(table.columns).equals(table)


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".jsonl", ".xlsx"])
def test_each_format_holds_the_rows(demo: tuple[Path, Any], tasador: Tasador, cars: Path, suffix: str) -> None:
    output = cars.with_name(f"priced{suffix}")
    answer = tasador("appraise", "--input", str(cars), "--output", str(output), home=demo[0])
    assert answer.code == 0, answer.err
    assert "6  rows" in answer.out and "3  of them priced; 1 without any doubt" in answer.out
    rows, _ = read_rows(output)
    assert rows.columns == ["Fahrzeug", "Marke", "Modell", "Erstzulassung", "Laufleistung", "Notiz", *ADDED]
    assert rows.height == 6 and rows["predicted_price"].null_count() == 3
    note = {".csv": "'=1+1"}.get(suffix, "=1+1")  # what a spreadsheet shows as text in a CSV
    assert rows["Notiz"][0] == note
    assert not list(cars.parent.glob(".*writing"))


def test_one_car_is_priced_by_its_words_while_the_warehouse_is_busy(demo: tuple[Path, Any], tasador: Tasador) -> None:
    said = ("--make", "Honda", "--model", "Civic", "--model-year", "2018", "--mileage", "41,000 mi")
    before = (demo[0] / "warehouse.duckdb").stat().st_mtime_ns
    with (demo[0] / "warehouse.duckdb").open("r+b") as busy:
        fcntl.lockf(busy, fcntl.LOCK_EX)  # as DuckDB does it while a refresh writes
        answer = tasador("appraise", "--market", "demo", *said, home=demo[0])
    assert answer.code == 0, answer.err
    assert "USD is what it should ask" in answer.out
    assert "Understood: make Honda, model Civic, model_year 2018, mileage 41000" in answer.out
    assert re.search(r"^Why: a typical car [\d,]+, [a-z ]+ [+-][\d,]+", answer.out, re.MULTILINE)
    assert "Offered like it, the most alike first" in answer.out and "Honda Civic" in answer.out
    assert (demo[0] / "warehouse.duckdb").stat().st_mtime_ns == before


def test_a_car_without_a_price_fails_with_the_reason(demo: tuple[Path, Any], tasador: Tasador) -> None:
    answer = tasador("appraise", "--make", "Trabant", "--model", "601", home=demo[0])
    assert (answer.code, answer.err) == (1, "tasador: no price: make is unknown to the model\n")


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ((), 2, "say which cars"),
        (("--make", "Honda", "--output", "x.csv"), 2, "go with --input"),
        (("--input", "cars.csv"), 2, "--input needs --output FILE"),
        (("--input", "cars.csv", "--output", "priced.doc"), 2, "must end with one of .csv, .parquet, .jsonl, .xlsx"),
        (("--input", "cars.csv", "--output", "nowhere/priced.csv"), 2, "there is no such folder"),
        (("--input", "nothing.csv", "--output", "priced.csv"), 2, "cannot be read"),
        (("--market", "mars", "--make", "Honda"), 1, "market mars has no champion, only demo"),
    ],
)
def test_what_is_asked_wrongly_is_one_line(
    demo: tuple[Path, Any], tasador: Tasador, arguments: tuple[str, ...], code: int, words: str
) -> None:
    answer = tasador("appraise", *arguments, home=demo[0])
    assert answer.code == code
    assert words in answer.err and len(answer.err.splitlines()) == 1


def test_an_appraised_table_is_not_appraised_again(demo: tuple[Path, Any], tasador: Tasador, cars: Path) -> None:
    table = pl.read_csv(cars, separator=";").with_columns(lower=pl.lit(1))
    table.write_csv(cars)
    answer = tasador("appraise", "--input", str(cars), "--output", str(cars.with_name("x.csv")), home=demo[0])
    assert answer.code == 2
    assert "has a column 'lower' already" in answer.err


def test_a_data_folder_without_a_model_says_what_to_run(tasador: Tasador) -> None:
    answer = tasador("appraise", "--make", "Honda")
    assert answer.code == 1
    assert "tasador refresh" in answer.err and len(answer.err.splitlines()) == 1
