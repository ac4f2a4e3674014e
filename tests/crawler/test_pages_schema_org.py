"""The rules by which schema.org's words are read: identity, offers and their rates, quantities, microdata."""

import json
from typing import Any

import pytest

from crawler.items import Listing
from crawler.pages.schema_org import SchemaOrgPage

URL = "https://lot.example/cars/1"


def page_of(*blocks: Any) -> SchemaOrgPage:
    scripts = (f'<script type="application/ld+json">{json.dumps(block)}</script>' for block in blocks)
    return SchemaOrgPage("".join(scripts), URL)


def read(**car: Any) -> Listing:
    (listing,) = page_of({"@type": "Car", "name": "2019 Comet Arc", **car}).listings()
    return listing


def offer(price: Any, **more: Any) -> dict[str, Any]:
    return {"@type": "Offer", "price": price, "priceCurrency": "USD", **more}


@pytest.mark.parametrize(
    ("words", "source_id", "vin"),
    [
        ({"productID": "77"}, "77", None),
        ({"productID": 77}, "77", None),
        ({"productID": ["77"]}, "77", None),
        ({"productID": "77", "identifier": "88"}, "77", None),
        ({"identifier": ["88", "99"]}, "88", None),
        ({"identifier": {"propertyID": "VIN", "value": "X1"}, "productID": "77"}, "77", "X1"),
        ({"identifier": "9C9AA9999J9000009"}, None, "9C9AA9999J9000009"),
        ({"identifier": "12345678901234567"}, "12345678901234567", None),
        ({"productID": {"name": "vin", "value": "X1"}, "vehicleIdentificationNumber": "X2"}, None, "X2"),
        ({"identifier": {"propertyID": "VIN"}, "productID": None}, None, None),
        ({"identifier": "1HGMTNBYXSA000000"}, None, "1HGMTNBYXSA000000"),
        ({"identifier": "A" * 17, "vehicleIdentificationNumber": "B" * 17}, "A" * 17, "B" * 17),
    ],
)
def test_identity_is_what_the_car_says_of_itself(words: dict[str, Any], source_id: str | None, vin: str | None) -> None:
    listing = read(**words, offers=offer(1))
    assert (listing.source_id, listing.vin) == (source_id, vin)


def test_dealer_that_is_only_called_an_organization_keeps_its_name() -> None:
    listing = read(offers=offer(1, seller={"@type": "Organization", "name": "Comet of Nowhere"}))
    assert (listing.seller_type, listing.seller_name) == ("Organization", "Comet of Nowhere")


@pytest.mark.parametrize(
    "seller",
    [{"@type": "Person", "name": "Kim"}, {"@type": ["Organization", "Person"], "name": "Kim"}, {"name": "Kim"}],
)
def test_name_of_a_person_or_of_somebody_unknown_is_not_read(seller: dict[str, Any]) -> None:
    assert read(offers=offer(1, seller=seller)).seller_name is None


LEASES = {
    "billing duration": offer(299, priceSpecification={"price": 299, "billingDuration": 1}),
    "unit of a month": offer(299, priceSpecification={"price": "299", "unitCode": "MON"}),
    "reference quantity": offer(299, priceSpecification={"price": 299, "referenceQuantity": {"unitText": "month"}}),
    "unit on the offer": offer(299, unitText="MONTH"),
    "business function": offer(299, businessFunction="http://purl.org/goodrelations/v1#LeaseOut"),
    "lease length": offer(299, leaseLength={"value": 36}),
    "name": offer(299, name="Lease from"),
    "category": offer(299, category="Monthly payment"),
    "words of the price": offer("$299/mo"),
    "specification without a price": offer(299, priceSpecification={"unitText": "month"}),
}


@pytest.mark.parametrize("lease", LEASES.values(), ids=LEASES)
def test_what_is_paid_by_the_month_is_never_the_price(lease: dict[str, Any]) -> None:
    assert read(offers=lease, productID="1").price is None
    assert read(offers=[lease, offer(20990)]).price == read(offers=[offer(20990), lease]).price == "20990"


@pytest.mark.parametrize(
    "cash",
    [
        offer(20990, priceSpecification={"price": 20990, "referenceQuantity": {"value": 1, "unitCode": "C62"}}),
        offer(20990, priceSpecification={"price": 299, "unitCode": "MON"}),
        offer(20990, name="Lightly used, lease return"),
        {"priceCurrency": "USD", "priceSpecification": [{"price": 299, "unitCode": "MON"}, {"price": 20990}]},
        {"priceSpecification": {"price": 20990, "priceCurrency": "USD"}},
        offer({"@type": "MonetaryAmount", "value": 20990}),
        offer([20990]),
    ],
)
def test_price_beside_a_rate_is_read(cash: dict[str, Any]) -> None:
    listing = read(offers=cash)
    assert (listing.price, listing.currency) == ("20990", "USD")


@pytest.mark.parametrize(
    ("offers", "price"),
    [
        ([offer(0), offer("20990")], "20990"),
        ([offer("Call"), offer("20990")], "20990"),
        ([offer(-1), offer("20990")], "20990"),
        ([offer(19000, priceCurrency="EUR"), offer(20990), offer(21990)], "20990"),
        ([offer(19990, availability="https://schema.org/SoldOut"), offer(20990)], "20990"),
        ([offer(20990), offer(19990)], "20990"),
        ({"@type": "AggregateOffer", "lowPrice": 1, "offers": [offer(None), offer(20990)]}, "20990"),
        ([offer("Call"), offer(None)], "Call"),
    ],
)
def test_of_several_offers_the_first_real_price_in_the_usual_currency_is_read(offers: Any, price: str) -> None:
    assert read(offers=offers).price == price


@pytest.mark.parametrize(
    ("quantity", "words"),
    [
        ({"value": 48000, "unitCode": "KMT"}, "48000 KMT"),
        ({"value": "48,000", "unitCode": "SMI"}, "48,000 SMI"),
        ([{"value": ["48000"], "unitCode": ["SMI"]}], "48000 SMI"),
        ({"value": "48000 km", "unitCode": "KMT"}, "48000 km"),
        ({"value": {"@value": 48000}, "unitText": "mi"}, "48000 mi"),
        ("48,000 miles", "48,000 miles"),
        (48000, "48000"),
    ],
)
def test_mileage_keeps_its_unit(quantity: Any, words: str) -> None:
    assert read(mileageFromOdometer=quantity, offers=offer(1)).mileage == words


@pytest.mark.parametrize("kind", ["Motorcycle", "http://schema.org/MotorizedBicycle", ["Vehicle", "Boat"], "Trailer"])
def test_other_vehicles_are_refused(kind: Any) -> None:
    page = page_of({"@type": kind, "name": "Comet 750", "url": URL, "offers": offer(4000)})
    assert (page.kind, page.listings()) == ("other_vehicle", [])
    around = page_of({"@type": "Product", "name": "Comet", "offers": offer(4000, itemOffered={"@type": kind})})
    assert around.kind == "other_vehicle"


def test_services_that_somebody_offers_are_no_cars() -> None:
    wash = {"@type": "Offer", "price": 10, "itemOffered": {"@type": "Service", "name": "Wash"}}
    assert page_of({"@type": "AutoDealer", "name": "Comet", "makesOffer": [wash]}).kind == "unreadable"


def test_references_in_circles_end() -> None:
    car = {"@type": "Car", "@id": "#car", "name": "Comet", "url": URL, "offers": {"@id": "#offer"}}
    circle = {"@type": "Offer", "@id": "#offer", "price": 1, "itemOffered": {"@id": "#car"}, "seller": {"@id": "#car"}}
    assert page_of({"@graph": [car, circle]}).listings()[0].price == "1"


def test_microdata_is_read_only_where_json_ld_names_no_car() -> None:
    item = '<p itemscope itemtype="http://schema.org/Car"><b itemprop="name">By microdata</b><a itemprop=url href=/>'
    block = json.dumps({"@type": "Car", "name": "By JSON-LD", "offers": offer(1)})
    both = SchemaOrgPage(f'{item}</a></p><script type="application/ld+json">{block}</script>', URL)
    alone = SchemaOrgPage(f'{item}</a></p><script type="application/ld+json">{{}}</script>', URL)
    assert [page.listings()[0].title for page in (both, alone)] == ["By JSON-LD", "By microdata"]


def test_microdata_nested_too_deep_is_read_without_raising() -> None:
    for opening in (
        '<div itemscope itemprop="offers" itemtype="https://schema.org/Car">',
        "<b itemprop=name>",
        "<div>",
    ):
        page = SchemaOrgPage(f"<div itemscope>{opening * 20_000}<i itemprop=price>1", URL)
        assert page.kind == "unreadable" and page.listings() == []
