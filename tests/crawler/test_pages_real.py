"""What each page class reads from real saved pages: that it is whole and agrees with itself, never its values."""

import html
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from crawler.items import FIELD_NAMES, Listing
from crawler.pages import page_class_for
from crawler.pages.base import Page

CARS_COM = "https://www.cars.com/shopping/results/?page_size=50&page={}"
PAGES = {
    "cars_com_search_2025.html": CARS_COM.format(1),
    "cars_com_card_2026_plain.html": CARS_COM.format(1),
    "cars_com_detail_2026_new_crv.html": "https://www.cars.com/vehicledetail/3d074ba2-343c-40f8-886d-b279ece99410/?a=b",
    "cars_com_gone_2016.html": "https://www.cars.com/vehicledetail/detail/1/overview/",
    "blocked_cloudflare.html": CARS_COM.format(1),
    "autoscout24_de_detail.html": "https://www.autoscout24.de/angebote/-",
    "autoscout24_de_search.html": "https://www.autoscout24.de/lst/bmw/i4?atype=C",
    "olx_ba_detail.html": "https://olx.ba/artikal/53421314",
    "hemmings_search_2026.html": "https://www.hemmings.com/classifieds/cars-for-sale/honda/civic",
}  # fmt: skip
US_PRICE = re.compile(r"\$\d{1,3}(,\d{3})*|Not Priced")
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

Read = Callable[..., Page]


@pytest.fixture(scope="module")
def read(shared_pages: Path) -> Read:
    def read_page(name: str, url: str | None = None, status: int = 200) -> Page:
        url = url or PAGES[name]
        return page_class_for(url)((shared_pages / name).read_text(encoding="utf-8", errors="replace"), url, status)

    return read_page


@pytest.fixture(scope="module")
def cards(read: Read) -> list[Listing]:
    return read("cars_com_search_2025.html").listings()


@pytest.fixture(scope="module")
def detail(read: Read) -> Listing:
    (listing,) = read("cars_com_detail_2026_new_crv.html").listings()
    return listing


@pytest.mark.parametrize(
    ("name", "kind", "count"),
    [
        ("cars_com_search_2025.html", "results", 50),
        ("cars_com_card_2026_plain.html", "results", 1),
        ("cars_com_detail_2026_new_crv.html", "detail", 1),
        ("cars_com_gone_2016.html", "gone", 0),
        ("blocked_cloudflare.html", "blocked", 0),
        ("autoscout24_de_detail.html", "detail", 1),
        ("autoscout24_de_search.html", "results", 19),
        ("olx_ba_detail.html", "detail", 1),
        ("hemmings_search_2026.html", "results", 7),
    ],
)
def test_real_page_is_of_its_kind_and_gives_all_its_listings(read: Read, name: str, kind: str, count: int) -> None:
    page = read(name)
    assert (page.kind, len(page.listings())) == (kind, count)
    assert (page.problem() is None) == (count > 0)


@pytest.mark.parametrize("status", [403, 429])
def test_refusal_is_a_block_whatever_the_page_says(read: Read, status: int) -> None:
    assert read("cars_com_gone_2016.html", status=status).kind == "blocked"


def test_cards_of_2025_have_what_identifies_and_describes_a_car(cards: list[Listing]) -> None:
    for card in cards:
        assert UUID.fullmatch(card.source_id or "")
        assert card.url == f"https://www.cars.com/vehicledetail/{card.source_id}/"
        assert re.fullmatch("[A-HJ-NPR-Z0-9]{17}", card.vin or "")
        assert US_PRICE.fullmatch(card.price or "")
        assert re.fullmatch(r"\d{1,3}(,\d{3})* mi\.", card.mileage or "")
        assert re.fullmatch(r"(19|20)\d\d", card.model_year or "")
        assert card.city and re.fullmatch("[A-Z]{2}", card.region or "")
    assert len({card.source_id for card in cards}) == 50


def test_title_of_a_card_of_2025_is_made_of_its_year_make_model_and_trim(cards: list[Listing]) -> None:
    for card in cards:
        assert card.title == f"{card.model_year} {card.make} {card.model} {card.trim}"


def test_cards_of_2025_name_dealers_and_no_private_seller(cards: list[Listing]) -> None:
    assert {card.seller_type for card in cards} == {"dealership", "private"}
    assert all((card.seller_name is not None) == (card.seller_type == "dealership") for card in cards)


def test_price_of_a_card_of_2025_is_not_its_price_drop(cards: list[Listing]) -> None:
    dropped = [card for card in cards if "price_drop" in card.extra]
    assert len(dropped) == 6
    assert all(card.price and card.price not in card.extra["price_drop"] for card in dropped)


@pytest.mark.parametrize(("number", "following"), [(1, CARS_COM.format(2)), (19, CARS_COM.format(20)), (20, None)])
def test_cars_com_is_paged_up_to_the_stated_number_of_pages(read: Read, number: int, following: str | None) -> None:
    assert read("cars_com_search_2025.html", CARS_COM.format(number)).next_url() == following


def test_card_of_2026_agrees_with_itself_and_avoids_the_monthly_payment(read: Read) -> None:
    (card,) = read("cars_com_card_2026_plain.html").listings()
    assert card.title == f"Used {card.model_year} {card.make} {card.model} {card.trim}"
    assert US_PRICE.fullmatch(card.price or "") and len(card.price or "") > len("$999")
    assert card.seller_name and card.seller_rating and card.city and card.extra["badges"].endswith("Deal")


def test_price_and_name_of_the_detail_page_are_those_of_its_title(read: Read, detail: Listing) -> None:
    title = re.search(r"<title[^>]*>\s*(.*?)\s*</title>", read("cars_com_detail_2026_new_crv.html").text)
    assert title and html.unescape(title[1]) == f"{detail.title} For Sale {detail.price} | Cars.com"
    assert detail.title == f"{detail.condition} {detail.model_year} {detail.make} {detail.model} {detail.trim}"


def test_vin_and_stock_number_of_the_detail_page_are_those_that_it_shows(read: Read, detail: Listing) -> None:
    assert f"VIN: {detail.vin} / Stock #: {detail.stock_number}<" in read("cars_com_detail_2026_new_crv.html").text


def test_seller_and_place_of_the_detail_page_are_those_of_its_description(read: Read, detail: Listing) -> None:
    seller = f"for sale at {detail.seller_name} in {detail.city}, {detail.region} for {detail.price}."
    assert seller in read("cars_com_detail_2026_new_crv.html").text
    assert f"{detail.city}, {detail.region} {detail.postal_code}" in read("cars_com_detail_2026_new_crv.html").text


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("exterior_color", "{} exterior color"),
        ("interior_color", "{} interior color"),
        ("fuel_type", "{} fuel type"),
        ("engine", "{} engine"),
        ("drivetrain", "{} drivetrain"),
        ("transmission", "{} transmission"),
        ("fuel_economy_city", "{}-"),
        ("fuel_economy_highway", "-{} mpg"),
    ],
)
def test_basics_of_the_detail_page_are_those_that_it_shows(read: Read, detail: Listing, field: str, words: str) -> None:
    shown = re.findall(r'data-qa="basics-entry">(.*?)</li>', read("cars_com_detail_2026_new_crv.html").text, re.DOTALL)
    assert getattr(detail, field)
    assert any(words.format(getattr(detail, field)) in entry for entry in shown)


def test_new_car_on_the_detail_page_has_no_mileage(detail: Listing) -> None:
    assert detail.mileage is None
    assert detail.source_id and detail.url == f"https://www.cars.com/vehicledetail/{detail.source_id}/"


def test_cards_of_autoscout24_have_what_identifies_and_describes_a_car(read: Read) -> None:
    page = read("autoscout24_de_search.html")
    for card in page.listings():
        assert UUID.fullmatch(card.source_id or "") and (card.url or "").endswith(card.source_id or "-")
        assert re.fullmatch(r"€ \d{1,3}(\.\d{3})*", card.price or "")
        assert re.fullmatch(r"\d{1,3}(\.\d{3})* km", card.mileage or "")
        assert re.fullmatch(r"\d\d/20\d\d|- \(Erstzulassung\)", card.model_year or "")  # a new car has no registration
        assert re.fullmatch(r"\d+ kW \(\d+ PS\)", card.power or "")
        assert (card.make, card.model) == ("BMW", "i4") and card.seller_name and card.postal_code
    assert page.next_url() == "https://www.autoscout24.de/lst/bmw/i4?atype=C&page=2"


def test_detail_page_of_autoscout24_says_what_its_card_said(read: Read) -> None:
    (detail,) = read("autoscout24_de_detail.html").listings()
    card = next(card for card in read("autoscout24_de_search.html").listings() if card.source_id == detail.source_id)
    said = {name for name in FIELD_NAMES if getattr(card, name)} - {"power"}  # the card has it in two units
    assert {name: getattr(detail, name) for name in said} == {name: getattr(card, name) for name in said}
    assert (detail.currency, detail.power, detail.owners, detail.doors) == ("EUR", "250 kW", "1", "5")


def test_no_contact_of_autoscout24_is_read(read: Read) -> None:
    for name in ("autoscout24_de_search.html", "autoscout24_de_detail.html"):
        page = read(name)
        contacts = set(re.findall(r'"contactName":"([^"]+)"', page.text)) - {"null"}
        said = str([listing.payload() for listing in page.listings()])
        assert contacts and not any(contact in said for contact in contacts)


def test_product_page_of_an_unknown_site_is_read_by_its_offer(read: Read) -> None:
    (listing,) = read("olx_ba_detail.html").listings()
    assert (listing.currency, listing.make) == ("BAM", "Volkswagen")
    assert listing.title and (listing.price or "").isdigit()
    assert urlsplit(listing.url or "").path.startswith("/artikal/53421314/")


def test_cards_of_hemmings_have_what_identifies_and_describes_a_car(read: Read) -> None:
    page = read("hemmings_search_2026.html")
    for card in page.listings():
        assert (card.url or "").endswith(f"-{card.source_id}") and US_PRICE.fullmatch(card.price or "")
        assert re.fullmatch("[A-HJ-NPR-Z0-9]{17}", card.vin or "") and card.seller_name and card.city
        assert card.title == f"{card.model_year} {card.make} {card.model}"
    assert page.next_url() is None  # 7 listings, 30 a page
