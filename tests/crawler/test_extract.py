"""What `tasador extract` gets: the landed payload of each listing of a saved page, or why there is none."""

from pathlib import Path

import pytest

from crawler.errors import UsageError
from crawler.extract import extract

FOLDER = Path(__file__).parent / "pages"
CAR_URL = "https://cars.example/cars/7711"


def test_payload_is_what_the_crawler_would_land() -> None:
    extraction = extract(FOLDER / "schema_org_detail_car" / "page.html", CAR_URL)
    assert extraction.problem is None
    (payload,) = extraction.listings
    assert (payload["price"], payload["mileage"], payload["extra"]) == ("12,345.00", "61234 SMI", {"deal": "Fair"})
    assert None not in payload.values()


def test_page_class_is_chosen_by_the_address_unless_it_is_named() -> None:
    page = FOLDER / "cars_com_results_2025" / "page.html"
    assert len(extract(page, "https://www.cars.com/shopping/results/").listings) == 3
    assert extract(page, "http://127.0.0.1:1/").listings == []
    assert len(extract(page, "http://127.0.0.1:1/", "cars.com").listings) == 3


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("cars_com_blocked_with_200", "blocked: HTTP 200, a page for robots in place of listings"),
        ("cars_com_gone_2016", "gone: HTTP 200, the site says that the listing no longer exists"),
        ("schema_org_category", "unreadable: HTTP 200 without structured data of a car"),
        ("schema_org_results_empty", "no listings: a result page that says that it is empty"),
    ],
)
def test_page_without_listings_says_why_in_one_line(name: str, problem: str) -> None:
    url = "https://www.cars.com/x" if name.startswith("cars") else CAR_URL
    extraction = extract(FOLDER / name / "page.html", url)
    assert extraction.listings == []
    assert extraction.problem and extraction.problem.startswith(problem) and "\n" not in extraction.problem


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_saved_page_is_decoded_as_a_browser_would(tmp_path: Path, encoding: str) -> None:
    charset = '<meta charset="windows-1252">' if encoding == "cp1252" else ""
    ad = '{"@type": "Car", "name": "Zo\u00eb", "url": "/1", "offers": {"@type": "Offer", "price": 1}}'
    (tmp_path / "page.html").write_text(f'{charset}<script type="application/ld+json">{ad}</script>', encoding=encoding)
    assert [listing["title"] for listing in extract(tmp_path / "page.html", CAR_URL).listings] == ["Zo\u00eb"]


def test_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nowhere\.html cannot be read: No such file"):
        extract(tmp_path / "nowhere.html", CAR_URL)


@pytest.mark.parametrize("url", ["", "cars.com", "file:///page.html", "http://[", "https://"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match=r"^--url must be the http\(s\) address"):
        extract(FOLDER / "schema_org_detail_car" / "page.html", url)


def test_unknown_page_class_is_refused() -> None:
    with pytest.raises(UsageError, match="page must be one of"):
        extract(FOLDER / "schema_org_detail_car" / "page.html", CAR_URL, "ebay")
