"""Estimators: how each did on the same held-out cars, and what the gate said of it."""

from collections.abc import Sequence
from typing import Any

from flows.report.blocks import Block, Cell, Section, Table
from flows.report.source import Source
from flows.report.words import UNKNOWN, count, money, number, share

# The model runs of one training: they learned from one snapshot.
RUNS = """
select others.*
from model_runs as shown
inner join model_runs as others using (market, snapshot_sha256)
where shown.market = $market and shown.model_run_id = $model_run_id
order by others.log_mae, others.model_run_id
"""

COLUMNS = ("Estimator", "MAE", "MdAPE", "Within 10 %", "log-RMSE", "RMSE", "R²", "Seconds", "Verdict")


def _blocks(source: Source) -> Sequence[Block]:
    runs = source.read(RUNS, model_run_id=source.model_run.manifest.model_run_id).to_dicts()
    rows = [_row(run, source.currency) for run in runs]
    title = f"Trained on {runs[0]['rows']:,} cars, judged on {runs[0]['holdout_rows']:,} held out"
    return [Table(title, COLUMNS, rows)]


def _row(run: dict[str, Any], currency: str) -> list[Cell]:
    return [
        Cell(run["estimator"]),
        number(money(run["mae"], currency)),
        number(share(run["mdape"])),
        number(share(run["within_10"])),
        number(f"{run['log_rmse']:.4f}"),
        number(money(run["rmse"], currency)),
        number(f"{run['r2']:.4f}"),
        number(count(run["seconds"])),
        Cell((run["verdict"] if run["verdict"] == "not chosen" else run["verdict_reason"]) or UNKNOWN),
    ]


SECTION = Section(
    "estimators",
    "Estimators",
    "The smallest mean log error first. No held-out car was trained on by any of them. One exotic car can be most of "
    "an RMSE, and lift or sink an R²: judge by MAE, MdAPE and log-RMSE.",
    _blocks,
)
