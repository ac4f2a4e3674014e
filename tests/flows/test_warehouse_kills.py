"""Whoever reads market.duckdb is never disturbed: not by a killed refresh, not by one that publishes."""

import pytest

from bench.warehouse_kills import measure


@pytest.mark.slow
def test_refreshes_that_are_killed_lose_nothing_and_double_nothing() -> None:
    outcome = measure(kills=5, listings=100)
    assert outcome["is_exact"], outcome
