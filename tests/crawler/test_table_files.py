"""Tables in other encodings, with other separators and with line breaks in their fields."""

import gzip
from pathlib import Path

import polars as pl
import pytest

from crawler.table_files import read_strings
from crawler.tables import read_table

WORDS = "Marke;Modell;Preis\nCitroën;C3 \u2013 neu;9.000 €\n"


@pytest.mark.parametrize(
    ("encoding", "told"),
    [("utf-8", None), ("utf-8-sig", None), ("cp1252", "cp1252"), ("utf-16", "utf-16")],
)
def test_a_text_is_decoded_whatever_its_encoding(tmp_path: Path, encoding: str, told: str | None) -> None:
    path = tmp_path / "autos.csv"
    path.write_bytes(WORDS.encode(encoding))
    frame, encoding_told = read_strings(path)
    assert frame.row(0) == ("Citroën", "C3 \u2013 neu", "9.000 €")
    assert encoding_told == told


def test_bytes_that_windows_does_not_know_are_latin_1(tmp_path: Path) -> None:
    path = tmp_path / "autos.csv"
    path.write_bytes(b"Marke;Preis\nCitro\xebn\x81;1\n")
    assert read_strings(path)[1] == "latin-1"


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_the_one_that_the_header_has_most_of(tmp_path: Path, separator: str) -> None:
    path = tmp_path / "cars.csv"
    path.write_text(f'make{separator}price\n"Land\nRover"{separator}"1{separator}000"\n')
    assert read_strings(path)[0].row(0) == ("Land\nRover", f"1{separator}000")


def test_rows_without_a_word_are_counted_and_no_listings(tmp_path: Path) -> None:
    path = tmp_path / "cars.csv"
    path.write_text("make,price\nFord,1000\n,\n , \nKia,2000\n")
    table = read_table(path)
    assert table.empty_rows == (2, 3)
    assert table.rows["row"].to_list() == [1, 4]


def test_lines_of_json_may_name_different_things(tmp_path: Path) -> None:
    path = tmp_path / "cars.jsonl.gz"
    path.write_bytes(
        gzip.compress(b'{"price": 1, "seen": true}\n\n{"price": "2", "packages": [{"name": "A\\u00e9"}]}\n')
    )
    assert read_strings(path)[0].rows() == [("1", "true", None), ("2", None, '[{"name": "Aé"}]')]


def test_nested_columns_of_parquet_are_kept_as_json(tmp_path: Path) -> None:
    pl.DataFrame({"price": [1.5, None], "tags": [["a"], None]}).write_parquet(tmp_path / "cars.parquet")
    assert read_strings(tmp_path / "cars.parquet")[0].rows() == [("1.5", '["a"]'), (None, None)]
