"""`tasador reparse`: today's page classes read the kept pages of a site, without a request."""

from datetime import datetime

import click

from crawler.home import Home


@click.command()
@click.argument("site")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Only pages fetched on this day (UTC) or later.")
@click.pass_obj
def reparse(home: Home, site: str, since: datetime | None) -> None:
    """Read kept pages again.

    Today's page class reads the pages that crawls of a site kept (archive = true in tasador.toml). What it reads
    otherwise than before lands as of the day of the crawl; `tasador refresh` loads it in place of the old reading.

    Example: tasador reparse cars.com --since 2026-11-01
    """
    from flows.progress import step
    from flows.steps.reparse import reparse as reparse_step

    with step(f"Reading kept pages of {site}"):
        read = reparse_step(home, site, since)
    click.echo(
        f"{read.pages:,} pages: {read.unchanged:,} read as before, {read.landed:,} landed anew, "
        f"{read.unreadable:,} unreadable"
    )
    if read.landed:
        click.echo("`tasador refresh` loads them.")
