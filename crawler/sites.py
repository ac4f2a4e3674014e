"""Sites and markets, read from tasador.toml: the one place where people say what is crawled and how."""

import os
import re
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from crawler.errors import UsageError
from crawler.feeds import FEED_RULE, is_feed
from crawler.queries import SPLIT_RULE, Dimension, is_split

CONFIG_NAME = "tasador.toml"
SHIPPED_CONFIG = Path(__file__).resolve().parent.parent / CONFIG_NAME

# The access methods: `scrapy list`.
SPIDERS = ("inventory", "result_pages", "sitemap", "url_file")

LAKE_PREFIX = "ducklake:postgres:"

# A price counts for so long in a training.
TRAINING_DAYS = 365

DistanceUnit = Literal["mi", "km"]


@dataclass(frozen=True, slots=True)
class Market:
    """One currency and one set of sites whose cars compete: models are trained per market.

    They learn from prices of its last ``training_days``, from at most so many ``training_rows`` where it says so.
    """

    name: str
    currency: str
    distance_unit: DistanceUnit = "mi"
    training_days: int = TRAINING_DAYS
    training_rows: int | None = None


@dataclass(frozen=True, slots=True)
class Site:
    """One site: how it is reached (spider), how it is read (page) and what it competes with (market).

    ``max_pages`` limits the responses of one crawl, ``time_limit_seconds`` its duration; between two requests pass at
    least about ``delay_seconds``, and ``concurrent_requests`` may be under way at once. A listing's own page is asked
    for again after ``detail_max_age_days``, and a crawl that was killed is continued within ``resume_hours``.
    A page that takes longer than ``timeout_seconds`` is given up; where scripts show the cars, ``javascript`` has a
    browser fetch them. ``archive`` keeps the listings' own pages for ``archive_days``.
    """

    name: str
    market: Market
    spider: str = "result_pages"
    page: str = "schema.org"
    start_urls: tuple[str, ...] = ()
    max_pages: int | None = None
    time_limit_seconds: float = 3600.0
    delay_seconds: float = 1.0
    concurrent_requests: int = 2
    timeout_seconds: float = 30.0
    javascript: bool = False
    # What single access methods read; docs/sites.md says how each is written.
    url_file: str | None = None
    detail_urls: str | None = None
    max_index_pages: int | None = None
    result_cap: int | None = None
    split: Sequence[Dimension] = ()
    feed: dict[str, Any] = field(default_factory=dict)
    detail_max_age_days: float = 30.0
    resume_hours: float = 12.0
    archive: bool = False
    archive_days: float = 90.0


@dataclass(frozen=True, slots=True)
class Lake:
    """A warehouse that several machines share: where its DuckLake catalog is, and where its data files lie.

    ``address`` is ``ducklake:postgres:`` and a libpq connection string, ``data`` a folder or an object store's URL.
    """

    address: str
    data: str


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_positive_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _is_url(value: Any) -> bool:
    return isinstance(value, str) and value.startswith(("http://", "https://"))


def _is_pattern(value: Any) -> bool:
    try:
        return isinstance(value, str) and bool(re.compile(value))
    except re.error:
        return False


# What a setting of a site or a market may be: a test of the value, and the words for it.
_RULES: dict[str, tuple[Callable[[Any], bool], str]] = {
    "distance_unit": (lambda value: value in ("mi", "km"), "mi or km"),
    "training_days": (_is_positive_whole, "a whole number above 0"),
    "training_rows": (_is_positive_whole, "a whole number above 0"),
    "spider": (lambda value: value in SPIDERS, f"one of {', '.join(SPIDERS)}"),
    "page": (lambda value: isinstance(value, str), "the name of a page class"),
    "url_file": (lambda value: isinstance(value, str) and value != "", "the path of a .csv or .txt file of addresses"),
    "detail_urls": (_is_pattern, "a regular expression that listings' addresses match"),
    "max_index_pages": (_is_positive_whole, "a whole number above 0"),
    "result_cap": (_is_positive_whole, "a whole number above 0"),
    "split": (is_split, SPLIT_RULE),
    "feed": (is_feed, FEED_RULE),
    "start_urls": (lambda value: isinstance(value, list) and all(map(_is_url, value)), "a list of http(s) URLs"),
    "max_pages": (_is_positive_whole, "a whole number above 0"),
    "time_limit_seconds": (lambda value: _is_number(value) and value > 0, "a number above 0"),
    "delay_seconds": (lambda value: _is_number(value) and value >= 0, "a number of at least 0"),
    "concurrent_requests": (_is_positive_whole, "a whole number above 0"),
    "timeout_seconds": (lambda value: _is_number(value) and value > 0, "a number above 0"),
    "javascript": (lambda value: isinstance(value, bool), "true or false"),
    "detail_max_age_days": (lambda value: _is_number(value) and value >= 0, "a number of at least 0"),
    "archive": (lambda value: isinstance(value, bool), "true or false"),
    "archive_days": (lambda value: _is_number(value) and value > 0, "a number above 0"),
    "resume_hours": (lambda value: _is_number(value) and value >= 0, "a number of at least 0"),
}


def is_loopback(url: str) -> bool:
    """Whether this address is on this machine, as the demo market's is."""
    return urlsplit(url).hostname in ("127.0.0.1", "localhost", "::1")


def config_path() -> Path:
    """Return $TASADOR_CONFIG, else ./tasador.toml, else the one shipped with Tasador."""
    named = os.environ.get("TASADOR_CONFIG")
    local = Path(CONFIG_NAME)
    return Path(named) if named else local if local.exists() else SHIPPED_CONFIG


def read_sites(path: Path | None = None) -> dict[str, Site]:
    """Return every site of the configuration by its name.

    Raises:
        UsageError: the file is missing or not TOML, or a site lacks or misnames something.
    """
    path = path or config_path()
    config = read_config(path)
    markets = _markets(path, config)
    return {name: _site(path, name, table, markets) for name, table in config.get("sites", {}).items()}


def read_site(name: str, path: Path | None = None) -> Site:
    """Return one site by its name.

    Raises:
        UsageError: there is no such site; the message names those that there are.
    """
    path = path or config_path()
    sites = read_sites(path)
    if name not in sites:
        raise UsageError(f"site must be one of {', '.join(sorted(sites))} ({path}), got {name!r}")
    return sites[name]


def read_markets(path: Path | None = None) -> dict[str, Market]:
    """Return every market of the configuration by its name.

    Raises:
        UsageError: the file is missing or not TOML, or a market lacks or misnames something.
    """
    path = path or config_path()
    return _markets(path, read_config(path))


def read_lake(path: Path | None = None) -> Lake | None:
    """Return the shared warehouse of $TASADOR_WAREHOUSE and $TASADOR_WAREHOUSE_DATA, else of the configuration.

    None where neither says so: the warehouse is then the data folder's own file.

    Raises:
        UsageError: an address is no DuckLake's on PostgreSQL, or it is not said where the data files lie.
    """
    path = path or config_path()
    named = os.environ.get("TASADOR_WAREHOUSE")
    config = {} if named else read_config(path)
    address = named or config.get("warehouse")
    if not address:
        return None
    if not (isinstance(address, str) and address.startswith(LAKE_PREFIX)):
        raise UsageError(f"warehouse must be {LAKE_PREFIX} and a libpq connection string, got another address")
    data = os.environ.get("TASADOR_WAREHOUSE_DATA") or config.get("warehouse_data")
    if not (isinstance(data, str) and data):
        raise UsageError(f"warehouse_data must be a folder or an object store's URL, got {data!r}")
    return Lake(address, data)


def checked_name(name: str) -> str:
    """Return a site's name, which is a folder's too. Raises UsageError where it cannot be one."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", name):
        raise UsageError(f"site must be a name of letters, digits, dots, dashes and underscores, got {name!r}")
    return name


def checked_currency(currency: object, what: str = "currency") -> str:
    """Return a currency. Raises UsageError where it is no code of three capital letters."""
    if not (isinstance(currency, str) and re.fullmatch("[A-Z]{3}", currency)):
        raise UsageError(f"{what} must be an ISO 4217 code, got {currency!r}")
    return currency


def read_config(path: Path) -> dict[str, Any]:
    """Return the configuration as its file has it.

    Raises:
        UsageError: the file is missing or not TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror}): create it or set TASADOR_CONFIG") from error
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path} is not valid TOML: {error}") from error


def _markets(path: Path, config: dict[str, Any]) -> dict[str, Market]:
    return {name: _market(path, name, table) for name, table in config.get("markets", {}).items()}


def _market(path: Path, name: str, table: dict[str, Any]) -> Market:
    _check_settings(path, f"markets.{name}", table, Market)
    checked_currency(table.get("currency", ""), f"{path}: markets.{name}.currency")
    return Market(name=name, **table)


def _site(path: Path, name: str, table: dict[str, Any], markets: dict[str, Market]) -> Site:
    checked_name(name)
    _check_settings(path, f"sites.{name}", table, Site)
    if table.get("market") not in markets:
        raise UsageError(
            f"{path}: sites.{name}.market must be one of {', '.join(sorted(markets))}, got {table.get('market')!r}"
        )
    values = {**table, "market": markets[table["market"]], "start_urls": tuple(table.get("start_urls", ()))}
    if "url_file" in table:  # beside the configuration, wherever it is read from
        values["url_file"] = str(path.resolve().parent / table["url_file"])
    return Site(name=name, **values)


def _check_settings(path: Path, where: str, table: dict[str, Any], kind: type[Market] | type[Site]) -> None:
    known = {entry.name for entry in fields(kind)} - {"name"}
    unknown = sorted(set(table) - known)
    if unknown:
        raise UsageError(f"{path}: {where} has no setting {unknown[0]!r}; it has {', '.join(sorted(known))}")
    for key, value in table.items():
        if key in _RULES and not _RULES[key][0](value):
            raise UsageError(f"{path}: {where}.{key} must be {_RULES[key][1]}, got {value!r}")
