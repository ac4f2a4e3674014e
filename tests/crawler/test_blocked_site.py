"""A site that blocks us, from its page to the warehouse: nothing that it hides is reported gone."""

from pathlib import Path
from typing import Any

import pytest

from crawler.home import home
from crawler.process import crawl
from warehouse.connection import connect
from warehouse.load import load_landing
from warehouse.refresh import refresh

CHALLENGE = "<html><head><title>Just a moment...</title></head><body>Are you a robot?</body></html>"


@pytest.fixture
def seen_then(serve, make_site, result_page, tmp_path: Path) -> Any:
    """Crawl a site of thirty cars, then with another first page, once or more; return its manifest and statuses."""

    def run(page: str | bytes, *, times: int = 1) -> tuple[Any, Any]:
        site, data = serve(), home(tmp_path)
        site.routes["/cars"] = result_page({n: f"{site.url}/car/{n}" for n in range(30)})
        assert crawl(make_site(f"{site.url}/cars"), data.landing).health == "healthy"
        site.routes["/cars"] = page
        for _ in range(times):
            manifest = crawl(make_site(f"{site.url}/cars"), data.landing)
        with connect(data) as connection:
            load_landing(connection, data.landing)
            refresh(connection)
            statuses = connection.execute("select status, count(*) from listings group by all").fetchall()
            runs = connection.execute(
                "select health, health_reason from crawl_runs order by started_at desc limit 1"
            ).fetchall()
        assert runs == [(manifest.health, manifest.health_reason)]
        return manifest, statuses

    return run


def test_a_challenge_is_a_block_and_no_listing_is_gone(seen_then) -> None:
    manifest, statuses = seen_then(CHALLENGE)
    assert (manifest.health, statuses) == ("blocked", [("live", 30)])


def test_the_real_challenge_of_cloudflare_is_a_block_and_no_listing_is_gone(seen_then, shared_pages: Path) -> None:
    manifest, statuses = seen_then((shared_pages / "blocked_cloudflare.html").read_bytes())
    assert (manifest.health, statuses) == ("blocked", [("live", 30)])


def test_a_complete_crawl_that_sees_far_fewer_listings_proves_none_gone(seen_then, result_page) -> None:
    manifest, statuses = seen_then(result_page({n: f"/other/{n}" for n in range(3)}))
    assert (manifest.health, manifest.is_complete) == ("partial", True)
    assert statuses == [("live", 33)]


def test_two_complete_healthy_crawls_prove_gone_what_they_do_not_see(seen_then, result_page) -> None:
    manifest, statuses = seen_then(result_page({n: f"/other/{n}" for n in range(30)}), times=2)
    assert manifest.health == "healthy"
    assert sorted(statuses) == [("gone", 30), ("live", 30)]


def test_one_healthy_crawl_proves_nothing_gone(seen_then, result_page) -> None:
    manifest, statuses = seen_then(result_page({n: f"/other/{n}" for n in range(30)}))
    assert (manifest.health, statuses) == ("healthy", [("live", 60)])
