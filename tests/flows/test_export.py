"""`tasador export`: every format says the same, and text of a site's is never run by a spreadsheet."""

import csv
import json
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import duckdb
import polars as pl
import pytest
from click.testing import CliRunner

from crawler.errors import TasadorError, UsageError
from crawler.home import Home
from flows import excel
from flows.cli import cli
from flows.steps.export import export, export_all
from warehouse.market import Market

HOSTILE = [
    '=HYPERLINK("http://127.0.0.1","x")',
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "<script>alert(1)</script>",
    "'; drop table listings; --",
    "http://127.0.0.1/car",
    "x" * 10_000,
    'two\nlines, "quoted" and _x0041_ \x07',
]
NUMBERS = ["-12.5", "+3"]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A market whose sites wrote what they should not."""
    data = Home(tmp_path / "data")
    data.market_versions.mkdir(parents=True)
    version = data.market_versions / "market-1.duckdb"
    texts = HOSTILE + NUMBERS
    with duckdb.connect(str(version)) as connection:
        connection.register("texts", pl.DataFrame({"id": range(len(texts)), "title": texts}))
        connection.execute("create table listings as from texts order by id")
        connection.execute(
            """
            create table kinds as select
                9007199254740993 as large, 1.25 as price, true as is_live, null::double as unknown,
                timestamptz '2026-11-22 13:00:01+00' as seen_at, date '2026-11-22' as day, date '1066-10-14' as old_day,
                ['a', '=1+1'] as words, {'n': 1} as detail, 'inf'::double as endless
            """
        )
    data.market.symlink_to(version.relative_to(data.root))
    return data


@pytest.fixture
def market(home: Home) -> Iterator[Market]:
    with Market(home) as market:
        yield market


def test_excel_holds_every_text_as_text(market: Market, tmp_path: Path) -> None:
    export(market, "listings", tmp_path / "listings.xlsx")
    with zipfile.ZipFile(tmp_path / "listings.xlsx") as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "<hyperlink" not in sheet
    assert pl.read_excel(tmp_path / "listings.xlsx")["title"].to_list() == HOSTILE + NUMBERS


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".jsonl", ".json"])
def test_other_formats_change_no_text(market: Market, tmp_path: Path, suffix: str) -> None:
    export(market, "listings", tmp_path / f"listings{suffix}")
    back = duckdb.sql(f"select title from '{tmp_path / f'listings{suffix}'}' order by id").fetchall()
    assert [title for (title,) in back] == HOSTILE + NUMBERS


def test_csv_for_spreadsheets_has_an_apostrophe_before_formulas_and_none_before_numbers(
    market: Market, tmp_path: Path
) -> None:
    export(market, "select id, title from listings -- all", tmp_path / "found.csv", formulas_as_text=True)
    with (tmp_path / "found.csv").open(newline="", encoding="utf-8") as file:
        titles = [row["title"] for row in csv.DictReader(file)]
    assert titles == [f"'{text}" if text[0] in "=+-@\t" else text for text in HOSTILE] + NUMBERS


def test_excel_has_dates_as_dates_and_text_where_it_would_lose_something(market: Market, tmp_path: Path) -> None:
    export(market, "kinds", tmp_path / "kinds.xlsx")
    (row,) = pl.read_excel(tmp_path / "kinds.xlsx").to_dicts()
    assert row == {
        "large": "9007199254740993",
        "price": 1.25,
        "is_live": True,
        "unknown": None,
        "seen_at": datetime(2026, 11, 22, 13, 0, 1),
        "day": date(2026, 11, 22),
        "old_day": "1066-10-14",
        "words": '["a","=1+1"]',
        "detail": '{"n":1}',
        "endless": "inf",
    }


def test_lists_and_structs_are_json_in_csv(market: Market, tmp_path: Path) -> None:
    export(market, "kinds", tmp_path / "kinds.csv")
    with (tmp_path / "kinds.csv").open(newline="", encoding="utf-8") as file:
        (row,) = csv.DictReader(file)
    assert json.loads(row["words"]) == ["a", "=1+1"]
    assert row["seen_at"] == "2026-11-22 13:00:01+00"
    assert row["unknown"] == ""


@pytest.mark.parametrize("text", ["x" * 40_000, "🚗" * 20_000])
def test_a_text_too_long_for_a_cell_is_cut_and_says_so(market: Market, tmp_path: Path, text: str) -> None:
    export(market, f"select '{text}' as title", tmp_path / "long.xlsx")
    (title,) = pl.read_excel(tmp_path / "long.xlsx")["title"]
    assert len(title.encode("utf-16-le")) // 2 in (excel.MOST_CHARACTERS - 1, excel.MOST_CHARACTERS)
    assert title.endswith(" … (cut)")


def test_more_rows_than_excel_holds_are_refused_and_leave_nothing(market: Market, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"Excel holds 1,048,575 rows, and these are 1,048,576: write .csv or .parqu"):
        export(market, "from range(1048576)", tmp_path / "many.xlsx")
    assert not list(tmp_path.glob("many*"))


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ("listing", "did you mean listings"),
        (".tables", "name of one table, or one query"),
        ("select 1; select 2", "name of one table, or one query"),
        ("", "name of one table, or one query"),
    ],
)
def test_what_is_no_table_and_no_query_is_told(market: Market, tmp_path: Path, wanted: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        export(market, wanted, tmp_path / "found.csv")


def test_a_wrong_query_leaves_the_file_of_before(market: Market, tmp_path: Path) -> None:
    (tmp_path / "found.csv").write_text("before", encoding="utf-8")
    with pytest.raises(TasadorError):
        export(market, "select nothing from listings", tmp_path / "found.csv")
    assert [path.read_text(encoding="utf-8") for path in tmp_path.glob("found*")] == ["before"]


def test_all_tables_become_files_of_a_folder(market: Market, tmp_path: Path) -> None:
    paths = export_all(market, tmp_path / "new" / "folder", ".parquet")
    assert [path.name for path in paths] == ["kinds.parquet", "listings.parquet"]
    assert duckdb.read_parquet(str(paths[0])).fetchall() == duckdb.sql(f"from '{paths[0]}'").fetchall()
    assert len(duckdb.read_parquet(str(paths[1])).fetchall()) == len(HOSTILE + NUMBERS)


def test_the_command_exports_one_or_all(home: Home, tmp_path: Path) -> None:
    def run(*arguments: str) -> int:
        result = CliRunner().invoke(cli, ["--home", str(home.root), "export", *arguments])
        return result.exit_code if result.exit_code < 2 or result.exception is None else 2

    assert run("listings", "--output", str(tmp_path / "a.csv")) == 0
    assert (tmp_path / "a.csv").exists()
    assert run("--all", "--format", "xlsx", "--output", str(tmp_path / "all")) == 0
    assert {path.name for path in (tmp_path / "all").iterdir()} == {"kinds.xlsx", "listings.xlsx"}
    result = CliRunner().invoke(cli, ["--home", str(home.root), "export", "--output", str(tmp_path / "b.csv")])
    assert isinstance(result.exception, UsageError)
