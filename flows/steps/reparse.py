"""Reparse: today's page classes read a site's kept pages again."""

from datetime import UTC, datetime

from crawler.errors import TasadorError
from crawler.home import Home
from crawler.reparse import Reparse, Reparsed
from crawler.sites import read_site
from flows.steps.recorded import recorded


def reparse(home: Home, site: str, since: datetime | None = None) -> Reparsed:
    """Land what today's page class reads otherwise on the pages fetched at or after ``since`` (UTC).

    Raises:
        UsageError: there is no such site.
        TasadorError: no page of it was kept since then.
    """
    wanted = read_site(site)
    with recorded(home, "reparse", site) as run:
        reparsed = Reparse(home.landing, wanted).run(since and since.replace(tzinfo=UTC))
        run.rows = reparsed.landed
        if not reparsed.pages:
            remedy = f"set archive = true in sites.{site} of tasador.toml, and crawl"
            raise TasadorError(f"no page of {site} was kept: {remedy}")
    return reparsed
