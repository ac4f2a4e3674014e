"""How many of the real tables' numbers are understood, and that no impossible one is believed; skipped without them."""

from pathlib import Path

import polars as pl
import pytest
from polars import col

from warehouse.normalize import count, distance, engine, money, year

NOTHING = pl.lit(None, dtype=pl.String)


def understood(table: Path, column: str, reader: pl.Expr) -> tuple[float, float, float]:
    """The share of the column's strings that are understood, and the least and the greatest of their values."""
    read = pl.read_parquet(table) if table.suffix == ".parquet" else pl.read_csv(table, infer_schema=False)
    texts = read.select(text=col(column).cast(pl.String)).filter(col("text").str.strip_chars() != "")
    values = texts.select(reader.cast(pl.Float64)).to_series()
    low, high = values.min(), values.max()
    assert isinstance(low, float) and isinstance(high, float)
    return 1 - values.null_count() / values.len(), low, high


@pytest.mark.parametrize(
    ("table", "column", "reader", "least_share", "low", "high"),
    [
        ("cars_com_used.csv", "price", money.amount(col("text"), pl.lit("USD")), 1, 2_000, 3e6),
        ("ecuador_patiotuerca.csv", "price", money.amount(col("text"), pl.lit("USD")), 0.999, 112, 3e5),
        ("uk/unclean_focus.csv", "price", money.amount(col("text"), pl.lit("GBP")), 1, 400, 1e5),
        ("autoscout24_lux_daily.parquet", "price", money.amount(col("text"), pl.lit("EUR")), 0.999, 100, 1e5),
        ("australia.csv", "Price", money.amount(col("text"), pl.lit("AUD")), 0.995, 1_000, 2e6),
        ("cars_com_used.csv", "milage", distance.miles(col("text"), pl.lit("mi")), 1, 0, 5e5),
        ("ecuador_patiotuerca.csv", "km", distance.miles(col("text"), pl.lit("km")), 0.996, 0, 5e5),
        ("tucarro_colombia_2019.csv", "Motor", engine.liters(col("text"), NOTHING), 0.95, 2, 4),
        ("australia.csv", "Engine", engine.liters(col("text"), NOTHING), 0.89, 0.4, 10),
        ("australia.csv", "Engine", engine.cylinders(col("text"), NOTHING), 0.89, 2, 12),
        ("uk/bmw.csv", "engineSize", engine.liters(NOTHING, col("text")), 0.995, 0.4, 10),
        ("uk/ford.csv", "year", year.model_year(col("text"), NOTHING), 0.9999, 1990, 2021),
        (
            "autoscout24_lux_daily.parquet",
            "power",
            engine.horsepower(NOTHING, col("text"), pl.lit("km")),
            0.99,
            10,
            400,
        ),
        ("australia.csv", "Seats", count.seats(col("text")), 0.89, 1, 30),
        ("uk/ford.csv", "mpg", distance.miles_per_gallon(col("text"), pl.lit("mi"), pl.lit("GBP")), 1, 15, 180),
    ],
)
def test_a_real_column_is_understood_and_nothing_impossible_believed(
    shared_data: Path, table: str, column: str, reader: pl.Expr, least_share: float, low: float, high: float
) -> None:
    share, lowest, highest = understood(shared_data / table, column, reader)
    assert share >= least_share
    assert low <= lowest <= highest <= high
