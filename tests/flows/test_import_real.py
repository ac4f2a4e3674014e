"""Every real table, read by its bundled profile: what became of each row, and how much of it is understood."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from crawler.home import Home, home
from flows.show import published
from flows.steps.import_table import Source, import_table, open_source
from flows.steps.preview_import import preview

# rows, exact duplicates, further observations, rejects, listings; over all crawls of the file.
TABLES = {
    "cars_com_dealers.csv": (9_379, 872, 33, 0, 8_474),
    "cars_com_used.csv": (4_009, 0, 0, 0, 4_009),
    "autoscout24_lux_daily.parquet": (48_094, 0, 46_504, 0, 1_590),
    "dealer_inventory_daily.jsonl.gz": (64_477, 59, 61_171, 0, 3_247),
    "tucarro_colombia_2019.csv": (2_576, 0, 1_801, 3, 772),
    "australia.csv": (16_732, 0, 48, 1, 16_683),
    "ecuador_patiotuerca.csv": (7_296, 166, 78, 0, 7_052),
    "uk/audi.csv": (10_668, 103, 315, 0, 10_250),
    "uk/vw.csv": (15_157, 264, 512, 0, 14_381),
    "uk/unclean_focus.csv": (5_604, 0, 0, 56, 5_548),
}


@dataclass(frozen=True)
class Previewed:
    """A real table, and what its import would do."""

    source: Source
    counts: dict[str, int]
    fields: dict[str, dict[str, float]]


@pytest.fixture(scope="module", params=TABLES)
def table(shared_data: Path, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Previewed:
    source = open_source(home(tmp_path_factory.mktemp("home")), shared_data / request.param)
    seen = preview(source)
    return Previewed(source, seen.counts, {row["field"]: row for row in seen.fields.to_dicts()})


@pytest.mark.slow
def test_each_row_of_a_real_table_is_accounted_for(table: Previewed) -> None:
    name = "/".join(table.source.table.path.parts[-2:]).removeprefix("data/")
    assert tuple(table.counts.values()) == TABLES[name]
    assert table.counts["rows"] == sum(tuple(table.counts.values())[1:])


@pytest.mark.slow
@pytest.mark.parametrize("field", ["price", "make", "model"])
def test_what_makes_a_listing_is_understood(table: Previewed, field: str) -> None:
    assert table.fields[field]["says"] > 0.99 * table.source.table.rows.height
    assert table.fields[field]["understood"] >= 0.995


@pytest.mark.slow
@pytest.mark.parametrize("field", ["model_year", "mileage", "transmission", "fuel_type", "drivetrain"])
def test_what_describes_a_listing_is_understood(table: Previewed, field: str) -> None:
    if field in table.fields:
        assert table.fields[field]["understood"] >= 0.9


@pytest.fixture(scope="module")
def dealers(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, Path]:
    folder, path = home(tmp_path_factory.mktemp("dealers")), shared_data / "dealer_inventory_daily.jsonl.gz"
    import_table(folder, open_source(folder, path))
    return folder, path


@pytest.mark.slow
def test_as_many_vins_change_their_price_as_the_file_itself_says(dealers: tuple[Home, Path]) -> None:
    folder, path = dealers
    rows = pl.read_ndjson(path, schema={"vin": pl.String, "total_price": pl.Float64}).drop_nulls()
    changed = rows.group_by("vin").agg(pl.col("total_price").n_unique()).filter(pl.col("total_price") > 1)
    ours = published(folder, "select split_part(listing_id, ':', 2) as vin from listings where price_changes > 0")
    assert changed.height > 1_000
    assert set(ours["vin"]) == set(changed["vin"])


@pytest.mark.slow
def test_a_shifted_layout_without_its_profile_is_rejected_and_not_believed(shared_data: Path, tmp_path: Path) -> None:
    raw = (shared_data / "uk" / "unclean_focus.csv").read_text()
    plain = tmp_path / "focus.csv"
    plain.write_text(raw.replace("reference", "ad", 1))
    source = open_source(home(tmp_path), plain, site="uk", currency="GBP", distance_unit="mi")
    seen = preview(source)
    reasons = dict(seen.rejects.select("reason", "rows").iter_rows())
    assert source.table.profile is None
    assert reasons == {"values stand in the wrong columns": 4_684, "empty row": 56}
