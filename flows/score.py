"""The score flow: every live listing gets a predicted price and a range from its market's champion."""

from prefect import flow, task

from crawler.home import home
from flows.steps.score import score as score_step

score_task = task(name="score", persist_result=False)(score_step)


@flow(name="score")
def score(markets: list[str] | None = None) -> None:
    """Score the named markets, or all of them, and publish."""
    score_task(home(), markets)
