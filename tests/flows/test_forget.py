"""`tasador forget`: afterwards no file of the data folder holds the name, packed or not, and everything still works."""

import fcntl
import gzip
import json
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
import zstandard

from crawler.archive import ArchiveWriter, page_files
from crawler.errors import TasadorError
from crawler.home import Home, home
from crawler.items import Listing
from crawler.landing import LandingWriter, read_lines
from crawler.personal import without_contact
from crawler.sites import Site, read_site
from flows.steps.forget import find, forget
from flows.steps.refresh import refresh
from warehouse import parse
from warehouse.connection import connect
from warehouse.normalize import normalize
from warehouse.training import freeze, training_set

CONFIG = """
[markets.test]
currency = "USD"
[sites."cars.test"]
market = "test"
archive = true
[sites."other.test"]
market = "test"
"""
DEALER = "Xaver Quillfeather Motors"
PERSON = "Yolanda Zwiebelbach"
PHONE = "+49 170 5550199"


def car(n: int, **said: Any) -> Listing:
    words = {"make": "Honda", "model": "Civic", "model_year": "2019", "mileage": "30000", "price": f"{20_000 + n}"}
    return Listing(source_id=f"car-{n}", url=f"https://cars.test/car/{n}", **(words | said))


def sold_by_dealer(n: int) -> Listing:
    return car(
        n,
        title=f"2019 Honda Civic from {DEALER}, call {PHONE}",
        seller_type="Dealer",
        seller_name=DEALER,
        city="Quillfeatherville",
        postal_code="98765",
        extra={"Street": "1 Quillfeather Lane"},
    )


def private_page(n: int) -> str:
    offer = {"price": "9000", "seller": {"@type": "Person", "name": PERSON, "telephone": PHONE}}
    block = {"@type": "Car", "productID": f"car-{n}", "name": "2019 Honda Civic", "offers": offer}
    return f'<script type="application/ld+json">{json.dumps(block)}</script><p>Ask {PERSON}</p>'


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Two dealer's cars and another's on one site, a private seller's with its page, all refreshed and published."""
    folder = tmp_path_factory.mktemp("crawled")
    (folder / "tasador.toml").write_text(CONFIG)
    data = home(folder / "data")
    with pytest.MonkeyPatch.context() as environment:
        environment.delenv("TASADOR_LANDING", raising=False)
        for _ in range(2):
            land(data, read_site("cars.test", folder / "tasador.toml"))
            refresh(data)
        with pytest.MonkeyPatch.context() as better_parser:
            better_parser.setattr(parse, "normalize", lambda raw: normalize(raw).with_columns(doors=pl.lit(5)))
            refresh(data, everything=True)
        with connect(data) as connection:
            freeze(training_set(connection, "test"), data.snapshots)
        yield folder


@pytest.fixture
def data(crawled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A copy of it for one test."""
    shutil.copytree(crawled, tmp_path, symlinks=True, dirs_exist_ok=True)
    monkeypatch.setenv("TASADOR_CONFIG", str(tmp_path / "tasador.toml"))
    monkeypatch.delenv("TASADOR_LANDING", raising=False)
    return home(tmp_path / "data")


def land(data: Home, site: Site) -> None:
    writer = LandingWriter(data.landing, site, rows_per_part=3)
    archive = ArchiveWriter(data.landing, site, writer.crawl_run_id)
    for n in (1, 2):
        writer.write(sold_by_dealer(n), page="results")
        archive.write(f"https://cars.test/car/{n}", f"<p>{DEALER} {n}</p>".encode(), "text/html")
    writer.write(car(3, seller_name="Somebody Else", city="Elsewhere"), page="results")
    writer.reject("page_class_failed", url="https://cars.test/car/1", detail=f"ValueError('{DEALER}')")
    writer.write(car(4, seller_type="Private", city="Smalltown"), page="detail")
    archive.write("https://cars.test/car/4", private_page(4).encode(), "text/html")
    archive.write("https://cars.test/car/3", b"<p>Somebody Else</p>", "text/html")
    archive.flush()
    writer.finish(reason="finished", is_complete=True, scope=["all"])
    Path(f"{writer.path}.log").write_text(f"KeyError: {DEALER} {PERSON}\n")


def unpacked(path: Path) -> bytes:
    """Return a file's bytes, and beside them what they hold when they are unpacked."""
    content = path.read_bytes()
    if path.suffix == ".zst":
        return zstandard.ZstdDecompressor().stream_reader(content).read()
    if path.suffix == ".gz":
        return gzip.decompress(content)
    if path.suffix == ".parquet":
        return content + pl.read_parquet(path).write_json().encode()
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as parts:
            return b"".join(map(parts.read, parts.namelist()))
    if path.suffix == ".duckdb":
        with duckdb.connect(str(path), read_only=True) as connection:
            tables = [name for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall()]
            return content + repr([connection.execute(f'from "{table}"').fetchall() for table in tables]).encode()
    return content


def files_with(data: Home, word: str) -> set[str]:
    """Return the kinds of files below the data folder that hold a word, in whatever case."""
    paths = [path for path in data.root.rglob("*") if path.is_file()]
    return {path.suffix for path in paths if word.lower().encode() in unpacked(path).lower()}


def test_the_search_finds_the_name_in_every_kind_of_file_beforehand(data: Home) -> None:
    assert files_with(data, "Quillfeather") == {".zst", ".gz", ".duckdb", ".parquet", ".log"}
    assert files_with(data, PERSON) == {".gz", ".log"}


def test_a_forgotten_seller_is_in_no_file(data: Home) -> None:
    forget(data, find(data, seller=DEALER.upper()))
    assert files_with(data, "Quillfeather") == set()
    assert files_with(data, PHONE) == {".gz"}  # on the page of the private seller, who was not asked for
    assert files_with(data, "98765") == set()


def test_the_others_stay(data: Home) -> None:
    forget(data, find(data, seller=DEALER))
    assert {".zst", ".gz", ".duckdb", ".parquet"} <= files_with(data, "Somebody Else")
    assert files_with(data, PERSON) == {".gz", ".log"}


def test_a_private_seller_is_found_on_the_kept_page_where_alone_the_name_stands(data: Home) -> None:
    subject = find(data, seller=PERSON)
    assert subject.listing_ids == {"cars.test:car-4"}
    done = forget(data, subject)
    assert (done.lines, done.pages) == (2, 2)
    assert files_with(data, PERSON) == files_with(data, "Smalltown") == set()


def test_a_listing_is_forgotten_by_its_id_and_its_sellers_others_stay(data: Home) -> None:
    forget(data, find(data, listing="cars.test:car-1"))
    with duckdb.connect(str(data.market), read_only=True) as connection:
        names = connection.execute("select listing_id, seller_name, city from listings order by 1").fetchall()
    assert names[0] == ("cars.test:car-1", None, None)
    assert names[1] == ("cars.test:car-2", DEALER, "Quillfeatherville")
    kept = [line for path in page_files(data.landing, "cars.test") for line in unpacked(Path(path)).splitlines()]
    assert b"<p>Xaver Quillfeather Motors 1</p>" not in kept
    assert b"<p>Xaver Quillfeather Motors 2</p>" in kept


def test_the_car_its_history_and_its_lines_stay(data: Home) -> None:
    def history() -> list[tuple[Any, ...]]:
        columns = "listing_id, url, make, model, model_year, asking_price, first_seen_at, last_seen_at, status"
        with duckdb.connect(str(data.market), read_only=True) as connection:
            return connection.execute(f"select {columns} from listings order by all").fetchall()

    def lines() -> dict[str, list[str]]:
        parts = sorted(Path(data.landing).rglob("part-*"))
        return {str(part): [row["scraped_at"] for row in read_lines(str(part))] for part in parts}

    before = history(), lines()
    forget(data, find(data, seller=DEALER))
    assert (history(), lines()) == before


def test_neither_a_refresh_nor_loading_everything_anew_brings_the_name_back(data: Home) -> None:
    forget(data, find(data, seller=DEALER))
    with connect(data) as connection:
        kept = connection.execute("select * exclude loaded_at from observations order by all").fetchall()
    assert refresh(data, everything=True).load.rows == 0
    data.warehouse.unlink()
    assert refresh(data).load.rows == len(kept)
    with connect(data) as connection:
        assert connection.execute("select * exclude loaded_at from observations order by all").fetchall() == kept
    assert files_with(data, "Quillfeather") == set()


def test_forgetting_twice_changes_nothing_more(data: Home) -> None:
    subject = find(data, listing="cars.test:car-1")
    forget(data, subject)
    parts = {path: path.stat().st_mtime_ns for path in Path(data.landing).rglob("part-*")}
    done = forget(data, find(data, listing="cars.test:car-1"))
    assert (done.lines, done.pages, done.payloads) == (0, 0, 0)
    assert {path: path.stat().st_mtime_ns for path in parts} == parts


def test_a_forgetting_that_was_cut_off_can_be_repeated(data: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        broken.setattr("crawler.forgetting.LandedSite.forget", _power_cut)
        with pytest.raises(OSError, match="power cut"):
            forget(data, find(data, seller=DEALER))
    forget(data, find(data, seller=DEALER))
    assert files_with(data, "Quillfeather") == set()


def _power_cut(*_: object) -> None:
    raise OSError("power cut")


def test_a_seller_named_by_one_word_is_found_as_a_seller_only(data: Home) -> None:
    with pytest.raises(TasadorError, match="nothing has landed of 'Honda'"):
        find(data, seller="Honda")


def test_a_site_that_is_being_crawled_is_left_alone(data: Home) -> None:
    subject = find(data, seller=DEALER)
    with (Path(data.landing) / "cars.test/.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(TasadorError, match="being crawled"):
            forget(data, subject)
    assert ".zst" in files_with(data, "Quillfeather")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Civic, call +49 (170) 555-0199 now", "Civic, call  now"),
        ("Civic (555) 123-4567", "Civic"),
        ("Civic 555-123-4567", "Civic"),
        ("Civic 0170/5550199", "Civic"),
        ("Civic seller@example.com", "Civic"),
        ("2018-2019 Honda Civic 1.5 VTEC 182 PS 150 000 km", "2018-2019 Honda Civic 1.5 VTEC 182 PS 150 000 km"),
    ],
)
def test_telephones_and_addresses_are_told_from_years_and_distances(text: str, left: str) -> None:
    assert without_contact(text) == left


def test_the_command_needs_a_listing_or_a_seller_and_says_what_it_rewrote(
    data: Home, tasador: Callable[..., Any]
) -> None:
    assert tasador("forget", "--yes").code == 2
    answer = tasador("forget", "--seller", DEALER, "--yes")
    assert answer.code == 0, answer.err
    assert "2 listings" in answer.out
    assert "6 landed lines, 2 payloads and 4 kept pages" in answer.out
