"""How much of the real tables is understood; skipped where they are missing."""

from pathlib import Path

import polars as pl
import pytest

from crawler.items import FIELD_NAMES
from crawler.tables import read_table
from warehouse.normalize import normalize


class Parsed:
    """A real table of cars.com, as published and as understood, row by row."""

    def __init__(self, path: Path) -> None:
        rows = [{name: getattr(listing, name) for name in FIELD_NAMES} for listing in read_table(path).listings]
        self.published = pl.DataFrame(rows, schema=dict.fromkeys(FIELD_NAMES, pl.String))
        market = {"payload_hash": pl.lit("-"), "currency": pl.lit("USD"), "distance_unit": pl.lit("mi")}
        self.understood = normalize(self.published.rename({"currency": "published_currency"}).with_columns(**market))

    def share(self, column: str, where: pl.Expr) -> float:
        """The share of the rows whose published strings satisfy ``where`` in which the column is understood."""
        rows = self.understood.filter(self.published.select(where.fill_null(False)).to_series())
        assert rows.height > 0
        return 1 - rows[column].null_count() / rows.height


def says(column: str, pattern: str = ".") -> pl.Expr:
    return pl.col(column).str.contains(pattern)


@pytest.fixture(scope="module")
def dealers(shared_data: Path) -> Parsed:
    return Parsed(shared_data / "cars_com_dealers.csv")


@pytest.fixture(scope="module")
def used(shared_data: Path) -> Parsed:
    return Parsed(shared_data / "cars_com_used.csv")


def test_every_row_of_cars_com_can_be_a_listing(dealers: Parsed, used: Parsed) -> None:
    assert (dealers.understood.height, used.understood.height) == (9_379, 4_009)
    assert dealers.understood["reject_reason"].null_count() == 9_379
    assert used.understood["reject_reason"].null_count() == 4_009


def test_every_priced_row_has_its_price_and_only_those(dealers: Parsed, used: Parsed) -> None:
    is_priced = dealers.published["price"] != "Not Priced"
    assert (dealers.understood["asking_price"].is_not_null() == is_priced).all()
    assert is_priced.sum() == 9_374
    assert (dealers.understood["asking_price"].min(), dealers.understood["asking_price"].max()) == (2_300, 449_996)
    assert (used.understood["asking_price"].min(), used.understood["asking_price"].max()) == (2_000, 2_954_083)


@pytest.mark.parametrize(
    ("column", "published", "least"),
    [
        ("make", says("make"), 1), ("model", says("model"), 1), ("model_year", says("model_year"), 1),
        ("mileage", says("mileage"), 0.99), ("engine_liters", says("engine", r"\d\.\d ?L"), 1),
        ("transmission", says("transmission"), 0.99), ("drivetrain", says("drivetrain"), 0.99),
        ("fuel_type", says("fuel_type"), 0.99), ("condition", says("condition"), 1), ("vin", says("vin"), 1),
        ("exterior_color", says("exterior_color"), 0.95), ("interior_color", says("interior_color"), 0.95),
        ("seller_type", says("seller_type"), 1), ("seller_rating", says("seller_rating"), 1),
    ],
)  # fmt: skip
def test_the_dealers_table_is_understood(dealers: Parsed, column: str, published: pl.Expr, least: float) -> None:
    assert dealers.share(column, published) >= least


@pytest.mark.parametrize(
    ("column", "published", "least"),
    [
        ("asking_price", says("price"), 1), ("make", says("make"), 1), ("model", says("model"), 1),
        ("model_year", says("model_year"), 1), ("mileage", says("mileage"), 0.99),
        ("engine_liters", says("engine", r"\d\.\d ?L"), 1), ("horsepower", says("engine", "HP"), 1),
        ("transmission", says("transmission"), 0.99), ("fuel_type", says("fuel_type"), 0.99),
        ("exterior_color", says("exterior_color"), 0.98), ("has_accidents", says("accidents"), 1),
        ("title_status", says("title_status"), 1),
    ],
)  # fmt: skip
def test_the_used_table_is_understood(used: Parsed, column: str, published: pl.Expr, least: float) -> None:
    assert used.share(column, published) >= least


def test_cut_makes_are_whole_again(used: Parsed) -> None:
    assert not set(used.understood["make"]) & {"Land", "Alfa", "Aston", "Rolls"}
    assert (used.understood["make"] == "Land Rover").sum() == (used.published["make"] == "Land").sum() == 130


def test_models_that_carry_their_trim_become_families(dealers: Parsed) -> None:
    assert dealers.published["model"].n_unique() == 1_304
    families = dealers.understood.group_by("make", "model").len()
    assert families.height < 450
    assert dealers.understood["trim"].null_count() < 0.02 * dealers.understood.height
