"""Into a page and out again: the page class brings back exactly the strings that the demo market put in."""

from dataclasses import fields, replace
from pathlib import Path

import pytest

from crawler.demo_market.jsonld import car_json, script
from crawler.demo_market.market import Market
from crawler.demo_market.server import DemoServer
from crawler.items import FIELD_NAMES, Listing
from crawler.pages import page_class

BASE = "http://127.0.0.1:80"
SchemaOrgPage = page_class("schema.org")


@pytest.fixture
def server() -> DemoServer:
    return _server(Market(120))


def _server(market) -> DemoServer:  # type: ignore[no-untyped-def]
    server = DemoServer(market)
    server.base_url = BASE
    return server


def _addressed(listing: Listing, source_id: str) -> Listing:
    return replace(listing, source_id=source_id, url=f"{BASE}/cars/{source_id}")


def _detail(server: DemoServer, source_id: str) -> list[Listing]:
    return SchemaOrgPage(server.answer("GET", f"/cars/{source_id}").body, f"{BASE}/cars/{source_id}").listings()


def test_a_cars_own_page_says_what_its_ad_says(server: DemoServer) -> None:
    for source_id, ad in server.today.items():
        assert _detail(server, source_id) == [_addressed(ad, source_id)]


def test_result_pages_say_what_the_ads_say_and_lead_on_to_the_last(server: DemoServer) -> None:
    url, found = f"{BASE}/cars?page=1", []
    while url:
        page = SchemaOrgPage(server.answer("GET", url.removeprefix(BASE)).body, url)
        found += page.listings()
        url = page.next_url()
    assert found == [_addressed(ad, source_id) for source_id, ad in server.today.items()]


def test_a_sold_car_reads_as_gone(server: DemoServer) -> None:
    sold = next(iter(set(Market(120).on(0)) - set(Market(120).on(3))))
    server.set_day(3)
    answer = server.answer("GET", f"/cars/{sold}")
    assert SchemaOrgPage(answer.body, f"{BASE}/cars/{sold}", answer.status).kind == "gone"


def test_every_field_and_extra_comes_back_whatever_it_holds() -> None:
    hostile = {name: f'</script><b>{name} & "it\'s" 1,5' for name in FIELD_NAMES if name not in ("source_id", "url")}
    listing = Listing(**hostile, extra={"price": "<i>", "Deal/Type": "Great", "extra:x": "y"})
    page = SchemaOrgPage(script(car_json(listing, "1", f"{BASE}/cars/1")), f"{BASE}/cars/1")
    assert page.listings() == [_addressed(listing, "1")]


@pytest.mark.parametrize(
    "name", [entry.name for entry in fields(Listing) if entry.name not in ("extra", "source_id", "url")]
)
def test_a_field_that_stands_alone_comes_back_alone(name: str) -> None:
    listing = Listing(**{name: "0"})
    if name == "seller_name":
        listing.seller_type = "AutoDealer"  # a page that names its seller says what he is
    page = SchemaOrgPage(script(car_json(listing, "1", f"{BASE}/cars/1")), f"{BASE}/cars/1")
    assert page.listings() == [_addressed(listing, "1")]


def test_a_real_table_comes_back_string_for_string(shared_data: Path) -> None:
    market = Market.from_table(shared_data / "cars_com_dealers.csv")
    server = _server(market)
    found = [_detail(server, source_id)[0] for source_id in list(market.listings)[::40]]
    assert found == [_addressed(market.listings[listing.source_id], listing.source_id) for listing in found]
    assert len(found) == 212
