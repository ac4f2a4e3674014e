"""Mutated pages, seeded: nothing escapes a page class, and no car with an impossible price or year comes out."""

import pytest

from bench.pages import Findings, Source, fragments, fuzz, impossible, sources
from crawler.items import Listing


@pytest.fixture(scope="module")
def pages() -> list[Source]:
    return sources()


def is_clean(findings: Findings, count: int) -> bool:
    assert (findings.exceptions, findings.impossible) == ([], [])
    return findings.inputs == count and findings.listings > count / 4


def test_some_hundred_mutated_fragments_are_read_without_harm(pages: list[Source]) -> None:
    assert is_clean(fuzz(fragments(pages), 400, seed=3), 400)


def test_some_mutated_pages_are_read_without_harm(pages: list[Source]) -> None:
    assert is_clean(fuzz([page for page in pages if len(page.text) < 100_000], 300, seed=3), 300)


@pytest.mark.slow
def test_20_000_mutated_fragments_and_500_pages_are_read_without_harm(pages: list[Source]) -> None:
    assert is_clean(fuzz(fragments(pages), 20_000, seed=1), 20_000)
    assert is_clean(fuzz(pages, 500, seed=1), 500)


def test_same_seed_gives_the_same_mutations(pages: list[Source]) -> None:
    first, again = (fuzz(fragments(pages), 50, seed=5) for _ in range(2))
    assert (first.kinds, first.listings) == (again.kinds, again.listings)


@pytest.mark.parametrize("currency", ["USD", "EUR"])
@pytest.mark.parametrize(
    ("price", "year"),
    [("9" * 40, "1899"), ("2147483647", "2999"), ("1e308", "20199"), ("0.01", "0"), ("999 Mio", "2019 2020")],
)
def test_impossible_words_are_not_understood(price: str, year: str, currency: str) -> None:
    listing = Listing(title="Comet Arc", price=price, model_year=year)
    assert list(impossible([("a car", listing)], currency, "mi")) == []


def test_page_class_that_raises_is_found(pages: list[Source]) -> None:
    class Broken(pages[0].page):  # type: ignore[misc, name-defined]  # a class known only here
        def read_detail(self) -> Listing | None:
            raise KeyError("price")

    broken = Source("broken", Broken, "https://cars.example/", pages[0].text)
    assert len(fuzz([broken], 5, seed=1).exceptions) == 5


def test_impossible_price_would_be_found(pages: list[Source], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MAX_PRICE", "MAX_PRICE_IN_SMALL_UNITS"):
        monkeypatch.setattr(f"warehouse.normalize.money.{name}", 1e300)
    assert list(impossible([("a car", Listing(title="Comet", price="9" * 40))], "USD", "mi"))
