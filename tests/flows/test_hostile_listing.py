"""Listings whose every text is none: HTML, SQL, formulas, control characters, 10 kB. Each face shows them as text."""

import csv
import json
import re
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner

from crawler.home import Home
from flows.cli import cli
from flows.show import published
from flows.steps import retrain
from flows.steps.alerts import run_alerts
from flows.steps.import_table import import_table, open_source
from flows.steps.report import report
from flows.steps.score import score
from models.train.model_run import make_model_run
from models.train.recipe import Recipe
from models.train.training import TrainedRun

WORDS = (
    "<script>document.title = 'run'</script><img src=x onerror=alert(1)>",
    "'; drop table listings; -- \"; select 1",
    '=HYPERLINK("http://127.0.0.1:9/x","y")',
    "+1+1",
    "\x1b[31m red \x1b]0;title\x07 \x00 \r\n second line \u202e",
    "x" * 10_000,
)
TEXTS = (
    *("Make", "Model", "Trim", "Title", "Description", "Body", "Transmission", "Drivetrain", "Fuel type", "Engine"),
    *("Exterior color", "Interior color", "Condition", "Seller", "Seller type", "City", "State", "Zipcode", "Notes"),
)
ROWS = 360
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
TOLD = "select make, model, trim, url, asking_price from deals where rating <> 'no_rating' order by listing_id"


def _train_baseline(snapshot: Path, market: str, folder: Path, **_: object) -> list[TrainedRun]:
    return [TrainedRun("baseline", make_model_run(Recipe(snapshot, market, "baseline", folds=2), folder, print))]


def _cars(cut: float) -> pl.DataFrame:
    random = np.random.default_rng(0)
    year, words = random.integers(2018, 2024, ROWS), [WORDS[n % len(WORDS)] for n in range(ROWS)]
    price = 30_000 * 0.9 ** (2026 - year) * np.exp(random.normal(0, 0.04, ROWS)) * cut
    price[::25] *= 0.85
    return pl.DataFrame(
        {
            "id": [f"{word} {n}" for n, word in enumerate(words)],
            **dict.fromkeys(TEXTS, pl.Series(words)),
            "Year": year,
            "Price": price.round(),
            "Mileage": random.integers(1_000, 200_000, ROWS),
            "URL": [f"https://cars.example/{n}" if n % 4 < 2 else f"javascript:alert({n})" for n in range(ROWS)],
        }
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A market of such listings: crawled twice, each price cut, trained on and scored."""
    folder = tmp_path_factory.mktemp("hostile")
    home = Home(folder / "data")
    for day, cut in ((1, 1.0), (2, 0.95)):
        table = folder / f"day{day}.parquet"
        _cars(cut).write_parquet(table)
        source = open_source(home, table, site="hostile", currency="USD", distance_unit="mi")
        import_table(home, source, scraped_at=datetime(2026, 3, day, tzinfo=UTC), is_complete=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(retrain, "train", _train_baseline)
        retrain.retrain(home, "hostile")
    score(home)
    return home


@pytest.fixture
def told(home: Home) -> list[dict[str, Any]]:
    """What the published tables say of the rated ones."""
    rows = published(home, TOLD).to_dicts()
    assert len(rows) > ROWS / 2
    return rows


def _tasador(home: Home, *arguments: str) -> str:
    result = CliRunner().invoke(cli, ["--home", str(home.root), *arguments], catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


def _plain(text: str) -> str:
    """Return the letters of a text, for what is between them is laid out otherwise."""
    return re.sub(r"\W", "", text)


def test_no_listing_is_lost_and_no_text_is_cut(home: Home) -> None:
    found = published(home, "select make, count(*) as cars, count(distinct listing_id) as ids from listings group by 1")
    assert found["cars"].to_list() == found["ids"].to_list() == [ROWS // len(WORDS)] * len(WORDS)
    assert sorted(map(_plain, found["make"])) == sorted(map(_plain, WORDS))
    assert not any(map(CONTROL.search, found["make"]))


def test_the_page_shows_it_as_text_and_a_browser_runs_nothing(
    home: Home, complaints: Callable[[Path], list[str]]
) -> None:
    (page,) = report(home)
    html = page.read_text(encoding="utf-8")
    assert html.count("&lt;script&gt;document.title") > 5
    assert re.search(r"<(script|img|iframe|object|form)|\son\w+=\"", html) is None
    assert {address.partition("/cars.example/")[0] for address in re.findall(r'href="([^#"]*)"', html)} == {
        "data:,",
        "https:/",
    }
    assert complaints(page) == []


@pytest.mark.parametrize("how", ["table", "csv", "json", "jsonl", "markdown"])
def test_a_terminal_gets_no_control_character(home: Home, how: str) -> None:
    answer = _tasador(home, "sql", TOLD, "--format", how)
    assert "script" in answer
    assert CONTROL.search(answer) is None


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".jsonl"])
def test_a_file_says_what_the_table_says(home: Home, told: list[dict[str, Any]], tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"told{suffix}"
    _tasador(home, "export", TOLD, "--output", str(path))
    readers = {".csv": pl.read_csv, ".parquet": pl.read_parquet, ".jsonl": pl.read_ndjson}
    assert readers[suffix](path).to_dicts() == told


def test_a_spreadsheet_runs_no_formula_and_follows_no_link(
    home: Home, told: list[dict[str, Any]], tmp_path: Path
) -> None:
    path, guarded = tmp_path / "told.xlsx", tmp_path / "told.csv"
    _tasador(home, "export", TOLD, "--output", str(path))
    with zipfile.ZipFile(path) as workbook:
        assert not any("hyperlink" in name.lower() for name in workbook.namelist())
        assert re.search(rb"<f[ >]|<hyperlink", workbook.read("xl/worksheets/sheet1.xml")) is None
    assert pl.read_excel(path)["make"].to_list() == [row["make"] for row in told]
    _tasador(home, "export", TOLD, "--output", str(guarded), "--formulas-as-text")
    with guarded.open(newline="", encoding="utf-8") as rows:
        assert not any(cell.startswith(("=", "+", "-", "@")) for row in csv.reader(rows) for cell in row)


@pytest.mark.parametrize("kind", ["deal", "price_drop"])
def test_an_alert_tells_each_in_short_lines_and_links_only_the_web(
    home: Home, receiver: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    to = ["file:told.jsonl", receiver.url]
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("TASADOR_NOW", "2026-03-03T00:00:00+00:00")
    monkeypatch.setenv("TASADOR_CONFIG", str(tmp_path / "tasador.toml"))
    alert = f'[markets.hostile]\ncurrency = "USD"\n[alerts.{kind}]\nmarket = "hostile"\nkind = "{kind}"\n'
    (tmp_path / "tasador.toml").write_text(alert + f'where = "asking_price > 0"\nto = {json.dumps(to)}', "utf-8")
    assert run_alerts(home)[kind].problems == []
    (message,) = receiver.got
    assert len(message["matches"]) == ROWS
    lines = message["text"].splitlines()
    assert max(map(len, lines)) < 300
    assert CONTROL.search(message["text"]) is None
    links = [line.strip() for line in lines if line.startswith("  ")]
    assert links and all(link.startswith("https://cars.example/") for link in links)
    file = (home.root / "alerts" / "told.jsonl").read_text(encoding="utf-8")
    assert [line for line in map(json.loads, file.splitlines()) if CONTROL.search(str(line))] == []
