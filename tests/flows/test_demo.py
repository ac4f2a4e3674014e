"""The main job, end to end on a small demo market, and the commands that look at what it leaves."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from crawler.demo_market.process import running_demo_market
from crawler.home import Home
from flows.show import published
from models.estimators import ESTIMATOR_NAMES
from models.model_runs.registry import find_model_runs

Tasador = Callable[..., Any]


def rows(home: Path, query: str) -> list[dict[str, Any]]:
    return published(Home(home), query).to_dicts()


def test_the_demo_tells_every_station(demo: tuple[Path, Any]) -> None:
    home, answer = demo
    assert "Crawls of the demo market" in answer.out
    assert all(estimator in answer.out for estimator in ESTIMATOR_NAMES)
    assert re.search(r"Gate: \w+ goes live: on \d+ held-out cars\n  ✓ its MAE of ", answer.out)
    assert "Five best deals" in answer.out
    assert str(home / "market.duckdb") in answer.out
    assert str(home / "reports" / "demo" / "market.html") in answer.out
    assert "✓ Training the estimators" in answer.err


def test_every_live_listing_of_the_demo_has_a_price_within_its_range(demo: tuple[Path, Any]) -> None:
    home, _ = demo
    (found,) = rows(
        home,
        """
        select
            (select count(*) from listings where status = 'live') as live,
            count(*) as scored,
            count(*) filter (lower < predicted_price and predicted_price < upper) as ranged
        from predicted_prices
        """,
    )
    assert found["live"] == found["scored"] == found["ranged"] > 300


def test_the_later_days_of_the_demo_bring_price_changes_and_vanished_cars(demo: tuple[Path, Any]) -> None:
    home, _ = demo
    assert rows(home, "select count(*) > 5 as many from price_changes") == [{"many": True}]
    assert rows(home, "select distinct status from listings order by 1") == [{"status": "gone"}, {"status": "live"}]


def test_the_estimators_of_the_demo_beat_the_baseline(demo: tuple[Path, Any]) -> None:
    home, _ = demo
    mae = {row["estimator"]: row["mae"] for row in rows(home, "select estimator, mae from model_runs")}
    assert set(mae) == set(ESTIMATOR_NAMES)
    assert max(mae[name] for name in mae if name != "baseline") < mae["baseline"]


def test_the_demo_leaves_pictures_and_tables(demo: tuple[Path, Any]) -> None:
    names = {path.name for path in (demo[0] / "reports" / "demo").iterdir()}
    assert names == {
        "market.html",
        "learning_curves.png",
        "predicted_against_actual.png",
        "predicted_against_actual.csv",
        "predicted_against_actual.xlsx",
    }


def test_models_show_prints_the_champions_figures(demo: tuple[Path, Any], tasador: Tasador) -> None:
    answer = tasador("models", "show", home=demo[0])
    assert all(word in answer.out for word in ("MAE", "MdAPE", "log-RMSE", "RMSE", "R²", "promoted", "80% stated"))


def test_models_show_names_what_there_is_where_a_model_run_is_unknown(demo: tuple[Path, Any], tasador: Tasador) -> None:
    answer = tasador("models", "show", "nothing", home=demo[0])
    assert answer.code == 1
    assert "tasador models list" in answer.err


def test_models_list_has_a_line_for_each_model_run(demo: tuple[Path, Any], tasador: Tasador) -> None:
    answer = tasador("models", "list", home=demo[0])
    assert all(run["model_run_id"] in answer.out for run in rows(demo[0], "select model_run_id from model_runs"))


def test_a_query_gives_a_table_or_csv(demo: tuple[Path, Any], tasador: Tasador) -> None:
    query = "select make, count(*) as cars from listings group by make order by make limit 2"
    assert "│" in tasador("sql", query, home=demo[0]).out
    assert tasador("sql", query, "--format", "csv", home=demo[0]).out.splitlines()[0] == "make,cars"


def test_a_query_that_is_wrong_is_one_line(demo: tuple[Path, Any], tasador: Tasador) -> None:
    answer = tasador("sql", "select prize from listings", home=demo[0])
    assert answer.code == 1
    assert answer.err.count("\n") == 1
    assert "prize" in answer.err


def test_a_second_refresh_changes_no_row(demo: tuple[Path, Any], tasador: Tasador) -> None:
    tables = "select table_name from duckdb_tables() where table_name not in ('schema_version', 'ops_runs')"
    names = [row["table_name"] for row in rows(demo[0], tables)]
    before = {name: rows(demo[0], f"from {name}") for name in names}
    assert tasador("refresh", home=demo[0]).code == 0
    assert {name: rows(demo[0], f"from {name}") for name in names} == before


def test_a_model_folder_with_a_changed_byte_is_refused(
    demo: tuple[Path, Any], tasador: Tasador, tmp_path: Path
) -> None:
    home = tmp_path / "copy"
    shutil.copytree(demo[0], home, symlinks=True)
    (champion,) = rows(home, "select model_run_id from champions")
    (folder,) = (run for run in find_model_runs(home / "models", "demo") if run.name == champion["model_run_id"])
    weights = max((path for path in folder.rglob("*") if path.is_file()), key=lambda path: path.stat().st_size)
    content = bytearray(weights.read_bytes())
    content[len(content) // 2] ^= 1
    weights.write_bytes(content)
    answer = tasador("score", home=home)
    assert answer.code == 1
    assert weights.name in answer.err
    assert "Traceback" not in answer.err


def test_run_crawls_trains_where_it_is_due_scores_and_tells_each_deal_once(tasador: Tasador, tmp_path: Path) -> None:
    config = tmp_path / "tasador.toml"
    with running_demo_market(size=150) as market:
        config.write_text(
            '[markets.demo]\ncurrency = "USD"\n[sites.demo]\nmarket = "demo"\ndelay_seconds = 0\n'
            f'concurrent_requests = 16\nstart_urls = ["{market.start_url}"]\n'
            '[alerts.all]\nmarket = "demo"\nkind = "deal"\nwhere = "asking_price > 0"\nto = "file:all.jsonl"\n'
        )
        first = tasador("run", "demo", TASADOR_CONFIG=str(config))
        second = tasador("run", "demo", TASADOR_CONFIG=str(config))
    assert (first.code, second.code) == (0, 0), first.err + second.err
    assert "Gate: baseline goes live" in first.out
    assert "Gate" not in second.out
    assert "demo: 150 live listings scored" in first.out
    assert "demo: 0 live listings scored, 150 stand as they were" in second.out
    assert re.search(r"^all: 1\d\d new, sent to 1 of its addresses$", first.out, re.MULTILINE)
    assert "all: 0 new\n" in second.out
    lines = (tmp_path / "data" / "alerts" / "all.jsonl").read_text().splitlines()
    told = [json.loads(line)["listing_id"] for line in lines]
    assert len(told) == len(set(told)) > 100
    again = tasador("publish")
    assert "Published" in again.out


def test_extract_prints_what_would_be_landed_or_why_nothing_would(tasador: Tasador, tmp_path: Path) -> None:
    car = {
        "@type": "Car",
        "name": "Civic",
        "sku": "7",
        "url": "/cars/7",
        "offers": {"@type": "Offer", "price": "$9,500"},
    }
    page = tmp_path / "page.html"
    page.write_text(f'<script type="application/ld+json">{json.dumps(car)}</script>')
    found = tasador("extract", str(page), "--url", "https://cars.example/cars/7")
    assert json.loads(found.out)["price"] == "$9,500"
    page.write_text("<h1>Nothing here</h1>")
    nothing = tasador("extract", str(page), "--url", "https://cars.example/cars/7")
    assert (nothing.code, nothing.out) == (1, "")
    assert nothing.err.count("\n") == 1


def test_the_demo_brings_back_exactly_the_rows_of_a_table(tasador: Tasador, tmp_path: Path) -> None:
    header = "Make,Model,Year,Price,Mileage,VIN\n"
    cars = [f'Honda,Civic EX,{2010 + n % 10},"${9000 + 137 * n:,}",{30000 + 911 * n},{n:017d}\n' for n in range(60)]
    unpriced = ["Honda,Civic EX,2018,Not Priced,50000,ABCDEFGH123456789\n"]
    table = tmp_path / "cars.csv"
    table.write_text(header + "".join(cars + cars[:3] + unpriced))
    answer = tasador("demo", "--listings", str(table))
    assert answer.code == 0, answer.err
    for line in (
        "64  rows in the table",
        "3  - exact duplicates",
        "61  = pages served",
        "61  = listings",
        "1    of which",
    ):
        assert re.search(rf"^\s+{re.escape(line)}", answer.out, re.MULTILINE), line
    unpriced_but_scored = "select count(*) as cars from predicted_prices where asking_price is null"
    assert rows(tmp_path / "data" / "demo", unpriced_but_scored) == [{"cars": 1}]


@pytest.mark.parametrize("size", ["0", "-3"])
def test_an_impossible_market_is_a_usage_error(tasador: Tasador, size: str) -> None:
    assert tasador("demo", "--size", size).code == 2
