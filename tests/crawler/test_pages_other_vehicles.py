"""A motorcycle's page in a crawl: a reject that says so, and no loss that would leave the crawl incomplete."""

import json
from pathlib import Path

from crawler.process import crawl


def test_motorcycle_is_a_reject_and_the_crawl_is_complete_without_it(
    serve, make_site, car_page, landed, tmp_path: Path
) -> None:
    site = serve()
    motorcycle = {"@type": "Motorcycle", "name": "Comet 750", "offers": {"@type": "Offer", "price": "4000"}}
    named = [{"@type": "ListItem", "url": url} for url in ("/car/1", "/moto/2")]
    site.routes |= {
        "/cars": script({"@type": "ItemList", "itemListElement": named}),
        "/car/1": car_page(1),
        "/moto/2": script(motorcycle),
    }
    manifest = crawl(make_site(f"{site.url}/cars"), str(tmp_path))
    rows = landed(tmp_path, manifest)
    assert [row["reject_reason"] for row in rows if "reject_reason" in row] == ["other_vehicle"]
    assert [row["listing"]["url"] for row in rows if "listing" in row] == [f"{site.url}/car/1"]
    assert (manifest.is_complete, manifest.health) == (True, "healthy")


def script(data: object) -> str:
    return f'<html><script type="application/ld+json">{json.dumps(data)}</script></html>'
