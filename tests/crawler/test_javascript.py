"""Sites whose cars are shown by scripts: what a crawl needs for them, and that it then lands what the market serves."""

import shutil

import pytest

from crawler import browser
from crawler.demo_market.market import Market
from crawler.demo_market.process import running_demo_market
from crawler.errors import TasadorError
from crawler.javascript import browser_settings
from crawler.process import crawl
from crawler.sites import Site

SIZE = 60


@pytest.fixture
def no_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(browser.ENVIRONMENT_VARIABLE, raising=False)
    monkeypatch.setenv("PATH", "")


@pytest.fixture
def needs_browser() -> None:
    """The test is skipped where a browser, or what drives it, is missing."""
    pytest.importorskip("scrapy_playwright", reason="the extra javascript is not installed")
    if not any(map(shutil.which, browser.BROWSERS)):
        pytest.skip("no Chromium is installed")


def test_a_missing_extra_is_one_line_that_says_what_to_install(make_site, monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(browser, "find_spec", lambda name: None)
    with pytest.raises(TasadorError, match=r"^sites.cars.test.javascript needs an extra: pip install 'tasador"):
        crawl(make_site("http://127.0.0.1:9/", javascript=True), str(tmp_path))


def test_a_missing_browser_is_one_line_that_says_what_to_install(make_site, no_browser, monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(browser, "find_spec", lambda name: object())
    with pytest.raises(TasadorError, match=r"^browser must be .* got None: apt-get install chromium$"):
        crawl(make_site("http://127.0.0.1:9/", javascript=True), str(tmp_path))


def test_the_browser_that_is_named_is_the_one(monkeypatch, tmp_path) -> None:
    (tmp_path / "my-chromium").touch(0o755)
    monkeypatch.setenv(browser.ENVIRONMENT_VARIABLE, str(tmp_path / "my-chromium"))
    assert browser.browser_path() == str(tmp_path / "my-chromium")
    monkeypatch.setenv(browser.ENVIRONMENT_VARIABLE, str(tmp_path / "none"))
    with pytest.raises(TasadorError, match="none'"):
        browser.browser_path()


def test_a_site_without_scripts_needs_no_browser(make_site, no_browser) -> None:
    browser.check_browser(make_site("http://127.0.0.1:9/"))
    assert browser_settings(make_site("http://127.0.0.1:9/")) == {}


def _crawled(site: Site, landing, landed):
    manifest = crawl(site, str(landing))
    return manifest, landed(landing, manifest)


@pytest.mark.slow
def test_a_browser_reads_every_car_that_a_script_shows(make_site, needs_browser, landed, tmp_path) -> None:
    """The same cars as the market serves without scripts; without the browser, none."""
    with running_demo_market(size=SIZE, needs_javascript=True) as market:
        manifest, rows = _crawled(make_site(market.start_url, javascript=True), tmp_path / "with", landed)
        _, without = _crawled(make_site(market.start_url), tmp_path / "without", landed)
    ads = {source_id: listing.price for source_id, listing in Market(SIZE).on(0).items()}
    for page in ("results", "detail"):
        prices = [(row["listing"]["source_id"], row["listing"].get("price")) for row in rows if row.get("page") == page]
        assert sorted(prices) == sorted(ads.items())
    assert manifest.is_complete
    assert {row["reject_reason"] for row in without} == {"unreadable"}


@pytest.mark.slow
def test_a_browser_obeys_robots_txt(make_site, serve, car_page, result_page, needs_browser, tmp_path) -> None:
    site = serve()
    site.routes |= {
        "/robots.txt": "User-agent: *\nDisallow: /private/\n",
        "/cars": result_page({1: "/car/1", 2: "/private/2"}),
        "/car/1": car_page(1),
        "/private/2": car_page(2),
    }
    manifest = crawl(make_site(f"{site.url}/cars", javascript=True), str(tmp_path))
    assert [path for path in site.asked if path != "/favicon.ico"] == ["/robots.txt", "/cars", "/car/1"]
    assert all(agent.startswith("Tasador/") for agent in site.user_agents)
    assert manifest.rows == 3


@pytest.mark.slow
def test_a_script_that_leads_to_another_site_brings_no_car(
    make_site, serve, car_page, result_page, needs_browser, landed, tmp_path
) -> None:
    site = serve()
    elsewhere = f"{site.url.replace('127.0.0.1', 'localhost')}/elsewhere"
    site.routes |= {
        "/cars": result_page({1: "/car/1"}),
        "/car/1": f"<script>location.replace('{elsewhere}')</script>",
        "/elsewhere": car_page(2),
    }
    _, rows = _crawled(make_site(f"{site.url}/cars", javascript=True), tmp_path, landed)
    assert [row.get("reject_reason", row.get("page")) for row in rows] == ["results", "offsite"]
