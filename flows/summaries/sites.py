"""What people are told about sites: those that there are, and what a few pages of one gave."""

import polars as pl

from crawler.probe import Probe
from crawler.sites import read_sites
from flows.show import print_lines, print_table

EXAMPLE_WIDTH = 50


def tell_sites() -> None:
    """Print the sites of tasador.toml."""
    rows = [
        {
            "site": site.name,
            "market": site.market.name,
            "spider": site.spider,
            "page": site.page,
            "starts_at": site.url_file or ", ".join(site.start_urls),
        }
        for site in read_sites().values()
    ]
    print_table(pl.DataFrame(rows), "Sites")


def tell_probe(probe: Probe) -> None:
    """Print which fields were found on how many listings, what was not, and why pages gave nothing."""
    found = [field for field in probe.fields if field.example]
    table = pl.DataFrame(
        {
            "field": [field.name for field in found],
            "on_cards": [_percent(field.cards) for field in found],
            "on_details": [_percent(field.details) for field in found],
            "example": [(field.example or "")[:EXAMPLE_WIDTH] for field in found],
        },
        schema=dict.fromkeys(("field", "on_cards", "on_details", "example"), pl.String),
    )
    if found:
        print_table(table, f"{probe.cards} cards and {probe.details} detail pages of {probe.manifest.site}")
        print_lines(["not found: " + ", ".join(field.name for field in probe.fields if not field.example)])
    else:
        print_lines([f"no listing could be read of {probe.manifest.site}"])
    print_lines(f"{row['reject_reason']}: {row['url']} {row['detail']}" for row in probe.rejects)
    print_lines(["Nothing has landed."])


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:.0%}"
