"""What a retraining leaves for people to look at: pictures, and the predicted-against-actual table."""

from collections.abc import Sequence
from pathlib import Path

from flows.tables import write_csv, write_sheet
from models.evaluate.holdout import read_split
from models.model_runs.registry import ModelRun
from models.predict.prediction import predict
from models.train.pictures import draw_learning_curves, draw_predicted_against_actual
from models.train.tables import predicted_against_actual

AMOUNTS = ("mileage", "asking_price", "predicted_price", "lower", "upper", "residual")
SHOWN = dict.fromkeys(AMOUNTS, "#,##0") | {"residual_share": "0.0%"}


def write_reports(folder: Path, snapshot: Path, model_runs: Sequence[ModelRun], challenger: ModelRun) -> Path:
    """Draw the learning curves, and the challenger's predictions of the held-out cars; return the folder."""
    manifest = challenger.manifest
    _, holdout = read_split(snapshot, manifest.market)
    predictions = predict(challenger, holdout)
    table = predicted_against_actual(holdout, predictions)
    write_csv(table, folder / "predicted_against_actual.csv")
    write_sheet(table, folder / "predicted_against_actual.xlsx", SHOWN)
    draw_learning_curves(
        {run.manifest.estimator: run.manifest.history for run in model_runs}, folder / "learning_curves.png"
    )
    draw_predicted_against_actual(
        holdout["asking_price"].to_numpy(),
        predictions["predicted_price"].to_numpy(),
        folder / "predicted_against_actual.png",
        title=f"{manifest.market}: {manifest.estimator}",
        currency=manifest.currency,
        metrics=manifest.holdout,
    )
    return folder
