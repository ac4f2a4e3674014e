"""tasador.toml: what is read from it, and the one line that says what is wrong with it."""

from dataclasses import fields
from pathlib import Path

import pytest

from crawler.errors import UsageError
from crawler.sites import SHIPPED_CONFIG, SPIDERS, Lake, Market, Site, read_lake, read_markets, read_site, read_sites

MARKET = '[markets.us]\ncurrency = "USD"\n'


@pytest.fixture
def config(tmp_path: Path):
    """Write a configuration whose one site has the given settings."""

    def write(settings: str = "", text: str | None = None) -> Path:
        path = tmp_path / "tasador.toml"
        path.write_text(f'{MARKET}[sites.lot]\nmarket = "us"\n{settings}\n' if text is None else text)
        return path

    return write


def test_the_shipped_configuration_has_the_demo_market() -> None:
    demo = read_site("demo", SHIPPED_CONFIG)
    assert (demo.spider, demo.market.currency, demo.delay_seconds) == ("result_pages", "USD", 0)


def test_other_peoples_sites_are_asked_slowly_unless_said_otherwise() -> None:
    for site in read_sites(SHIPPED_CONFIG).values():
        if site.name != "demo":
            assert (site.delay_seconds, site.concurrent_requests) == (1.0, 2)


def test_a_site_has_the_settings_that_are_written(config) -> None:
    site = read_site("lot", config('start_urls = ["https://lot.test/a"]\nmax_pages = 3\ndelay_seconds = 2'))
    assert (site.start_urls, site.max_pages, site.delay_seconds) == (("https://lot.test/a",), 3, 2)
    assert site.market.distance_unit == "mi"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ('delay_seconds = "1"', "sites.lot.delay_seconds must be a number of at least 0, got '1'"),
        ("delay_seconds = -1", "sites.lot.delay_seconds must be a number of at least 0, got -1"),
        ("concurrent_requests = 0", "sites.lot.concurrent_requests must be a whole number above 0, got 0"),
        ("concurrent_requests = true", "sites.lot.concurrent_requests must be a whole number above 0, got True"),
        ("max_pages = 1.5", "sites.lot.max_pages must be a whole number above 0, got 1.5"),
        ("time_limit_seconds = 0", "sites.lot.time_limit_seconds must be a number above 0, got 0"),
        ('start_urls = "https://lot.test"', "sites.lot.start_urls must be a list of http(s) URLs"),
        ('start_urls = ["lot.test"]', "sites.lot.start_urls must be a list of http(s) URLs"),
        ('spider = "rss"', "sites.lot.spider must be one of inventory, result_pages, sitemap, url_file, got 'rss'"),
        ("page = 1", "sites.lot.page must be the name of a page class, got 1"),
        ("speed = 1", "sites.lot has no setting 'speed'"),
    ],
)
def test_a_wrong_setting_is_one_line_with_rule_and_value(config, settings: str, message: str) -> None:
    with pytest.raises(UsageError) as error:
        read_sites(config(settings))
    assert message in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[sites.lot]\nmarket = 'mars'\n", "sites.lot.market must be one of"),
        ("[markets.us]\ncurrency = 'dollar'\n", "markets.us.currency must be an ISO 4217 code, got 'dollar'"),
        ("[markets.us]\ncurrency = 'USD'\ndistance_unit = 'leagues'\n", "distance_unit must be mi or km"),
        (f"{MARKET}training_days = 0", "markets.us.training_days must be a whole number above 0, got 0"),
        (f'{MARKET}training_rows = "all"', "markets.us.training_rows must be a whole number above 0, got 'all'"),
        (f"{MARKET}name = 'x'", "markets.us has no setting 'name'; it has currency, distance_unit, training_days"),
        ("[sites", "is not valid TOML"),
    ],
)
def test_a_wrong_file_is_one_line(config, text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message.replace("(", r"\(")):
        read_sites(config(text=text))


def test_a_market_has_the_settings_that_are_written_with_a_site_or_without(config) -> None:
    path = config(text=f'{MARKET}training_days = 30\ntraining_rows = 500_000\n[markets.eu]\ncurrency = "EUR"\n')
    assert read_markets(path) == {
        "us": Market("us", "USD", training_days=30, training_rows=500_000),
        "eu": Market("eu", "EUR", training_days=365, training_rows=None),
    }


def test_an_empty_variable_does_not_switch_a_lake_off(config, monkeypatch: pytest.MonkeyPatch) -> None:
    path = config(text='warehouse = "ducklake:postgres:dbname=cars"\nwarehouse_data = "/mnt/cars"\n')
    monkeypatch.setenv("TASADOR_WAREHOUSE", "")
    monkeypatch.setenv("TASADOR_WAREHOUSE_DATA", "")
    assert read_lake(path) == Lake("ducklake:postgres:dbname=cars", "/mnt/cars")


def test_a_lake_of_the_environment_goes_before_the_files(config, monkeypatch: pytest.MonkeyPatch) -> None:
    path = config(text='warehouse = "ducklake:postgres:dbname=cars"\nwarehouse_data = "/mnt/cars"\n')
    monkeypatch.setenv("TASADOR_WAREHOUSE", "ducklake:postgres:dbname=others")
    monkeypatch.setenv("TASADOR_WAREHOUSE_DATA", "/mnt/others")
    assert read_lake(path) == Lake("ducklake:postgres:dbname=others", "/mnt/others")


def test_an_unknown_site_is_answered_with_those_that_there_are(config) -> None:
    with pytest.raises(UsageError, match=r"site must be one of lot \(.*\), got 'lto'"):
        read_site("lto", config())


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="create it or set TASADOR_CONFIG"):
        read_sites(tmp_path / "none.toml")


def test_every_spider_can_be_named_by_a_site() -> None:
    from scrapy.settings import Settings
    from scrapy.spiderloader import SpiderLoader

    settings = Settings()
    settings.setmodule("crawler.settings")
    assert tuple(SpiderLoader.from_settings(settings).list()) == SPIDERS


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ('url_file = ""', "sites.lot.url_file must be the path of a .csv or .txt file of addresses, got ''"),
        ('detail_urls = "("', "sites.lot.detail_urls must be a regular expression that listings' addresses match"),
        ("result_cap = 0", "sites.lot.result_cap must be a whole number above 0, got 0"),
        ("max_index_pages = 0", "sites.lot.max_index_pages must be a whole number above 0, got 0"),
        ('split = [{parameter = "make"}]', "sites.lot.split must be a list of {parameter"),
        ('feed = {vehicles = "data"}', "sites.lot.feed must be a table of cars, next and total"),
    ],
)
def test_a_wrong_setting_of_an_access_method_is_one_line(config, settings: str, message: str) -> None:
    with pytest.raises(UsageError) as error:
        read_sites(config(settings))
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_a_url_file_lies_beside_the_configuration(config, tmp_path: Path) -> None:
    assert read_site("lot", config('url_file = "cars.csv"')).url_file == str(tmp_path / "cars.csv")


def test_every_setting_is_documented() -> None:
    text = (SHIPPED_CONFIG.parent / "docs" / "sites.md").read_text(encoding="utf-8")
    settings = {entry.name for kind in (Market, Site) for entry in fields(kind)} - {"name"}
    assert {name for name in settings if f"| `{name}` |" not in text} == set()


def test_the_documented_examples_are_valid(tmp_path: Path) -> None:
    text = (SHIPPED_CONFIG.parent / "docs" / "sites.md").read_text(encoding="utf-8")
    examples = [block.partition("```")[0] for block in text.split("```toml\n")[1:]]
    config = tmp_path / "tasador.toml"
    config.write_text(MARKET + "\n".join(examples))
    assert set(read_sites(config)) == {"dealer.example", "feed.example", "cars.com"}
