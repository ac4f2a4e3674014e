"""Each query of docs/queries.md runs, and finds rows of the columns that the page shows."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bench.queries import Question, questions
from crawler.home import Home
from flows.steps.predict_in_sql import add_predictions
from flows.steps.statements import find
from warehouse.market import Market

QUESTIONS = list(questions())
ASKED_OF = {
    "listings", "predicted_prices", "deals", "price_changes", "price_drops", "price_history", "comparables",
    "depreciation", "market_days_supply", "price_index", "price_rank", "suspicious_listings", "model_runs",
    "crawl_health", "freshness", "drift", "predict_price", "appraise",
}  # fmt: skip


@pytest.fixture(scope="module")
def market(demo: tuple[Path, Any]) -> Iterator[Market]:
    home = Home(demo[0])
    with Market(home) as market:
        add_predictions(market, home)
        yield market


def test_the_page_asks_twenty_questions_of_all_that_is_published() -> None:
    assert [words.split(".")[0] for words, _, _ in QUESTIONS] == [str(number) for number in range(1, 21)]
    asked = " ".join(question.query for question in QUESTIONS)
    assert {name for name in ASKED_OF if name not in asked} == set()


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.words.split(".")[0])
def test_a_query_of_the_page_finds_rows_of_the_columns_that_it_shows(market: Market, question: Question) -> None:
    with market.newest() as connection:
        found = find(connection, question.query)
        assert found is not None
        assert found.columns == question.columns
        assert found.fetchone() is not None
