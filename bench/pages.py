"""Fuzzes the page classes: mutated fragments and whole pages in, no exception and no impossible car out.

``python -m bench.pages [--fragments 20000] [--pages 500] [--seed 1]`` prints a JSON line for each kind of input and
exits with 1 where something was found. It reads the fixtures of tests/crawler/pages and, where they are, the real
saved pages of ../shared/pages. "Impossible" is judged after warehouse.normalize, for page classes give raw words.
"""

import argparse
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any

import polars as pl

from bench.mutations import mutated
from crawler.clock import now
from crawler.items import FIELD_NAMES, Listing
from crawler.landing import Observation
from crawler.pages import page_class, page_class_for
from crawler.pages.base import Page
from warehouse.normalize import normalize

ROOT = Path(__file__).resolve().parent.parent
FIXTURES = ROOT / "tests" / "crawler" / "pages"
REAL_PAGES = ROOT.parent / "shared" / "pages"
REAL_URLS = {
    "cars_com": "https://www.cars.com/vehicledetail/3d074ba2-343c-40f8-886d-b279ece99410/",
    "autoscout24": "https://www.autoscout24.de/lst?page=1",
    "hemmings": "https://www.hemmings.com/classifieds/cars-for-sale",
    "olx": "https://olx.ba/artikal/1",
}

# What page classes look into: scripts with JSON, cards.
FRAGMENTS = re.compile(
    r"<script\b[^>]*(?:ld\+json|NEXT_DATA|CarsWeb|initial-activity|listings-search)[^>]*>.*?</script>"
    r"|<script>(?:(?!</script>).)*initialActivity.*?</script>|<(fuse-card|spark-card)\b.*?</\1>"
    r'|<div class="vehicle-card".*?(?=<div class="vehicle-card"|\Z)|<div itemscope.*?</div>\s*</div>\s*</div>',
    re.DOTALL,
)
# Characters: longer ones cost time and repeat themselves.
MAX_FRAGMENT = 100_000
MAX_PAGE = 200_000

MARKETS = ("USD", "mi"), ("EUR", "km")
MIN_PRICE, MAX_PRICE = 1, 1e8
FIRST_YEAR = 1900


@dataclass(frozen=True, slots=True)
class Source:
    """A page, or a fragment of one with what stands around it, and the page class that reads it."""

    name: str
    page: type[Page]
    url: str
    text: str
    before: str = ""
    after: str = ""


@dataclass(slots=True)
class Findings:
    """What came out of the inputs: counts of kinds, and what must not come out, each with its source and seed."""

    inputs: int = 0
    listings: int = 0
    seconds: float = 0.0
    slowest_ms: float = 0.0
    kinds: Counter[str] = field(default_factory=Counter)
    exceptions: list[str] = field(default_factory=list)
    impossible: list[str] = field(default_factory=list)


def sources(real_pages: Path = REAL_PAGES) -> list[Source]:
    """Return every page that is at hand: the fixtures, and the real ones of a folder that may be missing."""
    pages = []
    for folder in sorted(FIXTURES.iterdir()):
        meta = json.loads((folder / "meta.json").read_text())
        pages.append(Source(folder.name, page_class(meta["page"]), meta["url"], (folder / "page.html").read_text()))
    for path in sorted(real_pages.glob("*.html")):
        url = next((url for name, url in REAL_URLS.items() if path.name.startswith(name)), "https://cars.example/")
        text = path.read_text(encoding="utf-8", errors="replace")
        pages.append(Source(path.name, page_class_for(url), url, text))
    return pages


def fragments(pages: list[Source]) -> list[Source]:
    """Return the cards and scripts of the pages: alone where they say a car alone, else within their page."""
    found = []
    for page in pages:
        for match in FRAGMENTS.finditer(page.text):
            if len(match[0]) > MAX_FRAGMENT:
                continue
            if page.page(match[0], page.url).listings():
                found.append(replace(page, text=match[0]))
            elif len(page.text) <= MAX_PAGE:
                before, after = page.text[: match.start()], page.text[match.end() :]
                found.append(replace(page, text=match[0], before=before, after=after))
    return found


def fuzz(inputs: list[Source], count: int, seed: int) -> Findings:
    """Read ``count`` mutated inputs, the same ones for the same seed."""
    findings = Findings()
    said: list[tuple[str, Listing]] = []
    started = time.perf_counter()
    for number in range(count):
        random = Random(f"{seed} {number}")
        source = random.choice(inputs)
        name = f"{source.name}, seed {seed}, number {number}"
        said += [(name, listing) for listing in _read(source, _mutated(source, random), name, findings)]
    findings.seconds = round(time.perf_counter() - started, 1)
    findings.listings = len(said)
    findings.impossible = [problem for market in MARKETS for problem in impossible(said, *market)]
    return findings


def _mutated(source: Source, random: Random) -> str:
    return source.before + mutated(source.text, random) + source.after


def _read(source: Source, text: str, name: str, findings: Findings) -> list[Listing]:
    findings.inputs += 1
    started = time.perf_counter()
    try:
        page = source.page(text, source.url)
        listings = page.listings()
        _use(page, listings)
    except Exception as error:  # whatever escapes is what is looked for
        findings.exceptions.append(f"{name}: {error!r}")
        return []
    findings.kinds[page.kind] += 1
    findings.slowest_ms = max(findings.slowest_ms, round(1000 * (time.perf_counter() - started), 1))
    return listings


def _use(page: Page, listings: list[Listing]) -> None:
    """Ask for all that a spider asks for, and write it as the landing would."""
    page.detail_urls(), page.next_url(), page.problem(), page.total()
    for listing in listings:
        json.dumps(Observation(listing, page=page.kind).listing.payload(), ensure_ascii=False).encode()


def impossible(said: list[tuple[str, Listing]], currency: str, distance_unit: str) -> Iterator[str]:
    """Yield each listing whose price or year no car can have, as the warehouse understands it in this market."""
    if not said:
        return
    parsed = normalize(_raw([listing for _, listing in said], currency, distance_unit))
    is_wrong = ~pl.col("asking_price").is_between(MIN_PRICE, MAX_PRICE) | ~pl.col("model_year").is_between(
        FIRST_YEAR, now().year + 2
    )
    for row in parsed.with_row_index().filter(is_wrong.fill_null(False)).iter_rows(named=True):
        name, listing = said[row["index"]]
        yield f"{name}: {listing.price!r} -> {row['asking_price']}, {listing.model_year!r} -> {row['model_year']}"


def _raw(listings: list[Listing], currency: str, distance_unit: str) -> pl.DataFrame:
    columns: dict[str, Any] = {name: [getattr(listing, name) for listing in listings] for name in FIELD_NAMES}
    columns["published_currency"] = columns.pop("currency")
    frame = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
    return frame.with_columns(
        payload_hash=pl.int_range(pl.len()).cast(pl.String),
        currency=pl.lit(currency),
        distance_unit=pl.lit(distance_unit),
    )


def main() -> int:
    """Fuzz, print, and say by the exit code whether all is well."""
    parser = argparse.ArgumentParser(prog="python -m bench.pages", description=__doc__)
    parser.add_argument("--fragments", type=int, default=20_000)
    parser.add_argument("--pages", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    pages = sources()
    found = False
    for kind, inputs, count in (
        ("fragments", fragments(pages), arguments.fragments),
        ("pages", pages, arguments.pages),
    ):
        findings = fuzz(inputs, count, arguments.seed)
        found = found or bool(findings.exceptions or findings.impossible)
        print(json.dumps({"bench": "pages", "inputs_of": kind, "sources": len(inputs), **_counts(findings)}))
    return int(found)


def _counts(findings: Findings) -> dict[str, Any]:
    return {
        "inputs": findings.inputs,
        "seconds": findings.seconds,
        "slowest_ms": findings.slowest_ms,
        "listings": findings.listings,
        "kinds": dict(findings.kinds),
        "exceptions": len(findings.exceptions),
        "impossible": len(findings.impossible),
        "examples": (findings.exceptions + findings.impossible)[:5],
    }


if __name__ == "__main__":
    sys.exit(main())
