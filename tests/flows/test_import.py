"""What an import makes of a table: one crawl for each of its days, nothing twice, nothing dropped silently."""

from collections.abc import Callable
from pathlib import Path

import pytest

from crawler.home import Home, home
from crawler.landing import read_manifest
from flows.show import published
from flows.steps.import_table import import_table, open_source, save_profile
from flows.steps.preview_import import Preview, preview
from flows.steps.refresh import refresh
from flows.summaries.landed import tell_refresh

DAYS = """id,make,model,year,price,scraped_at,odometer,remark
1,Ford,Focus,2018,9000,2026-01-01,40000,
2,Kia,Rio,2019,8000,2026-01-01,30000,
1,Ford,Focus,2018,8500,2026-01-02,40000,
2,Kia,Rio,2019,8000,2026-01-02,30000,
1,Ford,Focus,2018,8400,2026-01-03 12:30:00,40000,
1,Ford,Focus,2018,8300,2026-01-04,40000,
3,Seat,Ibiza,2020,7000,some day,10000,
,,,,,,,
"""
CANADA = {"site": "elsewhere", "currency": "CAD", "distance_unit": "km"}


@pytest.fixture
def folder(tmp_path: Path) -> Home:
    return home(tmp_path / "data")


@pytest.fixture
def days(tmp_path: Path) -> Path:
    path = tmp_path / "days.csv"
    path.write_text(DAYS)
    return path


def test_each_day_of_a_date_column_is_a_crawl(folder: Home, days: Path) -> None:
    imported = import_table(folder, open_source(folder, days, **CANADA))
    assert [run.split("-")[1] for run in imported.crawl_run_ids] == [
        "20260101", "20260102", "20260103", "20260104", "undated",
    ]  # fmt: skip
    runs = published(folder, "select scope, first_scraped_at from crawl_runs where landed_rejects = 0 order by 2")
    assert runs["scope"].n_unique() == 1
    assert [f"{at:%m-%d %H:%M}" for at in runs["first_scraped_at"]] == [
        "01-01 00:00", "01-02 00:00", "01-03 12:30", "01-04 00:00",
    ]  # fmt: skip


def test_a_refresh_names_only_tables_that_can_be_queried(
    folder: Home, days: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import_table(folder, open_source(folder, days, **CANADA))
    tell_refresh(refresh(folder))
    tables = capsys.readouterr().out.partition("tables: ")[2].splitlines()[0]
    named = [table.split()[0] for table in tables.split(", ")]
    assert {"listings", "price_changes", "vehicles"} <= set(named)
    assert all(published(folder, f"from {table}") is not None for table in named)


def test_prices_change_on_their_own_dates(folder: Home, days: Path) -> None:
    import_table(folder, open_source(folder, days, **CANADA))
    query = "select strftime(changed_at, '%m-%d') as day, old_price, new_price from price_changes order by 1"
    assert published(folder, query).rows() == [("01-02", 9000, 8500), ("01-03", 8500, 8400), ("01-04", 8400, 8300)]


def test_rows_without_a_date_or_without_a_word_are_rejected_with_their_place(folder: Home, days: Path) -> None:
    import_table(folder, open_source(folder, days, **CANADA))
    rejects = published(folder, "select reject_reason, url, detail from rejects order by 1").rows()
    assert [(reason, url) for reason, url, _ in rejects] == [
        ("empty row", "days.csv"), ("no readable date", "days.csv"),
    ]  # fmt: skip
    assert rejects[0][2] == "row 8"
    assert rejects[1][2].startswith('row 7: {"source_id": "3"')


def test_importing_twice_or_in_pieces_lands_nothing_twice(folder: Home, days: Path, tmp_path: Path) -> None:
    lines = DAYS.splitlines(keepends=True)
    last = tmp_path / "last.csv"
    last.write_text(lines[0] + lines[6])
    assert import_table(folder, open_source(folder, last, **CANADA)).known_runs == 0
    whole = import_table(folder, open_source(folder, days, **CANADA))
    assert (whole.known_runs, len(whole.crawl_run_ids)) == (1, 5)
    again = import_table(folder, open_source(folder, days, **CANADA))
    assert (again.known_runs, again.refreshed.load.rows) == (5, 0)


def test_a_listing_that_complete_days_miss_is_gone(folder: Home, days: Path) -> None:
    import_table(folder, open_source(folder, days, **CANADA), is_complete=True)
    query = "select make, status from listings order by make"
    assert published(folder, query).rows() == [("Ford", "live"), ("Kia", "gone")]


def test_days_that_are_not_complete_prove_nothing_gone(folder: Home, days: Path) -> None:
    import_table(folder, open_source(folder, days, **CANADA))
    assert published(folder, "select distinct status from listings").rows() == [("live",)]


def test_a_run_is_as_old_as_its_rows(folder: Home, days: Path) -> None:
    imported = import_table(folder, open_source(folder, days, **CANADA))
    manifest = read_manifest(f"{folder.landing}/elsewhere/{imported.crawl_run_ids[2]}")
    assert manifest.started_at == manifest.finished_at == "2026-01-03T12:30:00+00:00"


def test_a_preview_counts_what_the_import_then_counts(folder: Home, days: Path) -> None:
    seen = preview(open_source(folder, days, **CANADA))
    assert not (folder.root / "landing").exists()
    assert seen.counts == {
        "rows": 8, "exact_duplicates": 0, "further_observations": 4, "rejected": 2, "listings": 2,
    }  # fmt: skip
    import_table(folder, open_source(folder, days, **CANADA))
    query = "select sum(landed_rows), sum(rejected), (select count(*) from listings) from reconciliation"
    assert published(folder, query).row(0) == (8, 2, 2)


def understood(seen: Preview, field: str) -> tuple[int, float, str]:
    (row,) = seen.fields.filter(seen.fields["field"] == field).to_dicts()
    return row["says"], row["understood"], row["not_understood"]


def test_a_preview_says_how_far_each_column_is_understood(folder: Home, tmp_path: Path) -> None:
    path = tmp_path / "cars.csv"
    path.write_text("make,price,mileage\nFord,POA,far\nKia,9000,\nKia,9000,10 km\nKia,9000,n/a\nKia,on request,far\n")
    seen = preview(open_source(folder, path, **CANADA))
    assert understood(seen, "price")[:2] == (5, 0.6)
    assert understood(seen, "mileage") == (3, pytest.approx(1 / 3), "far")
    assert understood(seen, "make") == (5, 1.0, "")


def test_values_in_the_wrong_columns_are_rejected_in_the_preview(folder: Home, tmp_path: Path) -> None:
    path = tmp_path / "cars.csv"
    path.write_text('make,price,mileage,fuel\nFord,9000,Petrol,"£15,999"\nKia,9000,1000,Petrol\n')
    seen = preview(open_source(folder, path, **CANADA))
    assert seen.rejects.select("reason", "rows", "row").rows() == [("values stand in the wrong columns", 1, 1)]


def test_a_saved_profile_reads_the_next_table_by_itself(folder: Home, days: Path, tmp_path: Path) -> None:
    save_profile(folder, "mine", open_source(folder, days, mapping={"mileage": "remark"}, **CANADA), is_complete=True)
    following = tmp_path / "next.csv"
    following.write_text(DAYS.replace("2026-01", "2026-02"))
    source = open_source(folder, following)
    assert source.table.profile is not None
    assert (source.table.profile.name, source.table.profile.is_complete) == ("mine", True)
    assert (source.site.name, source.site.market.currency, source.site.market.distance_unit) == tuple(CANADA.values())
    assert (source.table.columns["mileage"], source.table.date_column) == ("remark", "scraped_at")


def test_the_command_previews_saves_and_lists_profiles(tasador: Callable[..., object], days: Path) -> None:
    options = ("--site", "elsewhere", "--currency", "CAD", "--distance-unit", "km")
    answer = tasador("import", str(days), *options, "--dry-run", "--save-profile", "mine")
    assert answer.code == 0, answer.err
    assert "Nothing was landed" in answer.out
    assert "no readable date" in answer.out
    assert max(map(len, answer.out.splitlines()[:-1])) <= 110
    assert "mine" in tasador("import", "--profiles").out
    done = tasador("import", str(days))
    assert done.code == 0, done.err
    assert "profile:                  mine" in done.out
    assert "6  = listings, each in every crawl that shows it" in done.out
    assert "4  crawls, each counted by itself: elsewhere has 2 listings in all" in done.out
    assert "was imported before" in tasador("import", str(days)).out
