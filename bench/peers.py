"""What others reach on the same rows, and how far ours must be from it: the figures of the project's issue 5.

Each peer got the same training rows with raw columns, the site's own deal badge left out; 2 cores.
"""

from collections.abc import Iterator
from typing import Any

from models.estimators import STUDY_RECIPE

METRICS = ("rmse", "mae", "mdape", "log_rmse", "r2")

AUTOML = "AutoGluon 1.6.3 best_quality on log price, 600 s"
# By table and peer. One car of 2,954,083 is nearly the whole RMSE of cars_com_used: there it is no measure.
PEERS: dict[str, dict[str, dict[str, float]]] = {
    "cars_com_dealers": {
        AUTOML: {"rmse": 8796, "mae": 2927, "mdape": 0.0453, "log_rmse": 0.1167},
        "AutoGluon 1.6.3 best_quality on raw price, 600 s": {"rmse": 9736, "mae": 3613, "mdape": 0.0581},
        "one CatBoost of 3,000 trees with VIN[:8], make+model, litres, gears, 215 s": {
            "rmse": 7067, "mae": 2847, "mdape": 0.0464,
        },
    },
    "cars_com_used": {AUTOML: {"mae": 12469, "mdape": 0.1488, "log_rmse": 0.3550}},
    "uk": {AUTOML: {"rmse": 2313, "mae": 1289, "mdape": 0.0601, "log_rmse": 0.1058}},
}  # fmt: skip

# The champion's metric to AutoML's, at most.
CHAMPION_LIMITS: dict[str, dict[str, float]] = {
    "cars_com_dealers": {"rmse": 0.75, "mae": 0.90, "mdape": 0.95, "log_rmse": 0.92},
    "cars_com_used": {"mae": 1.0, "mdape": 1.0, "log_rmse": 1.0},
    "uk": {"mae": 1.0, "mdape": 1.0, "log_rmse": 1.0},
}
CHAMPION_SECONDS = 600

NETWORKS = ("keras_network", "torch_network")
NETWORK_TO_BOOSTING_MAE = 1.05
NETWORK_TO_STUDY_RMSE = 0.70

Figures = dict[str, dict[str, Any]]  # by estimator, as bench.accuracy sums them up


def limits(table: str, measured: Figures) -> Iterator[dict[str, Any]]:
    """Yield a line for each ratio to a peer and for each limit that the measured estimators allow to judge."""
    if "champion" in measured:
        yield from _of_champion(table, measured["champion"])
    if table == "cars_com_dealers":
        yield from _between_ours(table, measured)


def _of_champion(table: str, champion: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for peer, theirs in PEERS[table].items():
        for metric, value in theirs.items():
            limit = CHAMPION_LIMITS[table].get(metric) if peer == AUTOML else None
            yield _line(table, "champion", metric, peer, champion[metric] / value, limit)
    yield _line(table, "champion", "training_seconds", "10 minutes", champion["training_seconds"] / CHAMPION_SECONDS, 1)


def _between_ours(table: str, measured: Figures) -> Iterator[dict[str, Any]]:
    """Yield what the estimators must be to each other; a limit whose sides were not measured is left out."""
    pairs = [
        *((network, "mae", "boosting", NETWORK_TO_BOOSTING_MAE) for network in NETWORKS),
        *((network, "rmse", STUDY_RECIPE, NETWORK_TO_STUDY_RMSE) for network in NETWORKS),
        *(("ensemble", metric, part, 1.0)
          for metric in ("mae", "mdape") for part in measured if part not in ("ensemble", "champion", STUDY_RECIPE)),
    ]  # fmt: skip
    for ours, metric, other, limit in pairs:
        if ours in measured and other in measured:
            yield _line(table, ours, metric, other, measured[ours][metric] / measured[other][metric], limit)


def _line(table: str, ours: str, metric: str, other: str, ratio: float, limit: float | None) -> dict[str, Any]:
    line = {"table": table, "estimator": ours, "metric": metric, "to": other, "ratio": round(ratio, 4)}
    return line if limit is None else line | {"limit": limit, "holds": ratio <= limit}
