"""`tasador extract`: what the crawler would land from one saved page."""

import json
import sys
from pathlib import Path

import click


@click.command()
@click.argument("page", type=click.Path(path_type=Path))
@click.option("--url", required=True, help="The address that the page was fetched from.")
@click.option("--page-class", help="How to read it: schema.org, cars.com, … [default: by the address]")
def extract(page: Path, url: str, page_class: str | None) -> None:
    """Print what would be landed from a page.

    One JSON line per listing on a saved page, or one line to standard error that says why there is none.

    Example: tasador extract page.html --url https://www.cars.com/shopping/results/?page=1
    """
    from crawler.extract import extract as extract_listings

    extraction = extract_listings(page, url, page_class)
    for listing in extraction.listings:
        click.echo(json.dumps(listing, ensure_ascii=False))
    if extraction.problem:
        click.echo(f"{page}: {extraction.problem}", err=True)
        sys.exit(1)
