"""What it costs to find the most similar offers of every listing: ``python -m bench.similar 100000 1000000``.

Prints a JSON line for each number of listings, measured in a process of its own: seconds, CPU seconds, listings a
second and that process's peak memory; exit code 1: a limit is broken. The listings are those of bench.preparation.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import click
import polars as pl

from bench.preparation import write_listings

LIMITS = {"cpu_seconds": 600, "peak_mb": 6_000}


def measure(path: Path) -> dict[str, Any]:
    """Return what it takes this process to find the most similar offers of all listings of a file."""
    from models.predict.similar import most_similar

    listings = pl.read_parquet(path).with_columns(
        vehicle_id="listing_id", currency=pl.lit("USD"), days_gone=pl.lit(None, pl.Int32)
    )
    is_asked = pl.repeat(True, listings.height, dtype=pl.Boolean, eager=True)
    clock, cpu = time.monotonic(), time.process_time()
    found = most_similar(listings, is_asked)
    seconds, cpu_seconds = time.monotonic() - clock, time.process_time() - cpu
    return {
        "listings": listings.height,
        "rows": found.height,
        "seconds": round(seconds, 1),
        "cpu_seconds": round(cpu_seconds, 1),
        "listings_per_second": round(listings.height / seconds),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


@click.command()
@click.argument("sizes", type=click.IntRange(1), nargs=-1)
@click.option(
    "--listings", type=click.Path(path_type=Path), help="Measure this file, here: what the bench's child does."
)
def main(sizes: tuple[int, ...], listings: Path | None) -> None:
    """Print a line for each number of listings."""
    if listings:
        print(json.dumps(measure(listings)))
        return
    broken = False
    with tempfile.TemporaryDirectory() as scratch:
        for size in sizes or (1_000_000,):
            path = Path(scratch) / "listings.parquet"
            write_listings(size, path)
            child = [sys.executable, "-m", "bench.similar", "--listings", str(path)]
            line = json.loads(subprocess.run(child, check=True, capture_output=True, text=True).stdout)
            holds = all(line[name] <= most for name, most in LIMITS.items())
            print(json.dumps(line | {"holds": holds}), flush=True)
            broken |= not holds
    sys.exit(broken)


if __name__ == "__main__":
    main()
