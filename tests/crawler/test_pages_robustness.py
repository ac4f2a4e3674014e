"""Nothing that a page contains makes a page class raise."""

import json
import time
from html import escape
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.items import FIELD_NAMES
from crawler.landing import Observation
from crawler.pages import PAGE_CLASSES
from crawler.pages.addresses import absolute, next_page_url
from crawler.pages.base import Page
from crawler.pages.embedded_json import parsed

URL = "https://cars.example/cars?page=1"
KEYS = st.sampled_from(
    ["@type", "@graph", "name", "offers", "itemOffered", "itemListElement", "item", "url", "price", "seller", "value",
     "identifier", "priceSpecification", "vehicleEngine", "additionalProperty", "address", "availability", "mainEntity",
     "numberOfItems", "vehicle", "id", "location", "vehicleDetails", "lead_form", "elements", "text_snippets", "vin",
     "call_source_dni_metadata", "listing_id", "numberOfPages", "vehicleArray"]
)  # fmt: skip
WORDS = st.sampled_from(
    ["Car", "Product", "Offer", "ItemList", "ListItem", "AggregateOffer", "Person", "http://[", "https://cars.example/1",
     "\ud800", "\x00", "9" * 5000]
)  # fmt: skip
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | WORDS | st.text(max_size=5)
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=6), max_leaves=30
)
JSON_LD = '<script type="application/ld+json">{}</script>'
SCRIPT = '<script id="{}" type="application/json">{}</script>'


def html_of(name: str, data: Any) -> str:
    """Return a page of this class that holds the data in all the places where it looks for some."""
    if name == "schema.org":
        return JSON_LD.format(json.dumps(data))
    if name == "autoscout24":
        props = dict.fromkeys(("listings", "listingDetails", "numberOfPages"), data)
        return JSON_LD.format(json.dumps(data)) + SCRIPT.format(
            "__NEXT_DATA__", json.dumps({"props": {"pageProps": props}})
        )
    if name == "hemmings":
        search = {"total_count": "9", "results_per_page": data, "results": data}
        return JSON_LD.format(json.dumps(data)) + SCRIPT.format(
            "listings-search-json", json.dumps({"results": search if isinstance(data, list) else data})
        )
    facts = {"listing_id": "0000", "page_name": "shopping/vehicle-details", "vin": data, "seller_type": data}
    scripts = {
        "initial-activity-data": facts if data else data,
        "CarsWeb.VehicleDetailController.show": data,
        "CarsWeb.SearchController.index": {"srp_results": {"metadata": data}},
    }
    card = f'<fuse-card data-listing-id="0001" data-vehicle-details="{escape(json.dumps(data))}"></fuse-card>'
    return card + "".join(SCRIPT.format(name, json.dumps(value)) for name, value in scripts.items())


def read_all(page: Page) -> None:
    for listing in page.listings():
        assert all(isinstance(getattr(listing, name), str | None) for name in FIELD_NAMES)
        json.dumps(listing.payload(), ensure_ascii=False).encode()
        assert Observation(listing, page=page.kind)
    assert all(isinstance(url, str) for url in page.detail_urls())
    assert isinstance(page.next_url(), str | None)
    assert (page.problem() is None) == bool(page.listings())


@pytest.mark.parametrize("name", PAGE_CLASSES)
@given(data=JSON)
@settings(max_examples=150, deadline=None, derandomize=True)
def test_json_of_any_shape_is_read_without_raising(name: str, data: Any) -> None:
    read_all(PAGE_CLASSES[name](html_of(name, data), URL))


@given(data=JSON)
@settings(max_examples=100, deadline=None, derandomize=True)
def test_facts_of_any_shape_on_a_detail_page_of_2021_are_read_without_raising(data: Any) -> None:
    rows = '<h1 class="listing-title">x</h1><dl class="fancy-description-list"><dt>VIN</dt><dd>1</dd></dl>'
    script = f'<script>window.CARS["initialActivity"] = {json.dumps(data)};</script>'
    read_all(PAGE_CLASSES["cars.com"](rows + script + SCRIPT.format("CarsWeb.ListingController.show", script), URL))


@pytest.mark.parametrize("name", PAGE_CLASSES)
@given(text=st.text(max_size=200) | st.text(alphabet='<>{}[]":,!- script=\x00', max_size=200))
@settings(max_examples=100, deadline=None, derandomize=True)
def test_text_of_any_kind_is_read_without_raising(name: str, text: str) -> None:
    read_all(PAGE_CLASSES[name](text, URL))
    read_all(PAGE_CLASSES[name](JSON_LD.format(text) + SCRIPT.format("__NEXT_DATA__", text), URL))


@pytest.mark.parametrize("depth", [100, 500, 900, 5_000, 100_000])
@pytest.mark.parametrize("name", PAGE_CLASSES)
@pytest.mark.parametrize("opening", ["[", '{"@graph":', '{"@type":"Car","offers":{},"name":'])
def test_json_nested_too_deep_is_read_without_raising(name: str, depth: int, opening: str) -> None:
    closing = {"[": "]"}.get(opening, "}")
    nested = opening * depth + "1" + closing * depth
    read_all(PAGE_CLASSES[name](JSON_LD.format(nested) + SCRIPT.format("__NEXT_DATA__", nested), URL))


HOSTILE = {
    "open scripts": '<script type="application/ld+json">' * 9_000,
    "open comments": JSON_LD.format("<!--" * 60_000),
    "open block comments": JSON_LD.format("/*" * 100_000),
    "escaped quotes": JSON_LD.format('\\"' * 100_000),
    "open microdata": "<b itemscope itemprop=name>" * 5_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("name", PAGE_CLASSES)
def test_hostile_page_is_given_up_in_little_time(name: str, text: str) -> None:
    started = time.process_time()
    read_all(PAGE_CLASSES[name](text, URL))
    assert time.process_time() - started < 3  # they once took minutes


def test_broken_json_is_repaired_without_touching_its_strings() -> None:
    assert parsed('{"a": "x" "b": 1}') is None
    assert parsed('<!-- {"a": "x, ]", "b": [1, 2.50, ], /* , */ } -->') == {"a": "x, ]", "b": ["1", "2.50"]}
    assert parsed('{"a": "//x /* y */", // the price\n "b": 1 /* miles\n */, }') == {"a": "//x /* y */", "b": "1"}
    assert parsed('\ufeff{"a":\x00 "it\\\'s \\d", \u2028"b": "\\u00e9\\n\\\\"}') == {"a": "it's d", "b": "é\n\\"}
    assert parsed('<!-- {"a": "x, ]", "b": [1, 2.50, ], } -->') == {"a": "x, ]", "b": ["1", "2.50"]}
    assert parsed('//<![CDATA[\n{"a": "tab\there", "b": NaN};\n//]]>') == {"a": "tab\there", "b": None}


@pytest.mark.parametrize("href", [None, "", "mailto:x@example.org", "javascript:void(0)", "http://[", "http://"])
def test_what_is_no_web_address_is_none(href: str | None) -> None:
    assert absolute(URL, href) is None


def test_address_loses_fragment_and_tracking_and_nothing_else() -> None:
    assert absolute(URL, " /a?id=1&utm_source=x&b[]=2&gclid=3#top ") == "https://cars.example/a?id=1&b[]=2"


@pytest.mark.parametrize("pages", [None, "", "1", "0", "-5", "many", "\u0663", "9" * 5_000])
def test_there_is_no_page_after_the_last_or_an_unknown_number_of_them(pages: str | None) -> None:
    assert next_page_url(URL, pages) is None


def test_next_page_keeps_the_query_as_it_is() -> None:
    assert (
        next_page_url("https://cars.example/?m[]=a%20b&page=2&x=", "3") == "https://cars.example/?m[]=a%20b&x=&page=3"
    )
    assert next_page_url("https://cars.example/lst", "2") == "https://cars.example/lst?page=2"
