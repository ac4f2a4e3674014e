"""What each page class reads from pages of our own writing, one test per field; a folder of pages/ is one page."""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from crawler.errors import UsageError
from crawler.items import FIELD_NAMES
from crawler.pages import PAGE_CLASSES, page_class, page_class_for
from crawler.pages.base import Page

FOLDER = Path(__file__).parent / "pages"
FIXTURES = sorted(folder.name for folder in FOLDER.iterdir())
READ_OF_A_PAGE = {
    "kind": lambda page: page.kind,
    "problem": lambda page: page.problem(),
    "next_url": lambda page: page.next_url(),
    "detail_urls": lambda page: page.detail_urls(),
}


@cache
def read(name: str) -> Page:
    meta = json.loads((FOLDER / name / "meta.json").read_text())
    return page_class(meta["page"])((FOLDER / name / "page.html").read_text(), meta["url"], meta["status"])


def expected(name: str) -> Any:
    return json.loads((FOLDER / name / "output.json").read_text())


def fields() -> Iterator[Any]:
    for name in FIXTURES:
        for place, listing in enumerate(expected(name)["listings"]):
            for field in listing:
                yield pytest.param(name, place, field, id=f"{name}-{place}-{field}")


@pytest.mark.parametrize(("name", "place", "field"), list(fields()))
def test_field_is_read_as_published(name: str, place: int, field: str) -> None:
    listing = read(name).listings()[place]
    assert getattr(listing, field) == expected(name)["listings"][place][field]


@pytest.mark.parametrize("name", FIXTURES)
def test_nothing_is_said_that_the_page_does_not_say(name: str) -> None:
    said = [set(listing.payload()) for listing in read(name).listings()]
    assert said == [set(listing) for listing in expected(name)["listings"]]


@pytest.mark.parametrize("name", FIXTURES)
@pytest.mark.parametrize("what", READ_OF_A_PAGE)
def test_page_is_understood(name: str, what: str) -> None:
    assert READ_OF_A_PAGE[what](read(name)) == expected(name)[what]


@pytest.mark.parametrize("name", FIXTURES)
def test_no_name_of_a_private_person_is_read(name: str) -> None:
    assert not any("Invented" in word or "Erfunden" in word for word in words_of(read(name)))


def words_of(page: Page) -> list[str]:
    return [
        word
        for listing in page.listings()
        for word in (*(getattr(listing, field) or "" for field in FIELD_NAMES), *listing.extra.values())
    ]


def test_every_page_class_has_a_fixture_of_each_kind() -> None:
    kinds = {
        (json.loads((FOLDER / name / "meta.json").read_text())["page"], expected(name)["kind"]) for name in FIXTURES
    }
    assert {(name, kind) for name in PAGE_CLASSES for kind in ("results", "detail")} <= kinds


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://www.cars.com/shopping/results/", "cars.com"),
        ("https://cars.com", "cars.com"),
        ("https://www.autoscout24.de/lst", "autoscout24"),
        ("https://www.autoscout24.it/lst", "autoscout24"),
        ("https://www.hemmings.com/classifieds/", "hemmings"),
        ("https://notcars.com/", "schema.org"),
        ("https://cars.com.example.org/", "schema.org"),
        ("http://127.0.0.1:8080/cars", "schema.org"),
    ],
)
def test_page_class_goes_by_the_host(url: str, name: str) -> None:
    assert page_class_for(url) is page_class(name)


def test_unknown_page_class_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match=re.escape(f"page must be one of {', '.join(PAGE_CLASSES)}, got 'ebay'")):
        page_class("ebay")


@pytest.mark.parametrize(
    ("name", "price", "price_drop", "payment"),
    [
        ("cars_com_results_2025", "$8,800", "$400 price drop", "$123/mo"),
        ("cars_com_results_2026", "$15,250", "$1K", "$77/mo"),
        ("cars_com_detail_2021", "$18,400", "$600 price drop", "$301/mo"),
        ("cars_com_detail_2026", "$33,500", None, "$555 /mo"),
    ],
)
def test_neither_price_drop_nor_monthly_payment_is_taken_for_the_price(
    name: str, price: str, price_drop: str | None, payment: str
) -> None:
    page = read(name)
    listing = page.listings()[0]
    assert (listing.price, listing.extra.get("price_drop")) == (price, price_drop)
    assert payment in page.text and not any(payment[:4] in word for word in words_of(page))


@pytest.mark.parametrize("name", ["cars_com_results_2026", "cars_com_detail_2021_private_unpriced"])
def test_unpriced_car_beside_a_monthly_payment_is_not_priced(name: str) -> None:
    assert read(name).listings()[-1].price == "Not Priced"
