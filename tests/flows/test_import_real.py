"""Every real table, read by its bundled profile: what becomes of each row, and how much of it is understood."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from bench.parse_rates import DOC, Rates, document, rates, tables
from crawler.home import home
from flows.steps.import_table import open_source
from flows.steps.preview_import import preview

# rows, exact duplicates, further observations, rejects, listings; over all crawls of the file.
COUNTS = {
    "cars_com_used.csv": (4_009, 0, 0, 0, 4_009),
    "uk/unclean_focus.csv": (5_604, 0, 0, 56, 5_548),
    "australia.csv": (16_732, 0, 48, 1, 16_683),
    "autoscout24_lux_daily.parquet": (48_094, 0, 46_504, 0, 1_590),
    "cars_com_dealers.csv": (9_379, 872, 33, 0, 8_474),
    "dealer_inventory_daily.jsonl.gz": (64_477, 59, 61_171, 0, 3_247),
    "ecuador_patiotuerca.csv": (7_296, 166, 78, 6, 7_046),
    "tucarro_colombia_2019.csv": (2_576, 0, 1_802, 2, 772),
    "uk/audi.csv": (10_668, 103, 315, 0, 10_250),
    "uk/bmw.csv": (10_781, 117, 170, 0, 10_494),
    "uk/ford.csv": (17_965, 154, 297, 0, 17_514),
    "uk/hyundi.csv": (4_860, 86, 105, 0, 4_669),
    "uk/merc.csv": (13_119, 259, 244, 0, 12_616),
    "uk/skoda.csv": (6_267, 79, 78, 0, 6_110),
    "uk/toyota.csv": (6_738, 39, 96, 0, 6_603),
    "uk/vauxhall.csv": (13_632, 374, 356, 0, 12_902),
    "uk/vw.csv": (15_157, 264, 512, 0, 14_381),
}
QUICK = ("cars_com_used.csv", "uk/unclean_focus.csv")
TABLES = [pytest.param(name, marks=[] if name in QUICK else pytest.mark.slow) for name in COUNTS]

DESCRIBING = ("model_year", "mileage", "transmission", "fuel_type", "drivetrain")


@pytest.fixture(scope="module")
def measured(shared_data: Path) -> Callable[[str], Rates]:
    return cache(lambda name: rates(shared_data, name))


@pytest.mark.parametrize("name", TABLES)
def test_each_row_of_a_real_table_is_accounted_for(measured: Callable[[str], Rates], name: str) -> None:
    counts = tuple(measured(name).counts.values())
    assert counts == COUNTS[name]
    assert counts[0] == sum(counts[1:])
    assert sum(measured(name).rejects.values()) == counts[3]


@pytest.mark.parametrize("name", TABLES)
def test_priced_rows_are_observations_with_a_price_a_make_and_a_year(
    measured: Callable[[str], Rates], name: str
) -> None:
    assert measured(name).observed >= 0.995


@pytest.mark.parametrize("name", TABLES)
def test_what_describes_a_listing_is_understood(measured: Callable[[str], Rates], name: str) -> None:
    understood = measured(name).understood
    assert min(understood[field] for field in ("price", "make", "model")) >= 0.995
    assert min(understood.get(field, 1) for field in DESCRIBING) >= 0.9


@pytest.mark.slow
def test_the_rates_in_the_docs_are_the_ones_of_every_table(measured: Callable[[str], Rates], shared_data: Path) -> None:
    assert set(tables(shared_data)) == set(COUNTS)
    assert document([measured(name) for name in tables(shared_data)]) in DOC.read_text()


def test_a_shifted_layout_without_its_profile_is_rejected_and_not_believed(shared_data: Path, tmp_path: Path) -> None:
    raw = (shared_data / "uk" / "unclean_focus.csv").read_text()
    plain = tmp_path / "focus.csv"
    plain.write_text(raw.replace("reference", "ad", 1))
    source = open_source(home(tmp_path), plain, site="uk", currency="GBP", distance_unit="mi")
    seen = preview(source)
    reasons = dict(seen.rejects.select("reason", "rows").iter_rows())
    assert source.table.profile is None
    assert reasons == {"values stand in the wrong columns": 4_684, "empty row": 56}
