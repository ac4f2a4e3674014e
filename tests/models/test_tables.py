"""The tables that people look at, and what a spreadsheet would make of them."""

import zipfile
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from models.evaluate.metrics import evaluate
from models.train.tables import compare_estimators, predicted_against_actual, write_csv, write_excel

DANGEROUS = ['=HYPERLINK("http://127.0.0.1")', "+1+1", "-2+3", "@SUM(A1)", "\t=1+1", "http://127.0.0.1/car"]


@pytest.fixture
def table(cars) -> pl.DataFrame:
    listings = cars(6).with_columns(pl.Series("model", DANGEROUS))
    price = pl.Series("predicted_price", [10_000.0] * 6)
    predictions = pl.DataFrame({"listing_id": listings["listing_id"], "predicted_price": price})
    bounds = {"lower": price * 0.9, "upper": price * 1.1}
    return predicted_against_actual(listings, predictions.with_columns(**bounds))


def test_residuals_are_actual_less_predicted_and_the_largest_share_comes_first(table) -> None:
    assert table.columns == [
        "listing_id", "vehicle_id", "make", "model", "model_year", "mileage", "asking_price", "predicted_price",
        "lower", "upper", "residual", "residual_share",
    ]  # fmt: skip
    assert table["residual"].to_list() == (table["asking_price"] - 10_000).to_list()
    assert table["residual_share"].to_list() == pytest.approx((table["residual"] / 10_000).to_list())
    assert table["residual_share"].abs().is_sorted(descending=True)


def test_a_row_too_many_is_refused(cars) -> None:
    predictions = pl.DataFrame({"predicted_price": [1.0], "lower": [1.0], "upper": [1.0]})
    with pytest.raises(pl.exceptions.PolarsError):
        predicted_against_actual(cars(2), predictions)


def test_excel_holds_text_as_text_and_numbers_as_numbers(table, tmp_path) -> None:
    write_excel(table, tmp_path / "reports" / "table.xlsx")
    with zipfile.ZipFile(tmp_path / "reports" / "table.xlsx") as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "<hyperlink" not in sheet
    back = pl.read_excel(tmp_path / "reports" / "table.xlsx")
    assert sorted(back["model"]) == sorted(DANGEROUS)
    assert back["asking_price"].to_list() == table["asking_price"].to_list()


def test_csv_text_that_begins_a_formula_is_quoted(table, tmp_path) -> None:
    write_csv(table, tmp_path / "table.csv")
    back = pl.read_csv(tmp_path / "table.csv")
    starts = {value[0] for value in back["model"]}
    assert starts == {"'", "h"}
    assert back["residual"].to_list() == table["residual"].to_list()


def test_an_empty_table_is_written_with_its_header(table, tmp_path) -> None:
    write_excel(table.head(0), tmp_path / "table.xlsx")
    write_csv(table.head(0), tmp_path / "table.csv")
    assert Path(tmp_path / "table.csv").read_text().strip() == ",".join(table.columns)


def test_estimators_are_compared_best_out_of_fold_first(make_manifest) -> None:
    asked, wrong_by = np.array([10_000.0]), {"baseline": 1.3, "forest": 1.1, "boosting": 1.2}
    manifests = [
        make_manifest(estimator=name, out_of_fold=evaluate(asked, factor * asked)) for name, factor in wrong_by.items()
    ]
    table = compare_estimators(manifests)
    assert table["estimator"].to_list() == ["forest", "boosting", "baseline"]
    assert {"r2", "rmse", "mae", "mdape", "log_rmse", "seconds", "coverage"} <= set(table.columns)
