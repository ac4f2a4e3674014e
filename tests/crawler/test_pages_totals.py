"""The number of listings that a result page states, by which a query is known to be cut off."""

import json
from pathlib import Path

import pytest

from crawler.pages import page_class_for


@pytest.mark.parametrize(
    ("stated", "total"), [(975, 975), ("1,250", 1250), ("1.250", 1250), (0, 0), ("many", None), (None, None)]
)
def test_the_total_of_a_schema_org_list_is_its_number_of_items(stated: object, total: int | None) -> None:
    cars = [{"@type": "ListItem", "item": {"@type": "Car", "name": "Invented", "url": "/1"}}] if stated != 0 else []
    block = {"@type": "ItemList", "numberOfItems": stated, "itemListElement": cars}
    page = page_class_for("https://lot.test/")(
        f'<script type="application/ld+json">{json.dumps(block)}</script>', "https://lot.test/"
    )
    assert (page.kind, page.total()) == ("results", total)


@pytest.mark.parametrize(
    ("url", "name", "total"),
    [
        ("https://www.cars.com/shopping/results/?page=1", "cars_com_search_2025.html", 975),
        ("https://www.autoscout24.de/lst?page=1", "autoscout24_de_search.html", 1000),
        ("https://www.hemmings.com/classifieds/", "hemmings_search_2026.html", 7),
        ("https://www.autoscout24.de/angebote/1", "autoscout24_de_detail.html", None),
    ],
)
def test_real_result_pages_state_their_total(shared_pages: Path, url: str, name: str, total: int | None) -> None:
    assert page_class_for(url)((shared_pages / name).read_text(encoding="utf-8"), url).total() == total
