"""Personal data is not landed in the first place: a private seller's name and telephone stand in no landed byte."""

import json
from pathlib import Path

import pytest
import zstandard

from crawler.process import crawl

PERSON, PHONE, MAIL = "Yolanda Zwiebelbach", "+49 170 5550199", "yolanda@example.com"


def property_of(name: str, value: str) -> dict[str, str]:
    return {"@type": "PropertyValue", "name": name, "value": value}


CAR = {
    "@context": "https://schema.org",
    "@type": "Car",
    "productID": "7",
    "name": f"2019 Honda Civic, call {PHONE} or {MAIL}",
    "description": f"Ask {PERSON}",
    "brand": "Honda",
    "model": "Civic",
    "additionalProperty": [
        property_of("extra:phone", PHONE),
        property_of("extra:contact person", PERSON),
        property_of("extra:note", f"evenings: {PHONE}"),
        property_of("seller_name", PERSON),
    ],
    "offers": {
        "@type": "Offer",
        "price": "9000",
        "priceCurrency": "USD",
        "seller": {"@type": "Person", "name": PERSON, "telephone": PHONE, "email": MAIL},
    },
}


def page(block: dict[str, object], body: str = "") -> str:
    return f'<script type="application/ld+json">{json.dumps(block)}</script><p>{PERSON} {PHONE}</p>{body}'


@pytest.fixture(scope="module")
def landed_bytes(serve, make_site, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Everything that a crawl of a private seller's card and page left on disk, unpacked."""
    shop, landing = serve(), tmp_path_factory.mktemp("landing")
    items = [{"@type": "ListItem", "position": 1, "item": {**CAR, "url": "/car/7"}}]
    shop.routes["/cars"] = page({"@type": "ItemList", "itemListElement": items}, '<a href="/car/7">car</a>')
    shop.routes["/car/7"] = page(CAR)
    crawl(make_site(f"{shop.url}/cars"), str(landing))
    return b"".join(map(unpacked, (path for path in landing.rglob("*") if path.is_file())))


def unpacked(path: Path) -> bytes:
    content = path.read_bytes()
    return zstandard.ZstdDecompressor().stream_reader(content).read() if path.suffix == ".zst" else content


def test_card_and_page_of_a_private_seller_are_landed(landed_bytes: bytes) -> None:
    assert landed_bytes.count(b'"listing_id": "cars.test:7"') == 2
    assert landed_bytes.count(b'"seller_type": "private"') == 2
    assert landed_bytes.count(b"2019 Honda Civic, call") == 2


@pytest.mark.parametrize("word", [PERSON, "Zwiebelbach", PHONE, "5550199", MAIL])
def test_neither_name_nor_contact_of_a_private_seller_is_landed(landed_bytes: bytes, word: str) -> None:
    assert word.encode() not in landed_bytes
