"""Forget: a listing's or a seller's personal fields leave every file of the data folder."""

from contextlib import ExitStack
from dataclasses import dataclass

from crawler.errors import TasadorError
from crawler.forgetting import LandedSite, Subject, landed_sites
from crawler.home import Home
from flows.steps.recorded import recorded
from warehouse.compaction import compact
from warehouse.connection import connect
from warehouse.forgetting import forget as forget_in_warehouse
from warehouse.forgetting import forget_in_snapshots
from warehouse.load import load_landing
from warehouse.publish import publish
from warehouse.refresh import refresh


@dataclass(slots=True)
class Forgetting:
    """What a forgetting rewrote: landed lines, kept pages, and payloads of the warehouse."""

    lines: int = 0
    pages: int = 0
    payloads: int = 0


def find(home: Home, listing: str | None = None, seller: str | None = None, site: str | None = None) -> Subject:
    """Return the listing, or those of a seller, on one site or all, with what else is known of them.

    Raises:
        TasadorError: nothing has landed of them.
    """
    subject = Subject(seller, {listing} if listing else set())
    for name in [site] if site else landed_sites(home.landing):
        LandedSite(home.landing, name).find(subject)
    if not subject.sightings:
        raise TasadorError(f"nothing has landed of {listing or seller!r}: write it as the table listings does")
    return subject


def forget(home: Home, subject: Subject, site: str | None = None) -> Forgetting:
    """Rewrite every file that holds their personal fields; done twice, it changes nothing more.

    Raises:
        TasadorError: a site is being crawled, or the warehouse is in use.
    """
    sites = [LandedSite(home.landing, name) for name in ([site] if site else landed_sites(home.landing))]
    done = Forgetting()
    with recorded(home, "forget"), ExitStack() as locks:
        for landed in sites:
            locks.enter_context(landed.nobody_crawls())
        forget_in_snapshots(home.snapshots, subject.listing_ids, subject.name)
        with connect(home) as connection:
            load_landing(connection, home.landing)
            done.payloads = forget_in_warehouse(connection, subject.listing_ids, subject.urls, subject.name)
            refresh(connection, anew=True)
        compact(home, kept_days=0)
        publish(home, kept_versions=1, anyway=True)
        for landed in sites:
            rewritten = landed.forget(subject)
            done.lines += rewritten.lines
            done.pages += rewritten.pages
    return done
