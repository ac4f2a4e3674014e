"""Tables that people look at: what was predicted against what was asked, and the estimators side by side."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import polars as pl
from xlsxwriter import Workbook

from crawler.errors import UsageError
from crawler.table_files import nested_as_json
from models.model_runs.manifest import Manifest

CAR_COLUMNS = ("listing_id", "vehicle_id", "make", "model", "model_year", "mileage", "asking_price")
# What a spreadsheet would take for the beginning of a formula.
FORMULA_STARTS = r"^[=+\-@\t\r]"
PLAIN_NUMBER = r"^[+-][\d.,]+$"
MOST_EXCEL_ROWS = 1_048_575


def predicted_against_actual(listings: pl.DataFrame, predictions: pl.DataFrame) -> pl.DataFrame:
    """Return the cars beside their predictions, largest error first by share.

    ``predictions`` are what ``predict`` returned for ``listings``, row by row. residual = asking_price -
    predicted_price, in currency; residual_share = residual / predicted_price.
    """
    residual = pl.col("asking_price") - pl.col("predicted_price")
    columns = [listings.select(CAR_COLUMNS), predictions.select("predicted_price", "lower", "upper")]
    return (
        pl.concat(columns, how="horizontal")
        .with_columns(residual.alias("residual"), (residual / pl.col("predicted_price")).alias("residual_share"))
        .sort(pl.col("residual_share").abs(), descending=True, nulls_last=True)
    )


def write_csv(table: pl.DataFrame, path: Path) -> None:
    """Write a table as CSV; text that a spreadsheet would run as a formula gets an apostrophe in front."""
    text = pl.col(pl.String)
    is_formula = text.str.contains(FORMULA_STARTS) & ~text.str.contains(PLAIN_NUMBER)
    harmless = pl.when(is_formula).then("'" + text).otherwise(text)
    path.parent.mkdir(parents=True, exist_ok=True)
    table.with_columns(harmless.name.keep()).write_csv(path)


def write_excel(table: pl.DataFrame, path: Path) -> None:
    """Write a table as Excel, header frozen, text always as text: never a formula, never a link."""
    path.parent.mkdir(parents=True, exist_ok=True)
    options = {"strings_to_formulas": False, "strings_to_urls": False, "nan_inf_to_errors": True}
    with Workbook(path, options) as workbook:
        table.write_excel(workbook, column_formats=_number_formats(table), freeze_panes=(1, 0), autofit=True)


# How a table is written, by the ending of the file's name.
WRITERS: dict[str, Callable[[pl.DataFrame, Path], None]] = {
    ".csv": lambda table, path: write_csv(nested_as_json(table), path),
    ".parquet": lambda table, path: table.write_parquet(path),
    ".jsonl": lambda table, path: table.write_ndjson(path),
    ".xlsx": lambda table, path: write_excel(nested_as_json(table), path),
}


def write_table(table: pl.DataFrame, path: Path) -> None:
    """Write a table as the name of the file asks, one of WRITERS; the file is there only when it is whole.

    Raises:
        UsageError: Excel cannot hold so many rows, or the file cannot be written.
    """
    suffix = path.suffix.lower()
    if suffix == ".xlsx" and table.height > MOST_EXCEL_ROWS:
        raise UsageError(
            f"Excel holds {MOST_EXCEL_ROWS:,} rows, and these are {table.height:,}: write .csv or .parquet"
        )
    building = path.with_name(f".{path.name}.writing")
    try:
        WRITERS[suffix](table, building)
        building.replace(path)
    except PermissionError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error
    finally:
        building.unlink(missing_ok=True)


def compare_estimators(manifests: Sequence[Manifest]) -> pl.DataFrame:
    """Return one row per model run, best first: estimator, its holdout metrics, coverage on the holdout, seconds.

    Best is the lowest out-of-fold ``log_mae``, by which the challenger is chosen; see Metrics for the others.
    """
    best_first = sorted(manifests, key=lambda manifest: manifest.out_of_fold.log_mae)
    return pl.DataFrame([_row(manifest) for manifest in best_first])


def _number_formats(table: pl.DataFrame) -> dict[Any, str]:
    special = {"model_year": "0", "residual_share": "0.0%"}
    return {name: special.get(name, "#,##0") for name, dtype in table.schema.items() if dtype.is_numeric()}


def _row(manifest: Manifest) -> dict[str, str | float]:
    return {
        "estimator": manifest.estimator,
        **asdict(manifest.holdout),
        "coverage": manifest.holdout_coverage,
        "seconds": manifest.seconds,
        "out_of_fold_log_mae": manifest.out_of_fold.log_mae,
        "model_run_id": manifest.model_run_id,
    }
