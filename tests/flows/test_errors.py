"""Whatever goes wrong, a person reads one line that says what to do, and nothing half-written is left."""

from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from crawler.home import home
from warehouse.connection import connect

ONE_CAR = "Make,Model,Year,Price,Mileage\nHonda,Civic,2019,$17000,41000\n"


def assert_one_line(answer: object, code: int, *words: str) -> None:
    assert answer.code == code, answer
    assert "Traceback" not in answer.err
    (line,) = [line for line in answer.err.splitlines() if line.startswith("tasador: ")]
    assert all(word in line for word in words), line


def test_an_unknown_site_names_those_that_there_are(tasador: Callable[..., object]) -> None:
    assert_one_line(tasador("crawl", "carz.com"), 2, "carz.com", "cars.com", "demo")


def test_a_missing_file_is_named(tasador: Callable[..., object]) -> None:
    assert_one_line(tasador("import", "nowhere.csv", "--site", "cars.com"), 2, "nowhere.csv")


def test_a_table_without_a_price_says_how_to_name_the_column(tasador: Callable[..., object], tmp_path: Path) -> None:
    table = tmp_path / "cars.csv"
    table.write_text("Make,Model,Year\nHonda,Civic,2019\n")
    assert_one_line(tasador("import", str(table), "--site", "cars.com"), 2, "price", "--map")
    assert not (tmp_path / "data" / "landing").exists()


def test_a_site_without_configuration_needs_a_currency(tasador: Callable[..., object], tmp_path: Path) -> None:
    table = tmp_path / "cars.csv"
    table.write_text(ONE_CAR)
    assert_one_line(tasador("import", str(table), "--site", "elsewhere"), 2, "--currency")
    assert_one_line(tasador("import", str(table), "--site", "elsewhere", "--currency", "CAD"), 2, "--distance-unit")
    unit = ("--distance-unit", "km")
    assert_one_line(tasador("import", str(table), "--site", "elsewhere", "--currency", "dollar", *unit), 2, "ISO 4217")
    assert_one_line(tasador("import", str(table), "--site", "../up", "--currency", "CAD", *unit), 2, "../up")
    assert tasador("import", str(table), "--site", "elsewhere", "--currency", "CAD", *unit).code == 0


def test_an_import_read_in_the_wrong_unit_is_corrected_by_importing_it_again(
    tasador: Callable[..., object], tmp_path: Path
) -> None:
    table = tmp_path / "cars.csv"
    table.write_text(ONE_CAR)
    for unit in ("km", "mi"):
        answer = tasador("import", str(table), "--site", "elsewhere", "--currency", "CAD", "--distance-unit", unit)
        assert answer.code == 0
    found = tasador("sql", "select listing_id, mileage from listings", "--format", "csv").out.splitlines()
    assert len(found) == 2
    assert found[1].endswith(",41000.0")


def test_a_corrupt_part_is_named_and_the_others_are_loaded(tasador: Callable[..., object], tmp_path: Path) -> None:
    table = tmp_path / "cars.csv"
    table.write_text(ONE_CAR)
    assert tasador("import", str(table), "--site", "cars.com").code == 0
    broken = tmp_path / "data" / "landing" / "cars.com" / "20260101T000000Z-broken"
    broken.mkdir()
    (broken / "part-00000.jsonl.zst").write_bytes(zstandard.compress(b'{"site": "cars.com", "listing"'))
    assert_one_line(tasador("refresh"), 1, "part-00000.jsonl.zst", "corrupt")
    assert "1" in tasador("sql", "select count(*) as n from listings", "--format", "csv").out


def test_a_warehouse_in_use_names_who_uses_it(tasador: Callable[..., object], tmp_path: Path) -> None:
    with connect(home(tmp_path / "data")):
        assert_one_line(tasador("refresh", TASADOR_WAIT_SECONDS="0.2"), 1, "in use")


@pytest.mark.parametrize("command", [("sql", "select 1"), ("models", "show"), ("models", "list"), ("publish",)])
def test_what_needs_tables_says_how_to_get_them(tasador: Callable[..., object], command: tuple[str, ...]) -> None:
    assert_one_line(tasador(*command), 1, "run `tasador")


@pytest.mark.parametrize("command", ["retrain", "score"])
def test_what_needs_listings_says_how_to_get_them(tasador: Callable[..., object], command: str) -> None:
    assert_one_line(tasador(command), 1, "run `tasador")


def test_a_table_that_no_profile_knows_asks_whose_cars_these_are(
    tasador: Callable[..., object], tmp_path: Path
) -> None:
    table = tmp_path / "cars.csv"
    table.write_text(ONE_CAR)
    assert_one_line(tasador("import", str(table)), 2, "--site", "--profiles")
    assert_one_line(tasador("import", str(table), "--profile", "carz"), 2, "carz", "cars_com_used")


def test_a_market_that_cannot_be_trained_does_not_stop_the_others(
    tasador: Callable[..., object], tmp_path: Path
) -> None:
    few, many = tmp_path / "few.csv", tmp_path / "many.csv"
    few.write_text(ONE_CAR)
    cars = [f"Honda,Civic,{2010 + n % 10},${9000 + 137 * n},{30000 + 911 * n}\n" for n in range(60)]
    many.write_text("Make,Model,Year,Price,Mileage\n" + "".join(cars))
    for table, site in ((few, "a-few"), (many, "b-many")):
        options = ("--site", site, "--currency", "CAD", "--distance-unit", "km")
        assert tasador("import", str(table), *options).code == 0
    answer = tasador("retrain")
    assert_one_line(answer, 1, "a-few has")
    assert "baseline goes live" in answer.out
    assert "60 live listings scored" in tasador("score").out


def test_a_store_that_cannot_be_reached_is_told_with_what_to_look_at(
    tasador: Callable[..., object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TASADOR_LANDING", "s3://cars/landing")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    assert_one_line(tasador("refresh"), 1, "http://127.0.0.1:9", "AWS_ENDPOINT_URL")
