"""Prints which fields each page class reads from the real saved pages, as the table in docs/field-coverage.md.

``python -m bench.field_coverage [FOLDER]``; the folder is ../shared/pages where none is named.
"""

import sys
from pathlib import Path

from bench.pages import REAL_PAGES, Source, sources
from crawler.items import FIELD_NAMES, Listing

HEADS = {
    "cars_com_search_2025.html": "cars.com results 2021-25",
    "cars_com_card_2026_plain.html": "cars.com card 2026",
    "cars_com_detail_2026_new_crv.html": "cars.com detail 2026, new",
    "autoscout24_de_search.html": "AutoScout24 results",
    "autoscout24_de_detail.html": "AutoScout24 detail",
    "hemmings_search_2026.html": "Hemmings results",
    "olx_ba_detail.html": "schema.org: OLX detail",
}


def table(pages: list[Source]) -> str:
    """Return the share of listings that have each field as a Markdown table, one column a page; empty cells are 0 %."""
    read = {HEADS[page.name]: page.page(page.text, page.url).listings() for page in pages if page.name in HEADS}
    names = [name for name in FIELD_NAMES if any(_share(listings, name) for listings in read.values())]
    lines = [
        ["field", *read],
        ["---", *("---:" for _ in read)],
        ["*listings*", *(str(len(listings)) for listings in read.values())],
        *([f"`{name}`", *(_percent(_share(listings, name)) for listings in read.values())] for name in names),
    ]
    silent = [name for name in FIELD_NAMES if name not in names]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + f"\n\nRead from none of them: {', '.join(silent)}."


def _share(listings: list[Listing], name: str) -> float:
    return sum(getattr(listing, name) is not None for listing in listings) / max(1, len(listings))


def _percent(share: float) -> str:
    return f"{share:.0%}" if share else ""


if __name__ == "__main__":
    print(table(sources(real_pages=Path(sys.argv[1]) if len(sys.argv) > 1 else REAL_PAGES)))
