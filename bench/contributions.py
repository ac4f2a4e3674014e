"""What it costs to say why: ``python -m bench.contributions data/models/us/<model_run_id> --rows 20000``.

Prints a JSON line for the listings of the model run's snapshot, most of which one member explains, and one for as many
that are new to it, which all members do: CPU seconds to predict and to explain, listings a second, and the farthest
that a listing's contributions are from adding up to its price; exit code 1: farther than a cent.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import polars as pl

from models.model_runs.registry import ModelRun, open_model_run
from models.predict.contributions import contributions, predict_with_reasons
from models.predict.prediction import predict
from models.prepare.features import build_features
from models.prepare.terms import TERMS

CENT = 0.01
CHECKED = 1_000


def measure(model_run: ModelRun, listings: pl.DataFrame) -> dict[str, Any]:
    """Return the figures of one line."""
    some = listings.head(CHECKED)
    sums = contributions(model_run, some).select("typical_price", *TERMS).sum_horizontal()
    remainder = (sums - predict(model_run, some)["predicted_price"]).abs().max()
    predicting = _cpu_seconds(lambda: predict(model_run, listings))
    explaining = _cpu_seconds(lambda: predict_with_reasons(model_run, listings, build_features(listings)))
    return {
        "listings": listings.height,
        "predict_cpu_seconds": round(predicting, 1),
        "explain_cpu_seconds": round(explaining, 1),
        "explained_per_cpu_second": round(listings.height / explaining),
        "largest_remainder": remainder,
    }


def _cpu_seconds(work: Callable[[], object]) -> float:
    before = time.process_time()
    work()
    return time.process_time() - before


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--rows", type=click.IntRange(1), default=20_000, show_default=True)
def main(folder: Path, rows: int) -> None:
    """Measure a model run on its own snapshot, its rows repeated as often as it takes."""
    model_run = open_model_run(folder)
    market = pl.read_parquet(model_run.manifest.snapshot.path).filter(pl.col("market") == model_run.manifest.market)
    known = pl.concat([market] * (-(-rows // market.height))).head(rows)
    new = known.with_columns(
        listing_id="new-" + pl.col("listing_id"), vehicle_id="new-" + pl.col("vehicle_id"), vin=pl.lit(None, pl.String)
    )
    holds = True
    for kind, listings in {"of its snapshot": known, "new": new}.items():
        line = measure(model_run, listings)
        holds &= line["largest_remainder"] < CENT
        print(json.dumps({"estimator": model_run.manifest.estimator, "kind": kind, **line}), flush=True)
    sys.exit(not holds)


if __name__ == "__main__":
    main()
