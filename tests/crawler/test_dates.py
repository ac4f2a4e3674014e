"""When a row was seen: what is a date, in UTC, and what is not guessed."""

from datetime import UTC, datetime

import polars as pl
import pytest

from crawler.dates import moments


def read(*texts: str | None) -> list[datetime | None]:
    return moments(pl.Series(texts, dtype=pl.String)).to_list()


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2025-07-04", datetime(2025, 7, 4, tzinfo=UTC)),
        (" 2025/07/04 ", datetime(2025, 7, 4, tzinfo=UTC)),
        ("20250704", datetime(2025, 7, 4, tzinfo=UTC)),
        ("04.07.2025", datetime(2025, 7, 4, tzinfo=UTC)),
        ("2025-07-04 19:24:15", datetime(2025, 7, 4, 19, 24, 15, tzinfo=UTC)),
        ("2025-07-04T21:23:05.786244", datetime(2025, 7, 4, 21, 23, 5, 786244, tzinfo=UTC)),
        ("2025-07-04T21:23:05Z", datetime(2025, 7, 4, 21, 23, 5, tzinfo=UTC)),
        ("2025-07-04T21:23:05+02:00", datetime(2025, 7, 4, 19, 23, 5, tzinfo=UTC)),
        ("2025-07-04 21:23:05.5-0500", datetime(2025, 7, 5, 2, 23, 5, 500000, tzinfo=UTC)),
    ],
)
def test_a_date_is_a_moment_in_utc(text: str, moment: datetime) -> None:
    assert read(text) == [moment]


@pytest.mark.parametrize("text", [None, "", "yesterday", "2025-13-01", "2025", "07-2025", "2025-02-30"])
def test_what_is_no_date_is_null(text: str | None) -> None:
    assert read(text) == [None]


def test_a_date_that_could_be_two_days_is_null() -> None:
    assert read("04/07/2025", "05/07/2025") == [None, None]


def test_the_column_decides_whether_its_days_come_first() -> None:
    assert read("04/07/2025", "25/07/2025")[0] == datetime(2025, 7, 4, tzinfo=UTC)
    assert read("04/07/2025", "07/25/2025")[0] == datetime(2025, 4, 7, tzinfo=UTC)


def test_a_column_of_both_notations_decides_nothing() -> None:
    assert read("25/07/2025", "07/25/2025") == [None, None]
