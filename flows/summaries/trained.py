"""What was learned: the estimators side by side, the gate's verdict, one model run in full."""

import json
from pathlib import Path
from typing import Any

import polars as pl

from crawler.errors import TasadorError
from crawler.home import Home
from flows.show import print_lines, print_table, published
from flows.steps.retrain import Retrained
from flows.summaries.evaluated import tell_evaluation
from models.evaluate.holdout import BY_HASH
from models.gate.verdict import Verdict
from models.prepare.outliers import describe_outliers
from models.train.tables import compare_estimators

MODEL_RUNS = """
select
    model_run_id,
    market,
    mae,
    mdape,
    log_rmse,
    verdict,
    case
        when retired_at is not null then 'retired'
        when champion_to is not null then strftime(champion_to, 'until %Y-%m-%d')
        when champion_from is not null then strftime(champion_from, 'since %Y-%m-%d')
    end as live
from model_runs
order by trained_at, model_run_id
"""

# The one that was asked for, else each market's champion.
MODEL_RUN = """
select model_runs.*
from model_runs
left join champions using (model_run_id)
where if($model_run_id is null, champions.model_run_id is not null, model_run_id = $model_run_id)
order by model_runs.market
"""

# What there is room for; `tasador models show` tells the rest.
COMPARED = ("estimator", "r2", "rmse", "mae", "mdape", "log_rmse", "coverage", "seconds")


def tell_retrained(retrained: Retrained) -> None:
    """Tell how each estimator did on the held-out cars, and what the gate decided."""
    runs = [model_run.manifest for model_run in retrained.model_runs]
    table = compare_estimators(runs).select(COMPARED)
    print_table(table, f"{retrained.market}: {runs[0].holdout_rows:,} held-out cars ({runs[0].holdout_rule})")
    print_lines(f"{estimator}: {why}" for estimator, why in retrained.failures.items())
    print_lines(f"Suspicious feature: {name} {why}" for name, why in runs[0].suspicious_features.items())
    print_lines(verdict_lines(retrained.verdict))
    print_lines([f"Pictures and tables: {retrained.reports}", *filter(None, [retrained.tracked])])


def verdict_lines(verdict: Verdict) -> list[str]:
    """Return what the gate decided, a line for each check."""
    checks = [f"  {'✓' if check.passed else '✗'} {check.words}" for check in verdict.checks]
    return [f"Gate: {verdict.headline}", *checks]


def tell_model_runs(home: Home) -> None:
    """Tell every model run's figures on the held-out cars and its fate."""
    print_table(published(home, MODEL_RUNS), "Model runs, figures on held-out cars")


def tell_model_run(home: Home, model_run_id: str | None) -> None:
    """Tell one model run in full, or each market's champion.

    Raises:
        TasadorError: there is no such model run, or no champion yet.
    """
    rows = published(home, MODEL_RUN, {"model_run_id": model_run_id}).to_dicts()
    if not rows and model_run_id:
        raise TasadorError(f"there is no model run {model_run_id}: `tasador models list` names them")
    if not rows:
        raise TasadorError("no model is live yet: run `tasador retrain`")
    for row in rows:
        print_lines([*_in_full(row), *_left_out(home, row), ""])
        _tell_evaluation(home, row)


def _in_full(row: dict[str, Any]) -> list[str]:
    manifest = json.loads(row["manifest"])
    currency = manifest["currency"]
    return [
        f"{row['model_run_id']}  ({row['estimator']}, market {row['market']})",
        f"  trained    {row['trained_at']:%Y-%m-%d %H:%M} UTC on {row['rows']:,} cars in {row['seconds']:.0f} s, "
        f"{manifest['folds']} members",
        f"  judged on  {row['holdout_rows']:,} held-out cars ({manifest.get('holdout_rule', BY_HASH)}):",
        f"             MAE {row['mae']:,.0f} {currency}   MdAPE {row['mdape']:.2%}   log-RMSE {row['log_rmse']:.4f}   "
        f"RMSE {row['rmse']:,.0f} {currency}   R² {row['r2']:.4f}",
        f"  range      {manifest['coverage']:.0%} stated; {manifest['holdout_coverage']:.1%} of the held-out cars "
        f"lie in it{_in_wide_range(manifest)}",
        f"  abstains   on {sum(manifest['abstained'].values()):,} of them",
        f"  verdict    {row['verdict']}: {row['verdict_reason']}",
        f"  snapshot   {row['snapshot_path']}",
        f"  code       {row['code_version']}",
    ]


def _tell_evaluation(home: Home, row: dict[str, Any]) -> None:
    """Tell how well it predicts which cars, where the model run's folder is on this machine."""
    path = _table(home, row, "evaluation")
    if path.exists():
        tell_evaluation(pl.read_parquet(path))


def _in_wide_range(manifest: dict[str, Any]) -> str:
    coverage = manifest["holdout_coverage_95"]
    return "" if coverage is None else f"; of 95 %: {coverage:.1%}"


def _left_out(home: Home, row: dict[str, Any]) -> list[str]:
    """Return what the outlier rule left out, where the model run's folder is on this machine."""
    path = _table(home, row, "outliers")
    return [f"  left out   {describe_outliers(pl.read_parquet(path))}"] if path.exists() else []


def _table(home: Home, row: dict[str, Any], name: str) -> Path:
    return Path(home.models, row["market"], row["model_run_id"], f"{name}.parquet")
