"""`tasador crawl` of one site, as a person runs it."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from crawler.demo_market.process import running_demo_market
from crawler.errors import BlockedError, TasadorError, UsageError
from flows.crawl import _may_help


def test_a_crawl_lands_and_says_whether_it_is_complete(tasador: Callable[..., object], tmp_path: Path) -> None:
    with running_demo_market(size=120) as market:
        answer = tasador("crawl", "demo", "--start-url", market.start_url)
    assert answer.code == 0, answer.err
    assert "240 observations, 0 rejects, complete: finished" in answer.out
    assert "healthy: 120 listings on " in answer.out
    assert list((tmp_path / "data/landing/demo").glob("*/part-*.jsonl.zst"))


def test_a_site_that_does_not_answer_is_a_failure_with_a_log(tasador: Callable[..., object]) -> None:
    answer = tasador("crawl", "demo", "--start-url", "http://127.0.0.1:9/cars")
    assert answer.code == 1
    assert "brought no listing: failed, no listing came" in answer.err
    assert Path(answer.err.rsplit("its log is ", 1)[1].strip()).exists()


def test_a_site_that_blocks_us_is_a_failure_that_says_so(tasador: Callable[..., object]) -> None:
    with running_demo_market(size=120, faults={"challenge": 1.0}) as market:
        answer = tasador("crawl", "demo", "--start-url", market.start_url)
    assert answer.code == 1
    assert "brought no listing: blocked" in answer.err


@pytest.mark.parametrize(("error", "may_help"), [(TasadorError, True), (BlockedError, False), (UsageError, False)])
def test_the_flow_asks_again_a_site_that_fails_and_not_one_that_refuses(error: type, may_help: bool) -> None:
    assert _may_help(None, None, SimpleNamespace(data=error("said"))) is may_help
