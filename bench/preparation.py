"""What it costs to prepare a million listings, for trees and for networks: ``python -m bench.preparation 1000000``.

Prints a JSON line for each kind, measured in a process of its own: seconds to fit and to transform, and that process's
peak memory; exit code 1: a limit is broken. The listings are those of cars_com_dealers again and again, each with a
mileage, price, VIN and description of its own, so that vocabularies grow as a market's do.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import numpy as np
import polars as pl

from bench.real_tables import FOLDER
from crawler.home import home
from flows.steps.import_table import open_source
from flows.steps.preview_import import preview

KINDS = ("native", "dense")
LIMITS = {"fit_seconds": 60, "transform_seconds": 20, "peak_mb": 6_000}


def write_listings(rows: int, path: Path) -> None:
    """Write as many listings as Parquet, invented from the table's own."""
    with tempfile.TemporaryDirectory() as scratch:
        seen = preview(open_source(home(Path(scratch)), FOLDER / "cars_com_dealers.csv"))
    cars = seen.meanings.filter(pl.col("reject_reason").is_null() & (pl.col("asking_price") > 0))
    random = np.random.default_rng(0)
    drawn = cars[random.integers(0, len(cars), rows)]
    number = pl.int_range(pl.len())
    # Every tenth car's descriptor and trim are words that the table does not have.
    rare = pl.when(number % 10 == 0).then(pl.format(" {}", number % 20_000)).otherwise(pl.lit(""))
    drawn.with_columns(
        listing_id=pl.format("bench:{}", number),
        mileage=(pl.col("mileage") * pl.Series(random.lognormal(0, 0.2, rows))).round(),
        asking_price=(pl.col("asking_price") * pl.Series(random.lognormal(0, 0.1, rows))).round(),
        trim=pl.col("trim").fill_null("") + rare,
        vin=pl.when(number % 10 == 0).then(pl.format("X{}", 1_000_000 + number % 20_000)).otherwise("vin"),
    ).write_parquet(path)


def measure(kind: str, path: Path) -> dict[str, Any]:
    """Return what it takes this process to fit a preparation on listings, and to transform the same listings."""
    from models.prepare.preparation import Preparation

    listings = pl.read_parquet(path)
    log_prices = np.log(listings["asking_price"].cast(pl.Float64).to_numpy())
    preparation = Preparation(kind)  # type: ignore[arg-type]
    fit, columns = _timed(lambda: preparation.fit_transform(listings, log_prices).matrix.shape[1])
    transform, _ = _timed(lambda: preparation.transform(listings).matrix.shape)
    told = {f"fit_{name}": value for name, value in fit.items()}
    told |= {f"transform_{name}": value for name, value in transform.items()}
    peak = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    return {"kind": kind, "rows": listings.height, "columns": columns, **told, "peak_mb": peak}


def _timed(work: Callable[[], Any]) -> tuple[dict[str, float], Any]:
    """Return the seconds and CPU seconds that work took, and what it returned."""
    clock, cpu = time.monotonic(), time.process_time()
    result = work()
    taken = {"seconds": time.monotonic() - clock, "cpu_seconds": time.process_time() - cpu}
    return {name: round(value, 1) for name, value in taken.items()}, result


@click.command()
@click.argument("rows", type=click.IntRange(1), default=1_000_000)
@click.option("--kind", type=click.Choice(KINDS), multiple=True, default=KINDS, show_default=True)
@click.option(
    "--listings", type=click.Path(path_type=Path), help="Measure this file, here: what the bench's child does."
)
def main(rows: int, kind: tuple[str, ...], listings: Path | None) -> None:
    """Print a line for each kind."""
    if listings:
        for name in kind:
            print(json.dumps(measure(name, listings)))
        return
    broken = False
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "listings.parquet"
        write_listings(rows, path)
        for name in kind:
            child = [sys.executable, "-m", "bench.preparation", str(rows), "--kind", name, "--listings", str(path)]
            line = json.loads(subprocess.run(child, check=True, capture_output=True, text=True).stdout)
            holds = all(line[name] <= most for name, most in LIMITS.items())
            print(json.dumps(line | {"holds": holds}), flush=True)
            broken |= not holds
    sys.exit(broken)


if __name__ == "__main__":
    main()
