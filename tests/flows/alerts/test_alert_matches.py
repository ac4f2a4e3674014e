"""What a saved search finds, and how a message says it: in short lines of text, to programs in full."""

from pathlib import Path
from typing import Any

import duckdb
import pytest

from crawler.errors import TasadorError
from flows.alerting.matches import find_matches
from flows.alerting.message import MOST_LINES, write_message
from flows.alerting.settings import Alert

World = Any


@pytest.mark.parametrize(
    "condition",
    [
        "true) or (true",
        "true; drop table deals",
        "exists (from read_csv('{file}'))",
        "exists (from read_text('{file}'))",
        "exists (from '{file}')",
        "exists (from glob('/*'))",
        "(delete from deals) is null",
        "count(*) > 0",
        "",
    ],
)
def test_a_condition_is_one_expression_over_published_tables(world: World, tmp_path: Path, condition: str) -> None:
    (tmp_path / "own.csv").write_text("a\n1\n", encoding="utf-8")
    alert = Alert("x", "us", "deal", ("file:x.jsonl",), condition.format(file=tmp_path / "own.csv"))
    with pytest.raises(TasadorError, match=r"alerts\.x finds nothing: "):
        find_matches(world.home, alert)


def test_a_condition_may_ask_other_published_tables(world: World) -> None:
    alert = Alert("x", "us", "deal", ("file:x.jsonl",), "asking_price < (select avg(asking_price) from deals) -- mine")
    assert [match["listing_id"] for match in find_matches(world.home, alert)] == ["a"]
    assert find_matches(world.home, Alert("x", "france", "deal", ("file:x.jsonl",))) == []


def test_a_price_drop_is_told_within_a_week(tmp_path: Path, world: World) -> None:
    with duckdb.connect(str(tmp_path / "drops.duckdb")) as connection:
        connection.execute(
            """
            create table price_drops as
            select *, 'us' as market, 'Honda' as make, 'USD' as currency, 9000.0 as asking_price
            from (values
                ('dropped', timestamptz '2026-03-09 00:00:00+00', 1000.0, 0.1),
                ('a_little', '2026-03-09 00:00:00+00', 50.0, 0.005),
                ('long_ago', '2026-02-09 00:00:00+00', 1000.0, 0.1)
            ) as said (listing_id, last_drop_at, last_drop, last_drop_share);
            create table predicted_prices as
            select 'dropped' as listing_id, 9500.0 as predicted_price, 9000.0 as lower, 10000.0 as upper
            """
        )
    world.home.market.unlink()
    world.home.market.symlink_to(tmp_path / "drops.duckdb")
    (match,) = find_matches(world.home, Alert("x", "us", "price_drop", ("file:x",), "last_drop_share >= 0.1"))
    assert match["listing_id"] == "dropped"
    message = write_message("x", "price_drop", [match])
    assert message.text == "Honda, asks 9,000 USD after a drop of 1,000, predicted 9,500"
    assert message.title == "Tasador x: 1 new price drop"


def test_hostile_text_stays_one_short_line_and_only_web_addresses_are_links() -> None:
    make = "=1+1\r\nBcc: all@example\x1b[31m <script>" + "x" * 10_000
    matches = [{"listing_id": "a", "asking_price": 1.0, "make": make, "url": "javascript:alert(1)"}]
    text = write_message("x", "deal", matches).text
    assert text.startswith("=1+1 Bcc: all@example [31m <script>xxx")
    assert "\n" not in text
    assert len(text) < 300
    assert "javascript" not in text


def test_people_read_the_first_and_programs_have_all() -> None:
    matches = [{"listing_id": str(number), "asking_price": None} for number in range(MOST_LINES + 5)]
    message = write_message("x", "deal", matches)
    assert message.text.splitlines()[-1] == "… and 5 more"
    assert len(message.matches) == MOST_LINES + 5
