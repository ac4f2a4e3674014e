"""What the tests of `tasador sql` share: published versions, and sessions that ask them."""

from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import duckdb
import pytest

from crawler.home import Home
from flows.steps.query import answer
from warehouse.market import Market


def publish_version(home: Home, number: int, *makes: str) -> None:
    """Put a version of a market in place, as a publish does."""
    home.market_versions.mkdir(parents=True, exist_ok=True)
    version = home.market_versions / f"market-{number}.duckdb"
    with duckdb.connect(str(version)) as connection:
        connection.execute("create table listings (make varchar, asking_price double)")
        connection.executemany("insert into listings values (?, 9000)", [[make] for make in makes])
        connection.execute("comment on table listings is 'one row per listing'")
        connection.execute("comment on column listings.make is 'manufacturer'")
    home.market.unlink(missing_ok=True)
    home.market.symlink_to(version.relative_to(home.root))


@pytest.fixture
def publish_makes(tmp_path: Path) -> Callable[..., None]:
    """Put the next version of a market in place, as a publish does: a listing for each make."""
    home = Home(tmp_path)

    def publish(*makes: str) -> None:
        publish_version(home, 1 + len(list(home.market_versions.glob("*"))), *makes)

    return publish


@pytest.fixture
def published(tmp_path: Path, publish_makes: Callable[..., None]) -> Home:
    publish_makes("Honda", "Lada | Niva")
    return Home(tmp_path)


@pytest.fixture
def market(published: Home) -> Iterator[Market]:
    with Market(published) as market:
        yield market


@pytest.fixture
def told(market: Market) -> Callable[..., str]:
    """Ask in one session of `tasador sql`, and return what it writes."""

    def tell(text: str, how: str = "csv") -> str:
        stream = BytesIO()
        answer(market, text, how, stream, width=120)
        return stream.getvalue().decode()

    return tell
