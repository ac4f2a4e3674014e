"""The demo market's sitemap: an index where one file cannot hold all, and the day on which each ad last changed."""

import gzip
import re
from datetime import date, timedelta

import pytest

from crawler.demo_market import sitemap
from crawler.demo_market.market import Market
from crawler.demo_market.server import DemoServer
from crawler.process import crawl

SIZE, SEED = 120, 7


def _sitemap(server: DemoServer, path: str) -> str:
    answer = server.answer("GET", path)
    assert answer.status == 200
    return (gzip.decompress(answer.content()) if path.endswith(".gz") else answer.content()).decode()


def _locations(text: str) -> list[str]:
    return re.findall("<loc>(.*?)</loc>", text)


@pytest.mark.parametrize("suffix", [".xml", ".xml.gz"])
def test_more_addresses_than_one_file_holds_are_an_index(monkeypatch: pytest.MonkeyPatch, suffix: str) -> None:
    monkeypatch.setattr(sitemap, "URLS_PER_FILE", 50)
    server = DemoServer(Market(SIZE, SEED))
    index = _sitemap(server, f"/sitemap{suffix}")
    assert "<sitemapindex" in index
    files = _locations(index)
    assert files == [f"/sitemap-{n}{suffix}" for n in (1, 2, 3)]
    assert [url for file in files for url in _locations(_sitemap(server, file))] == [
        f"/cars/{source_id}" for source_id in server.today.ids
    ]
    assert server.answer("GET", f"/sitemap-4{suffix}").status == 404


def test_a_gzipped_index_leads_a_crawl_to_every_car(monkeypatch, serve_market, make_site, tmp_path) -> None:
    monkeypatch.setattr(sitemap, "URLS_PER_FILE", 12)
    market = serve_market(DemoServer(Market(30, SEED)))
    manifest = crawl(make_site(f"{market.url}/sitemap.xml.gz", spider="sitemap"), str(tmp_path))
    assert (manifest.rows, manifest.is_complete) == (30, True)
    assert manifest.stats["index_pages_read"] == 4


def test_an_address_has_the_day_of_its_last_change() -> None:
    first_date, last_day = date(2026, 3, 1), 12
    server, market = DemoServer(Market(SIZE, SEED), last_day, first_date=first_date), Market(SIZE, SEED)
    entries = re.findall("<loc>/cars/(.*?)</loc><lastmod>(.*?)</lastmod>", _sitemap(server, "/sitemap.xml"))
    assert len(entries) == len(server.today)
    days = [market.on(day) for day in range(last_day + 1)]
    for source_id, changed in entries:
        seen = [day[source_id].price if source_id in day else None for day in days]
        expected = max([day for day in range(1, last_day + 1) if seen[day] != seen[day - 1]], default=0)
        worded = (seen[-1] or "").isalpha() or "$" not in (seen[-1] or "")
        # Words in place of a price do not show that it was cut.
        assert changed == str(first_date + timedelta(days=expected)) or (worded and changed > str(first_date))
    assert len({changed for _, changed in entries}) > last_day / 2
