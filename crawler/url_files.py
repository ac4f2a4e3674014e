"""Files that list the addresses of listings' own pages: the first address of each line of a .txt or .csv file."""

import csv
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from crawler.errors import UsageError
from crawler.sites import Site


def with_listed_urls(site: Site) -> Site:
    """Return the site with the addresses of its URL file for start URLs; unchanged where it has none.

    Raises:
        UsageError: the file cannot be read, or names no address.
    """
    return replace(site, start_urls=tuple(read_urls(Path(site.url_file)))) if site.url_file else site


def read_urls(path: Path) -> list[str]:
    """Return each address of the file once, in its order; lines without one, as a heading, are passed over.

    Raises:
        UsageError: the file cannot be read, or names no address.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            urls = list(dict.fromkeys(_addresses(csv.reader(file) if path.suffix.lower() == ".csv" else zip(file))))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from error
    if not urls:
        raise UsageError(f"url_file must name http(s) addresses, one a line, got {str(path)!r} without any")
    return urls


def _addresses(rows: Iterator[list[str]] | Iterator[tuple[str]]) -> Iterator[str]:
    for row in rows:
        cells = (cell.strip() for cell in row)
        if address := next((cell for cell in cells if cell.startswith(("http://", "https://"))), None):
            yield address
