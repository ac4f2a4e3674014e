"""Frames as files: what a spreadsheet would make of them."""

import re
import zipfile
from pathlib import Path

import polars as pl

from flows.tables import write_csv, write_sheet

DANGEROUS = ['=HYPERLINK("http://127.0.0.1")', "+1+1", "-2+3", "@SUM(A1)", "\t=1+1", "http://127.0.0.1/car"]
TABLE = pl.DataFrame({"model": DANGEROUS, "asking_price": [9_000.0 + i for i in range(6)], "share": [-0.125] * 6})


def test_excel_holds_text_as_text_and_numbers_as_numbers(tmp_path: Path) -> None:
    path = tmp_path / "reports" / "table.xlsx"
    write_sheet(TABLE, path, {"share": "0.0%"})
    with zipfile.ZipFile(path) as parts:
        sheet, styles = (parts.read(f"xl/{name}.xml").decode() for name in ("worksheets/sheet1", "styles"))
    assert "<f>" not in sheet
    assert "<hyperlink" not in sheet
    assert "0.0%" in styles
    back = pl.read_excel(path)
    assert back["model"].to_list() == DANGEROUS
    assert back["asking_price"].to_list() == TABLE["asking_price"].to_list()


def test_a_number_is_shown_as_its_column_says(tmp_path: Path) -> None:
    write_sheet(TABLE, tmp_path / "table.xlsx", {"share": "0.0%"})
    with zipfile.ZipFile(tmp_path / "table.xlsx") as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
    assert re.search(r'<c r="C2" s="\d+"><v>-0.125</v>', sheet)
    assert '<c r="B2"><v>9000</v>' in sheet


def test_csv_text_that_begins_a_formula_is_quoted(tmp_path: Path) -> None:
    write_csv(TABLE, tmp_path / "table.csv")
    back = pl.read_csv(tmp_path / "table.csv")
    assert {value[0] for value in back["model"]} == {"'", "h"}
    assert back["share"].to_list() == TABLE["share"].to_list()


def test_an_empty_table_is_written_with_its_header(tmp_path: Path) -> None:
    write_sheet(TABLE.head(0), tmp_path / "table.xlsx")
    write_csv(TABLE.head(0), tmp_path / "table.csv")
    assert (tmp_path / "table.csv").read_text().strip() == ",".join(TABLE.columns)
    assert pl.read_excel(tmp_path / "table.xlsx", raise_if_empty=False).columns == TABLE.columns
