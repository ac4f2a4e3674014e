"""The resume rule: which crawl run a new start continues. Knows the names of landing files alone."""

import re
from datetime import datetime, timedelta

from crawler.clock import now
from crawler.files import files_at
from crawler.landing import MANIFEST_NAME, run_started_at
from crawler.sites import Site

RUN_NAME = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{6}$")


def run_to_continue(landing: str, site: Site, at: datetime | None = None) -> str | None:
    """Return the crawl run that a crawl starting at ``at`` (now by default) continues; None where it starts anew.

    It is the site's newest run, if that has no manifest and began less than ``site.resume_hours`` before.
    """
    files, folder = files_at(f"{landing.rstrip('/')}/{site.name}")
    found = files.ls(folder, detail=False) if files.exists(folder) else []
    newest = max(filter(RUN_NAME.match, (path.rstrip("/").rpartition("/")[2] for path in found)), default=None)
    if newest is None or files.exists(f"{folder}/{newest}/{MANIFEST_NAME}"):
        return None
    age = (at or now()) - run_started_at(newest)
    return newest if timedelta(0) <= age < timedelta(hours=site.resume_hours) else None
