"""Invented cars for the tests of models: a small price law, as training_set rows."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from models.evaluate.metrics import evaluate
from models.model_runs.manifest import Manifest, Snapshot
from models.prepare.features import FEATURES

# make, model, price when new
MODELS = [("Honda", "Civic", 26_000), ("Ford", "F-150", 48_000), ("BMW", "X5", 66_000), ("Kia", "Rio", 18_000)]


def make_cars(rows: int, seed: int = 0) -> pl.DataFrame:
    """Return invented listings whose price falls by 10 % a year and by mileage, with 10 % noise."""
    random = np.random.default_rng(seed)
    pick = random.integers(0, len(MODELS), rows)
    year = random.integers(2008, 2025, rows)
    mileage = random.gamma(2, 6_000, rows) * (2026 - year) / 2
    new = np.array([price for _, _, price in MODELS])[pick]
    price = new * 0.9 ** (2026 - year) * np.exp(-mileage / 400_000 + random.normal(0, 0.10, rows))
    ids = [f"demo:{seed}-{number}" for number in range(rows)]
    return pl.DataFrame(
        {
            "listing_id": ids,
            "vehicle_id": [f"vehicle-{name}" for name in ids],
            "market": "demo",
            "currency": "USD",
            "make": [MODELS[index][0] for index in pick],
            "model": [MODELS[index][1] for index in pick],
            "model_year": year,
            "mileage": mileage.round(),
            "condition": "used",
            "asking_price": price.round(),
        }
    )


@pytest.fixture(scope="session")
def cars() -> Callable[..., pl.DataFrame]:
    """A maker of invented cars: ``cars(rows, seed=0)``."""
    return make_cars


@pytest.fixture
def snapshot(tmp_path: Path) -> Callable[..., Path]:
    """A maker of snapshots: ``snapshot(rows, twice=0)``, of which ``twice`` vehicles have a second listing."""

    def write(rows: int, twice: int = 0) -> Path:
        first = make_cars(rows)
        again = first.head(twice).with_columns(pl.col("listing_id") + "-again", pl.col("asking_price") * 0.98)
        path = tmp_path / "snapshot.parquet"
        pl.concat([first, again]).write_parquet(path)
        return path

    return write


@pytest.fixture(scope="session")
def make_manifest() -> Callable[..., Manifest]:
    """A maker of manifests with invented figures: ``make_manifest(estimator="forest")``."""

    def make(**changes: Any) -> Manifest:
        metrics = evaluate(np.array([10_000.0, 20_000.0]), np.array([11_000.0, 19_000.0]))
        values: dict[str, Any] = {
            "model_run_id": "20260105T120000Z-forest-abc123",
            "market": "demo",
            "currency": "USD",
            "estimator": "forest",
            "trained_at": "2026-01-05T12:00:00+00:00",
            "snapshot": Snapshot("snapshot.parquet", "0" * 64, 2),
            "training_rows": 2,
            "holdout_rows": 2,
            "folds": 5,
            "seeds": [0, 1, 2, 3, 4],
            "threads": 1,
            "parameters": {},
            "features": [feature.name for feature in FEATURES],
            "versions": {},
            "out_of_fold": metrics,
            "holdout": metrics,
            "coverage": 0.8,
            "holdout_coverage": 1.0,
            "holdout_coverage_95": 1.0,
            "abstained": {},
            "seconds": 1.5,
            "history": [],
        }
        return Manifest(**{**values, **changes})

    return make
