"""`tasador sites` and `tasador crawl --url`: what a few pages of a site give; and crawls in parts, as a person asks."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from crawler.demo_market.process import RunningDemoMarket, running_demo_market


@pytest.fixture(scope="module")
def market() -> Iterator[RunningDemoMarket]:
    with running_demo_market(size=120) as market:
        yield market


@pytest.fixture
def config(market: RunningDemoMarket, tmp_path: Path) -> str:
    """A configuration of the demo market with two start URLs."""
    path = tmp_path / "tasador.toml"
    path.write_text(
        '[markets.demo]\ncurrency = "USD"\n[sites.lot]\nmarket = "demo"\ndelay_seconds = 0\n'
        f'start_urls = ["{market.start_url}", "{market.url}/cars?page=2"]\n'
    )
    return str(path)


def test_the_sites_are_listed(tasador: Callable[..., object], config: str) -> None:
    answer = tasador("sites", TASADOR_CONFIG=config)
    assert answer.code == 0, answer.err
    assert re.search(r"lot +demo +result_pages +schema\.org +http://127\.0\.0\.1", answer.out)


def test_a_check_says_which_fields_were_found_and_lands_nothing(
    tasador: Callable[..., object], config: str, tmp_path: Path
) -> None:
    answer = tasador("sites", "check", "lot", TASADOR_CONFIG=config)
    assert answer.code == 0, answer.err
    assert re.search(r"price +9\d% +\d+% +\$?[0-9,]+|price +100% +\d+% +\$?[0-9,]+", answer.out)
    assert re.search(r"\d+ cards and [1-9]\d* detail pages of lot", answer.out)
    assert "Nothing has landed." in answer.out
    assert not (tmp_path / "data" / "landing").exists()


def test_an_unknown_site_is_read_by_its_structured_data(
    tasador: Callable[..., object], market: RunningDemoMarket, tmp_path: Path
) -> None:
    answer = tasador("crawl", "--url", market.start_url)
    assert answer.code == 0, answer.err
    assert re.search(r"vin +.*100%", answer.out)
    assert not (tmp_path / "data" / "landing").exists()


def test_the_sitemap_of_an_unknown_site_is_followed(tasador: Callable[..., object], market: RunningDemoMarket) -> None:
    answer = tasador("crawl", "--url", f"{market.url}/sitemap.xml")
    assert re.search(r"0 cards and [1-9]\d* detail pages", answer.out), answer.err


def test_a_page_without_cars_says_why(tasador: Callable[..., object], market: RunningDemoMarket) -> None:
    answer = tasador("crawl", "--url", f"{market.url}/cars/none")
    assert "no listing could be read of 127.0.0.1\ngone: " in answer.out, answer.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "name a site of tasador.toml, or one --url"),
        (["--url", "lot.test"], "--url must be an http(s) address, got 'lot.test'"),
        (["lot", "--partition", "1/2", "--partitions", "2"], "give one of --partition"),
        (["lot", "--run", "today"], "give one of --partition"),
        (["lot", "--partition", "3/2"], "partition must be its number and their count, as 1/4, got '3/2'"),
        (["lot", "--partition", "1/2", "--run", "today"], "run must be written as"),
    ],
)
def test_what_is_asked_for_wrongly_is_one_line(
    tasador: Callable[..., object], config: str, arguments: list[str], message: str
) -> None:
    answer = tasador("crawl", *arguments, TASADOR_CONFIG=config)
    assert answer.code == 2
    assert message in answer.err


def test_a_crawl_in_partitions_is_one_crawl_run_of_the_tables(tasador: Callable[..., object], config: str) -> None:
    answer = tasador("crawl", "lot", "--partitions", "2", TASADOR_CONFIG=config)
    assert answer.code == 0, answer.err
    assert "complete: finished" in answer.out
    assert tasador("refresh", TASADOR_CONFIG=config).code == 0
    counted = tasador("sql", "--format", "csv", "select count(*), bool_and(is_complete) from crawl_runs")
    assert counted.out.splitlines()[1:] == ["1,true"]
