"""The clock that TASADOR_NOW injects."""

import time
from datetime import UTC, datetime

import pytest

from crawler.clock import now


def test_time_stands_still_at_an_instant(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TASADOR_NOW", "2026-11-02T03:00+01:00")
    assert now() == datetime(2026, 11, 2, 2, tzinfo=UTC)


@pytest.mark.parametrize(("real_seconds", "day"), [(0, 2), (119.9, 2), (120, 3), (600, 7)])
def test_a_day_passes_every_so_many_seconds(real_seconds: float, day: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TASADOR_NOW", "2026-11-02T03:00Z@1000/120")
    monkeypatch.setattr(time, "time", lambda: 1000 + real_seconds)
    assert now() == datetime(2026, 11, day, 3, tzinfo=UTC)


def test_without_it_the_time_is_the_machines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TASADOR_NOW", raising=False)
    assert abs((now() - datetime.now(UTC)).total_seconds()) < 60
