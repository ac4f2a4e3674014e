"""What tuning tried: written once, read in order, the best of the last snapshot, forgotten when asked."""

import json
from typing import Any

import polars as pl
import pytest

from warehouse.contracts import check
from warehouse.reading import best_params, tuning_trials
from warehouse.writing import delete_tuning_trials, write_tuning_trials


@pytest.fixture
def tuned(crawls: Any) -> Any:
    """Two trials on an old snapshot and three on a new one, of which a pruned one looks best."""
    crawls.load(0, crawls.car("a"))
    write_tuning_trials(crawls.connection, rows(crawls, 1, "old", [(0.05, "complete"), (0.06, "complete")]))
    new = [(0.2, "complete"), (0.1, "complete"), (0.01, "pruned"), (None, "failed")]
    write_tuning_trials(crawls.connection, rows(crawls, 2, "new", new))
    return crawls


def rows(crawls: Any, day: int, snapshot: str, values: list[tuple[float | None, str]]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                "market": "us",
                "estimator": "forest",
                "snapshot_sha256": snapshot,
                "trial": number,
                "params": json.dumps({"min_leaf": number}),
                "value": value,
                "fold_values": [value] if value else [],
                "state": state,
                "seconds": 1.0,
                "tuned_at": crawls.day(day),
            }
            for number, (value, state) in enumerate(values, 1)
        ],
        schema_overrides={"fold_values": pl.List(pl.Float64)},
    )


def test_the_best_is_the_lowest_complete_value_of_the_last_snapshot(tuned) -> None:
    assert best_params(tuned.connection, "us") == {"forest": {"min_leaf": 2}}
    assert best_params(tuned.connection, "germany") == {}


def test_trials_of_a_snapshot_are_read_in_order(tuned) -> None:
    found = tuning_trials(tuned.connection, "us", "forest", "new")
    assert [(row["trial"], row["params"], row["fold_values"]) for row in found] == [
        (1, {"min_leaf": 1}, [0.2]),
        (2, {"min_leaf": 2}, [0.1]),
        (3, {"min_leaf": 3}, [0.01]),
        (4, {"min_leaf": 4}, []),
    ]


def test_writing_the_same_again_changes_nothing(tuned) -> None:
    before = tuned.rows("from tuning_trials order by all")
    write_tuning_trials(tuned.connection, rows(tuned, 1, "old", [(0.05, "complete"), (0.06, "complete")]))
    assert tuned.rows("from tuning_trials order by all") == before
    check(tuned.connection)


def test_what_is_forgotten_is_gone_and_no_other(tuned) -> None:
    assert delete_tuning_trials(tuned.connection, "us", ["boosting"]) == 0
    assert delete_tuning_trials(tuned.connection, "us", ["boosting", "forest"]) == 6
    assert best_params(tuned.connection, "us") == {}
