"""A registered model as MLflow loads it: this file's text travels with the model run's folder, in place of a pickle.

Nobody imports it. It takes an installed Tasador, whose registry verifies the folder before anything of it is used.
"""

from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
from mlflow.models import set_model
from mlflow.pyfunc import PythonModel

from models.model_runs.registry import open_model_run
from models.predict.prediction import predict
from models.train.tracking import INPUTS, OUTPUTS


class TrackedModel(PythonModel):  # type: ignore[misc]  # mlflow is not followed
    """A model run behind MLflow's interface."""

    def load_context(self, context: Any) -> None:
        """Open the model run; TasadorError where a file of it has changed."""
        self.model_run = open_model_run(Path(context.artifacts["model_run"]))

    def predict(self, model_input: pd.DataFrame) -> pd.DataFrame:
        """Return OUTPUTS of each car, in order; ``model_input`` has any of INPUTS, times in UTC without a zone."""
        priced = predict(self.model_run, _listings(pl.from_pandas(model_input)))
        return priced.select(*OUTPUTS).to_pandas()


def _listings(cars: pl.DataFrame) -> pl.DataFrame:
    """Return the cars with all INPUTS; one without a listing_id is known by its row, and to nobody else."""
    missing = [pl.lit(None).alias(name) for name in INPUTS if name not in cars.columns]
    typed = cars.with_columns(missing).select(pl.col(name).cast(dtype) for name, dtype in INPUTS.items())
    row = pl.format("row {}", pl.int_range(pl.len()))
    identified = typed.with_columns(pl.coalesce("listing_id", row).alias("listing_id"))
    return identified.with_columns(pl.coalesce("vehicle_id", "listing_id").alias("vehicle_id"))


set_model(TrackedModel())
